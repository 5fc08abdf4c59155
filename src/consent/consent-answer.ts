import type { Consent, Verdict } from "../model/consent.ts";
import { isSubscribed, verdictOf } from "../model/consent.ts";
import type { PerSide, Side } from "../model/side.ts";
import { SIDES, SIDE_NAMES } from "../model/side.ts";

/** Why a side sends no marketing email to somebody, in its own words. */
export interface OptOut {
  readonly side: Side;
  readonly verdict: Verdict;
  /** `unsubscribed`, or the side's reason: HARD_BOUNCE, SPAM_COMPLAINT, USER_SUPPRESSED, … */
  readonly reason: string;
  /** ISO; `null` where the side does not say when. */
  readonly at: string | null;
}

/** One answer over everything that both sides and the ledger know. Every page and command gives this one. */
export interface ConsentAnswer {
  readonly answer: "subscribed" | "not_opted_out" | "opted_out" | "suppressed";
  /** The answer for people. */
  readonly label: string;
  readonly because: string;
  readonly optOuts: readonly OptOut[];
}

/**
 * What is known of a person's consent. One opt-out anywhere is the answer, whatever else is known, and nobody is called
 * subscribed without a side that says so.
 *
 * @param remembered of the ledger, even if no side shows an opt-out now (`rememberedVerdict`)
 */
export function consentAnswer(consents: PerSide<Consent | null>, remembered: Verdict): ConsentAnswer {
  const optOuts = SIDES.flatMap((side) => optOutsOf(side, consents[side]));
  const shown = optOuts.find(({ verdict }) => verdict === "by_choice") ?? optOuts[0];
  if (shown !== undefined) {
    const since = shown.at === null ? "" : ` since ${shown.at.slice(0, 10)}`;
    return { ...out(shown.verdict), because: `${SIDE_NAMES[shown.side]}: ${shown.reason}${since}`, optOuts };
  }
  const subscribed = SIDES.filter((side) => consents[side] !== null && isSubscribed(consents[side]));
  if (remembered !== "none" && !subscribed.includes("klaviyo")) {
    const because = "the ledger has an opt-out, and only they can opt in again, in Klaviyo";
    return { ...out(remembered), because, optOuts };
  }
  if (subscribed.length > 0) {
    const [first = "klaviyo"] = subscribed;
    const where = subscribed.length === SIDES.length ? "both" : SIDE_NAMES[first];
    const names = subscribed.map((side) => SIDE_NAMES[side]).join(" and ");
    return {
      answer: "subscribed",
      label: `Subscribed (${where})`,
      because: `subscribed in ${names}`,
      optOuts,
    };
  }
  const isShown = SIDES.some((side) => consents[side] !== null);
  return {
    answer: "not_opted_out",
    label: "Not opted out, no recorded consent",
    because: isShown ? "neither side shows that they subscribed" : "no side shows consent",
    optOuts,
  };
}

function out(verdict: Verdict): Pick<ConsentAnswer, "answer" | "label"> {
  return verdict === "by_fact"
    ? { answer: "suppressed", label: "Suppressed: bounced" }
    : { answer: "opted_out", label: "Opted out" };
}

/** Every reason for which a side does not send to this person: somebody can be subscribed and suppressed at once. */
export function optOutsOf(side: Side, consent: Consent | null): readonly OptOut[] {
  if (consent === null) return [];
  const { status, suppressions } = consent;
  const byStatus = verdictOf({ status, suppressions: [] });
  return [
    ...(byStatus.verdict === "none" ? [] : [{ side, ...byStatus, at: null }]),
    ...suppressions.map((one) => ({
      side,
      at: one.at,
      ...verdictOf({ status: "never_subscribed", suppressions: [one] }),
    })),
  ];
}
