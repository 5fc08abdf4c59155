import type { Mapping } from "../model/mapping.ts";
import { beginComparison, lastPulls } from "../store/snapshots/comparisons.ts";
import { openStore } from "../store/runs/connections.ts";
import { forgetCursors } from "../store/snapshots/cursors.ts";
import { markAllDirty } from "../store/links/links.ts";
import { saveCounts } from "../store/runs/runs.ts";
import type { Deps } from "./deps.ts";
import { eraseRemoved } from "./erase-removed.ts";
import { FOUND } from "./contacts/prepare-run.ts";
import type { ContactRun } from "./contacts/run-contacts.ts";
import { runContacts } from "./contacts/run-contacts.ts";
import { atomically } from "../store/database/store.ts";

/**
 * The full comparison: the members of the rules' collections are read from the beginning, then every other linked contact
 * of both sides, whichever leads, and plans everybody, failing contacts too. It counts what earlier pulls had missed, and
 * erases the people who were deleted for privacy.
 */
export async function runReconcile(deps: Deps, mapping: Mapping, trigger: string): Promise<ContactRun> {
  const { database, now } = deps;
  const store = await openStore(database, mapping.name);
  const began = now();
  await atomically(store, async (store) => {
    const pulled = await lastPulls(store);
    await forgetCursors(store, FOUND);
    await beginComparison(store, { began, pulled });
    await markAllDirty(store, now());
  });
  const run = await runContacts(deps, mapping, { trigger });
  if (run.stoppedBy !== null) return run;
  const erased = await eraseRemoved({ ...deps, store }, began);
  if (erased === 0) return run;
  const counts = { ...run.counts, erased };
  await saveCounts(store, run.runId, counts);
  return { ...run, counts };
}
