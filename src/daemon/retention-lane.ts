import { setTimeout as sleep } from "node:timers/promises";
import type { Mapping } from "../model/mapping.ts";
import { openConnection } from "../store/connections.ts";
import type { RemovedRows } from "../store/retention.ts";
import { removeRaw, removeRuns } from "../store/retention.ts";
import { finishRun, startRun } from "../store/runs.ts";
import type { Deps } from "./deps.ts";

/** Looks so often: what a turn leaves is removed by the next. */
export const RETENTION_SCHEDULE = "every 1h";
/** The other lanes wait for no longer. */
const TURN_MS = 20_000;
/** Between two transactions, for whatever else the database has to do. */
const REST_MS = 50;

/**
 * Removes what the mapping's `privacy:` no longer keeps. Neither system is asked or written to, so it needs no lease and
 * goes on during a pause. Where it removed something, it is a run of its own with the numbers.
 */
export async function runRetention(
  { database, now, stopping, monotonic = () => performance.now() }: Deps,
  mapping: Mapping,
): Promise<RemovedRows> {
  const { id } = await openConnection(database, mapping.name);
  const begun = now();
  const from = monotonic();
  const isOver = (): boolean => stopping.aborted || monotonic() - from > TURN_MS;
  const rest = async (): Promise<boolean> => {
    if (isOver()) return false;
    await sleep(REST_MS);
    return true;
  };
  const ago = (ms: number): Date => new Date(begun.getTime() - ms);
  const { historyMs, rawMs } = mapping.privacy;
  const runs = await removeRuns(database, id, ago(historyMs), rest);
  const raw = isOver() ? 0 : await removeRaw(database, id, ago(rawMs), rest);
  const removed = { ...runs, raw };
  if (Object.values(removed).some((count) => count > 0)) {
    const runId = await startRun(database, id, "retention", "schedule", begun);
    const { runs: gone, writes, conflicts } = runs;
    const counts = { removed_runs: gone, removed_writes: writes, removed_conflicts: conflicts, emptied: raw };
    await finishRun(database, runId, "finished", counts, "", now());
  }
  return removed;
}
