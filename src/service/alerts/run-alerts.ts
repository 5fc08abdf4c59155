import type { Store } from "../../store/database/store.ts";
import type { Logger } from "pino";
import type { ChannelName } from "../../model/watch/alerting.ts";
import { openAlerts } from "../../store/alerts/alerts.ts";
import { ChannelError } from "./channels/channel-error.ts";
import { channelUrl, post } from "./channels/post.ts";
import type { Environment } from "./channels/send-message.ts";
import { canSend, channelsOf, secretOf } from "./channels/send-message.ts";
import type { AlertFacts } from "./conditions.ts";
import { deliver, noted } from "./deliver.ts";
import type { Alerting } from "./save-decision.ts";
import { saveDecision } from "./save-decision.ts";

export interface AlertsDeps {
  readonly store: Store;
  /** Of the mapping in use. */
  readonly alerting: () => Alerting;
  readonly readFacts: () => Promise<AlertFacts>;
  /** Called before each decision. */
  readonly before: () => Promise<void>;
  readonly env: Environment;
  /** A process that runs lanes answers for every channel; others send only to those whose secrets they have. */
  readonly worker: boolean;
  readonly now: () => Date;
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly log: Logger;
  /** How often alerts are decided; for tests. */
  readonly everyMs?: number;
}

/** Decides alerts and sends them, beside the lanes: nothing of it can stop or delay one. */
export interface Alerts {
  /** Decides now, as after a run. */
  wake(): void;
  /** A whole cycle has finished: the heartbeat's URL is called. */
  cycleFinished(): void;
  /** Waits some seconds for what is being sent. */
  stop(): Promise<void>;
}

const EVERY_MS = 15_000;
const HEARTBEAT_PATIENCE_MS = 5_000;
const LONGEST_STOP_MS = 10_000;

export function startAlerts(deps: AlertsDeps): Alerts {
  const { store, alerting, env, worker, log } = deps;
  const stopped = new AbortController();
  const sending = new Map<ChannelName | "heartbeat", Promise<unknown>>();
  let deciding: Promise<void> | null = null;
  let again = false;
  let failed: string | null = null;

  /** One at a time for a channel; one that hangs keeps no other from its turn. */
  const send = (name: ChannelName | "heartbeat", work: () => Promise<unknown>): void => {
    if (sending.has(name)) return;
    const done = work()
      .catch((error: unknown) => tellOnce(error))
      .finally(() => void sending.delete(name));
    sending.set(name, done);
  };
  const tellOnce = (error: unknown): void => {
    const words = error instanceof Error ? error.name : "unknown";
    if (failed === words || stopped.signal.aborted) return;
    failed = words;
    log.warn({ err: error }, "alerts could not be decided or sent; Tandem retries automatically");
  };
  const decide = async (): Promise<void> => {
    await deps.before();
    const current = alerting();
    const watched = current.rules.length > 0 || (await openAlerts(store)).length > 0;
    if (watched) await saveDecision(store, current, await deps.readFacts(), deps.now());
    failed = null;
  };
  const deliverAll = (): void => {
    const { channels } = alerting();
    const delivery = { ...deps, channels, signal: stopped.signal };
    for (const name of channelsOf(channels))
      if (worker || canSend(channels, name, env)) send(name, () => deliver(delivery, name));
  };
  const wake = (): void => {
    if (stopped.signal.aborted) return;
    again = true;
    deciding ??= (async () => {
      while (again && !stopped.signal.aborted) {
        again = false;
        await decide().catch(tellOnce);
        deliverAll();
      }
    })().finally(() => void (deciding = null));
  };
  const beat = async (): Promise<void> => {
    const { heartbeat } = alerting().channels;
    if (heartbeat === null) return;
    let error: string | null = null;
    try {
      const url = channelUrl(secretOf(heartbeat.url, env), "The heartbeat's URL");
      await post(url, "", {}, HEARTBEAT_PATIENCE_MS);
    } catch (cause) {
      if (!(cause instanceof ChannelError)) throw cause;
      error = cause.message;
    }
    await noted(deps, "heartbeat", error);
  };

  // Not at once: a lane that was overdue while no process ran catches up within seconds.
  const timer = setInterval(wake, deps.everyMs ?? EVERY_MS);
  return {
    wake,
    cycleFinished: () => send("heartbeat", beat),
    async stop() {
      clearInterval(timer);
      stopped.abort(new Error("stopped"));
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const limit = setTimeout(resolve, LONGEST_STOP_MS);
      await Promise.race([Promise.all([deciding, ...sending.values()]), late]);
      clearTimeout(limit);
    },
  };
}
