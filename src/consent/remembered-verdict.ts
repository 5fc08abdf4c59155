import type { Verdict } from "../model/consent.ts";
import type { LedgerEntry } from "../store/consent/consent-ledger.ts";

/**
 * What the ledger remembers of a person: an opt-out of any side that the person did not take back on that side. What
 * Tandem did or left itself says nothing about what they want.
 *
 * @param ledger of one person, the oldest first
 */
export function rememberedVerdict(
  ledger: readonly Pick<LedgerEntry, "kind" | "side" | "verdict">[],
): Verdict {
  const choices = ledger.filter(({ kind }) => kind === "opted_out" || kind === "opted_in");
  const latest = [...new Map(choices.map((entry) => [entry.side, entry])).values()];
  const out = latest.filter(({ kind }) => kind === "opted_out");
  if (out.length === 0) return "none";
  return out.every(({ verdict }) => verdict === "by_fact") ? "by_fact" : "by_choice";
}
