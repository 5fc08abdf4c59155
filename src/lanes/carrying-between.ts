import type { Mapping } from "../model/mapping.ts";
import { ageMs, markNow } from "../write/age.ts";
import { carriesConsent, consentCycle } from "./consent-lane.ts";
import type { Leased } from "./deps.ts";

/** Together with the time a page takes, no opt-out waits longer than a minute while a run reads, compares or writes. */
const CARRY_EVERY_MS = 45_000;

/**
 * The dependencies of a run of another lane, which then does the consent lane's work between its pages: that lane
 * cannot, because both need the same lease. Both sides are read at the same time, so neither waits for the other.
 */
export function carryingBetween(leased: Leased, mapping: Mapping): Leased {
  if (!carriesConsent(mapping)) return leased;
  let last = markNow(leased);
  let carrying = false;
  return {
    ...leased,
    async betweenPages() {
      if (carrying || ageMs(last, leased) < CARRY_EVERY_MS) return null;
      carrying = true;
      try {
        const { betweenPages: _, ...own } = leased;
        return (await consentCycle(own, mapping, "schedule")).out;
      } finally {
        last = markNow(leased);
        carrying = false;
      }
    },
  };
}
