import type { Consent } from "../model/consent.ts";
import type { PerSide, Side } from "../model/side.ts";
import { SIDES, SIDE_NAMES } from "../model/side.ts";

/** Why somebody may not be e-mailed, in a side's own words. */
export interface OptOut {
  readonly side: Side;
  /** `unsubscribed`, or the side's reason: HARD_BOUNCE, SPAM_COMPLAINT, USER_SUPPRESSED, … */
  readonly reason: string;
  /** ISO; `null` where the side does not say when. */
  readonly at: string | null;
}

/** One answer over everything that both sides and the ledger know. */
export interface MayBeMailed {
  /** `unknown`: no side shows consent. */
  readonly answer: "yes" | "no" | "unknown";
  readonly because: string;
  readonly optOuts: readonly OptOut[];
}

/** Every reason for which a side does not send to this person: somebody can be subscribed and suppressed at once. */
export function optOutsOf(side: Side, consent: Consent | null): readonly OptOut[] {
  if (consent === null) return [];
  const suppressed = consent.suppressions.map(({ reason, at }) => ({ side, reason, at }));
  const byStatus = consent.status === "unsubscribed" ? [{ side, reason: "unsubscribed", at: null }] : [];
  return [...byStatus, ...suppressed];
}

/**
 * May this person be e-mailed? One opt-out anywhere is a no, whatever else is known.
 *
 * @param remembered the ledger holds an opt-out of them, even if no side shows one now
 */
export function mayBeMailed(consents: PerSide<Consent | null>, remembered: boolean): MayBeMailed {
  const optOuts = SIDES.flatMap((side) => optOutsOf(side, consents[side]));
  const [first] = optOuts;
  if (first !== undefined) {
    const since = first.at === null ? "" : ` since ${first.at.slice(0, 10)}`;
    return { answer: "no", because: `${SIDE_NAMES[first.side]}: ${first.reason}${since}`, optOuts };
  }
  if (remembered && consents.klaviyo?.status !== "subscribed") {
    return {
      answer: "no",
      because: "opted out before; only they can opt in again, in Klaviyo",
      optOuts,
    };
  }
  if (consents.klaviyo === null && consents.hubspot === null) {
    return { answer: "unknown", because: "no side shows consent", optOuts };
  }
  const status = consents.klaviyo?.status ?? "never_subscribed";
  const because = status === "subscribed" ? "subscribed in Klaviyo" : "never subscribed, and never opted out";
  return { answer: "yes", because, optOuts };
}
