import type { LedgerEntry } from "../store/consent-ledger.ts";

/**
 * Does the ledger hold a refusal of this person, of any side, that no act of their own on that side took back? What Tandem
 * did or left itself says nothing about what they want.
 *
 * @param ledger of one person, the oldest first
 */
export function refusedBefore(ledger: readonly Pick<LedgerEntry, "kind" | "side">[]): boolean {
  const wishes = ledger.filter(({ kind }) => kind === "opted_out" || kind === "opted_in");
  const latest = new Map(wishes.map(({ side, kind }) => [side, kind]));
  return [...latest.values()].includes("opted_out");
}
