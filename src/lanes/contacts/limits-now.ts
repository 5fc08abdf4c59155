import { longestGapMs } from "../../mapping/schedule.ts";
import type { Limits, Mapping } from "../../model/mapping.ts";
import type { Store } from "../../store/database/store.ts";
import { isLedgerUnreliable } from "../../store/consent/unreliable-ledger.ts";
/** Nothing has run for so long: an outage, or a database of long ago. */
const LONGEST_GAP_MS = 60 * 60_000;

/**
 * The mapping's limits. While the ledger is unreliable, subscribing needs an approval. Every caller that plans, applies or
 * runs asks here, so that a plan says what a run will do, and none of them clears that state for the next.
 *
 * @param runId the run that asks, which does not count itself
 */
export async function limitsNow(
  store: Store,
  { rules, limits, schedule }: Mapping,
  runId: bigint,
  now: Date,
): Promise<Limits> {
  if (!rules.some(({ subscribe }) => subscribe)) return limits;
  const gap = Math.max(LONGEST_GAP_MS, 3 * longestGapMs(schedule.contacts));
  const unreliable = await isLedgerUnreliable(store, runId, gap, now);
  return unreliable ? { ...limits, subscribes: { count: 0 } } : limits;
}
