import type { Change } from "../../plan/changes.ts";
import type { ExceededLimit } from "../../model/hold.ts";
import { heldByLimit } from "../../plan/problems.ts";
import { addHeldChanges, openHold, sealHold, withdrawHold } from "../../store/runs/holds.ts";
import { saveConnectionProblems } from "../../store/runs/runs.ts";
import { digestOf } from "../plans/approvals.ts";
import type { Store } from "../../store/database/store.ts";

/** Takes what a run holds back, a page at a time, so that a person can approve exactly that. */
export interface HoldBack {
  add(held: readonly Change[]): Promise<void>;
  close(): Promise<void>;
}

/** Of a run that looks at few people, and so cannot say what waits of the others: what it holds back, the next whole run tells. */
export const HOLDS_NOTHING: HoldBack = { add: async () => {}, close: async () => {} };

/**
 * Begins to hold back, or ends it: where nothing is exceeded any more, what waited withdraws itself, and its problems
 * with it.
 */
export async function holdBack(
  store: Store,
  runId: bigint,
  exceeded: readonly ExceededLimit[],
  now: Date,
): Promise<HoldBack> {
  await saveConnectionProblems(store, "limits", exceeded.map(heldByLimit), now);
  if (exceeded.length === 0) {
    await withdrawHold(store, now);
    return HOLDS_NOTHING;
  }
  const holdId = await openHold(store, runId, exceeded, now);
  return {
    add: (held) =>
      addHeldChanges(
        store,
        holdId,
        held.map((change) => ({ digest: digestOf(change), words: change.words })),
      ),
    close: () => sealHold(store, holdId),
  };
}
