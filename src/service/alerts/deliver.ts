import type { Store } from "../../store/database/store.ts";
import type { Logger } from "pino";
import { backoffMs, callWithRetry } from "../../connectors/http/retry.ts";
import type { ChannelName, Channels } from "../../model/watch/alerting.ts";
import type { ChannelState } from "../../store/alerts/alert-channels.ts";
import { noteChannel } from "../../store/alerts/alert-channels.ts";
import type { TakenMessage } from "../../store/alerts/alert-messages.ts";
import { messageFailed, messageSent, takeMessage } from "../../store/alerts/alert-messages.ts";
import { CHANNEL_NAMES } from "../../words/alert-words.ts";
import { ChannelError } from "./channels/channel-error.ts";
import type { Environment } from "./channels/send-message.ts";
import { sendMessage } from "./channels/send-message.ts";

export interface Delivery {
  readonly store: Store;
  readonly channels: Channels;
  readonly env: Environment;
  readonly now: () => Date;
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
  readonly log: Logger;
}

/** Tries at once; what fails then is tried again later. */
const TRIES = 3;
const FIRST_WAIT = { first: 1_000, longest: 4_000 };
const LATER = { first: 120_000, longest: 60 * 60_000 };
/** After a day the alert's reminder says it again, if it is still so. */
const GIVEN_UP_AFTER_MS = 24 * 60 * 60_000;
/** In one go; more is for the next. */
const MOST_AT_ONCE = 20;

/**
 * Sends what is due for one channel, oldest first, until there is nothing more or one does not get through.
 *
 * @returns how many got through
 */
export async function deliver(delivery: Delivery, channel: ChannelName): Promise<number> {
  const { store, now, signal } = delivery;
  for (let sent = 0; ; sent += 1) {
    if (sent === MOST_AT_ONCE || signal.aborted) return sent;
    const message = await takeMessage(store, channel, now());
    if (message === null) return sent;
    const error = await attempt(delivery, message);
    if (error === STOPPED) {
      await messageFailed(store.statements, message.id, now(), now());
      return sent;
    }
    await noted(delivery, channel, error);
    if (error === null) {
      await messageSent(store.statements, message.id, now());
      continue;
    }
    await messageFailed(store.statements, message.id, nextTry(message, now()), now());
    return sent;
  }
}

/** Keeps how a channel does, and logs it where that has changed. */
export async function noted(
  { store, log, now }: Pick<Delivery, "store" | "log" | "now">,
  channel: ChannelState["channel"],
  error: string | null,
): Promise<void> {
  const change = await noteChannel(store, channel, error, now());
  if (change === "fails") log.warn({ channel }, `${CHANNEL_NAMES[channel]} fails: ${error ?? ""}`);
  if (change === "works") log.info({ channel }, `${CHANNEL_NAMES[channel]} works again`);
}

function nextTry({ madeAt, tries }: TakenMessage, now: Date): Date | null {
  const due = new Date(now.getTime() + backoffMs(tries, LATER));
  return due.getTime() - madeAt.getTime() > GIVEN_UP_AFTER_MS ? null : due;
}

/** The process ends: another one sends it, or this one after its next start. */
const STOPPED = "stopped";

/** @returns why it did not get through; `null`: it did */
async function attempt(delivery: Delivery, message: TakenMessage): Promise<string | null> {
  const { channels, env, now, sleep, signal } = delivery;
  const messageId = `tandem-${delivery.store.connectionId}-${message.id}-${message.madeAt.getTime()}`;
  const outgoing = { ...message, messageId };
  try {
    await callWithRetry(() => sendMessage(channels, outgoing, env, now()), {
      classify: (error, tried) =>
        error instanceof ChannelError
          ? { retry: true, waitMs: backoffMs(tried, FIRST_WAIT), attempts: TRIES }
          : { retry: false },
      sleep,
      signal,
    });
    return null;
  } catch (error) {
    if (signal.aborted) return STOPPED;
    if (error instanceof ChannelError) return error.message;
    // A fault of Tandem's own must not stop the other messages.
    delivery.log.error({ channel: message.channel, err: error }, "an alert could not be sent");
    return "Tandem failed because of a bug. Its log has the details";
  }
}
