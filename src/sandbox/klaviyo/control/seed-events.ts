import type { EngagementKind } from "../state/message-properties.ts";
import { ENGAGEMENT_METRICS, messageProperties } from "../state/message-properties.ts";
import { sendingOf } from "../state/mailings.ts";
import { recordEvent } from "../state/record-event.ts";
import type { KlaviyoState } from "../state/state.ts";
import { microsFrom } from "../state/vendor-time.ts";

/** Events without a story: spread evenly over people and time, without consent and without a trace in the truth. */
export interface ManyEvents {
  readonly count: number;
  /** Taken in turn; opened and clicked by default. */
  readonly kinds?: readonly EngagementKind[];
  /** Ids of campaigns and flow messages, taken in turn; all there are by default. */
  readonly messages?: readonly string[];
  /** ISO 8601; the last thirty days by default. */
  readonly from?: string;
  readonly to?: string;
  /** How many of a hundred come late, and after how long at most. */
  readonly late?: { readonly percent: number; readonly milliseconds: number };
  /** How many of a hundred clicks and opens are a machine's. */
  readonly machinePercent?: number;
}

const THIRTY_DAYS = 30 * 86_400_000_000;

/** @returns how many were made */
export function seedEvents(state: KlaviyoState, given: ManyEvents): number {
  const { random } = state.world;
  const now = state.time.micros();
  const to = timeOf(given.to) ?? now;
  const from = timeOf(given.from) ?? to - THIRTY_DAYS;
  const kinds = given.kinds ?? ["opened", "clicked"];
  const profiles = [...state.profiles.all()];
  const sendings = (given.messages ?? messagesOf(state)).map((id) => sendingOf(state.mailings, id));
  for (let number = 0; number < given.count; number += 1) {
    const kind = kinds[number % kinds.length];
    const profile = profiles[number % profiles.length];
    const sending = sendings[Math.floor(number / profiles.length) % sendings.length];
    if (kind === undefined || profile === undefined || sending === undefined)
      throw new RangeError("events need people, messages and kinds");
    const at = from + Math.floor(random.next() * (to - from));
    const machine = random.below(100) < (given.machinePercent ?? 0);
    const late = random.below(100) < (given.late?.percent ?? 0);
    const manner = { bot: machine, machine, url: random.pick(sending.message.links) };
    recordEvent(state, "user", {
      metric: state.metrics.native(ENGAGEMENT_METRICS[kind], now),
      profile,
      at,
      properties: messageProperties(kind, sending, profile, Math.floor(at / 1_000_000), manner),
      lagMs: late ? random.below(given.late?.milliseconds ?? 0) : 0,
      noted: false,
    });
  }
  return given.count;
}

function messagesOf({ mailings }: KlaviyoState): readonly string[] {
  const campaigns = [...mailings.campaigns.values()].filter(({ message }) => message.channel === "email");
  const inFlows = [...mailings.flows.values()].flatMap(({ messages }) => messages);
  return [
    ...campaigns.map(({ id }) => id),
    ...inFlows.filter(({ channel }) => channel === "email").map(({ id }) => id),
  ];
}

function timeOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const micros = microsFrom(text);
  if (micros === null) throw new RangeError(`${text} is not an ISO 8601 time`);
  return micros;
}
