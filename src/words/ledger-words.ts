import { SIDE_NAMES } from "../model/side.ts";
import type { ConsentKind } from "../model/consent.ts";
import type { ConsentPair, LedgerEntry } from "../store/consent/consent-ledger.ts";

/** What an entry of the ledger says, for people. */
export const KIND_WORDS: Readonly<Record<ConsentKind, string>> = {
  opted_out: "Opted out",
  opted_in: "Opted back in",
  first_opted_in: "First seen subscribed",
  reopened: "Opted in again, elsewhere",
  carried: "Opt-out synced",
  asked: "Subscribe request sent",
  restored: "Opt-out restored",
  confirmed: "Subscription confirmed",
  blocked: "Subscribe request blocked",
  erased: "Erased from Tandem",
  allowed: "May be synced again after erasure",
};

export const KINDS: readonly ConsentKind[] = [
  "opted_out",
  "opted_in",
  "first_opted_in",
  "reopened",
  "carried",
  "asked",
  "restored",
  "confirmed",
  "blocked",
  "erased",
  "allowed",
];

/** What people did, and Tandem saw; the others are what Tandem did, or left. */
export const SEEN: ReadonlySet<ConsentKind> = new Set([
  "opted_out",
  "opted_in",
  "first_opted_in",
  "reopened",
]);

/** Where it was seen or done: an erasure is of both sides. */
export function whereWords(side: LedgerEntry["side"]): string {
  return side === "both" ? "both sides" : SIDE_NAMES[side];
}

/** The states of consent that a side shows, in the order of the matrix; others stand behind them. */
const STATE_ORDER = [
  "subscribed",
  "never subscribed",
  "opted out of a kind",
  "opted out",
  "suppressed",
  "not shown",
  "none",
];
/** A refusal of the other side that was carried stands in HubSpot as an opt-out of the kinds that the mapping names. */
const OUT: ReadonlySet<string> = new Set(["opted out of a kind", "opted out", "suppressed"]);

/** A state, for people: `none` is a side without a contact of them. */
export function stateWords(state: string): string {
  if (state === "none") return "no contact there";
  return state;
}

/** The states that any of these pairs has on a side, in their order. */
export function statesOf(pairs: readonly ConsentPair[], side: "hubspot" | "klaviyo"): readonly string[] {
  const place = (state: string): number => {
    const known = STATE_ORDER.indexOf(state);
    return known < 0 ? STATE_ORDER.length : known;
  };
  return [...new Set(pairs.map((pair) => pair[side]))].toSorted((one, other) => place(one) - place(other));
}

/** Does one side send where the other must not? A side that shows no consent, or has no contact, differs from nobody. */
export function isMismatch({ hubspot, klaviyo }: Pick<ConsentPair, "hubspot" | "klaviyo">): boolean {
  const told = (state: string): boolean => state !== "none" && state !== "not shown";
  return OUT.has(hubspot) !== OUT.has(klaviyo) && told(hubspot) && told(klaviyo);
}
