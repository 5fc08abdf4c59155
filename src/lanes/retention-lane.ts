import { listRun } from "./with-run.ts";
import { setTimeout as sleep } from "node:timers/promises";
import type { Mapping } from "../model/mapping.ts";
import { removeAlerts } from "../store/alerts/alerts.ts";
import { openStore } from "../store/runs/connections.ts";
import type { RemovedRows } from "../store/runs/retention.ts";
import { removeAudit } from "../store/chains/remove-audit.ts";
import { removeEngagement } from "../store/feeds/remove-engagement.ts";
import { removeRaw, removeRuns } from "../store/runs/retention.ts";
import type { RunCounts } from "../store/runs/runs.ts";
import { forgetSessions } from "../store/pages/web-sessions.ts";
import type { Deps } from "./deps.ts";
/** Looks so often: what a turn leaves is removed by the next. */
export const RETENTION_SCHEDULE = "every 1h";
/** The other lanes wait for no longer. */
const TURN_MS = 20_000;
/** A session has ended long before; until then the audit's sign-ins can be matched with it. */
const SESSIONS_MS = 30 * 86_400_000;
/** Between two transactions, for whatever else the database has to do. */
const REST_MS = 50;

/**
 * Removes what the mapping's `privacy:` no longer keeps. Neither system is asked or written to, so it needs no lease and
 * continues during a pause. Where it removed something, it is listed as a run with the numbers.
 */
export async function runRetention(
  { database, now, stopping, monotonic = () => performance.now() }: Deps,
  mapping: Mapping,
): Promise<RemovedRows> {
  const store = await openStore(database, mapping.name);
  const begun = now();
  const from = monotonic();
  const isOver = (): boolean => stopping.aborted || monotonic() - from > TURN_MS;
  const rest = async (): Promise<boolean> => {
    if (isOver()) return false;
    await sleep(REST_MS);
    return true;
  };
  const ago = (ms: number): Date => new Date(begun.getTime() - ms);
  const { historyMs, rawMs, auditMs } = mapping.privacy;
  const isTime = async (step: () => Promise<number>): Promise<number> => (isOver() ? 0 : step());
  const runs = await removeRuns(store, ago(historyMs), rest);
  const removed: RemovedRows = {
    ...runs,
    raw: await isTime(() => removeRaw(store, ago(rawMs), rest)),
    events: await isTime(() => removeEngagement(store, dayBegin(ago(historyMs)), rest)),
    audit: await isTime(async () =>
      removeAudit(store, auditMs === null ? null : dayBegin(ago(auditMs)), begun, rest),
    ),
    alerts: await isTime(() => removeAlerts(store, ago(historyMs))),
    sessions: await isTime(() => forgetSessions(database, ago(SESSIONS_MS))),
  };
  if (Object.values(removed).some((count) => count > 0)) {
    const run = { kind: "retention", trigger: "schedule", begun };
    await listRun({ store, now }, run, { result: "finished", counts: countsOf(removed) });
  }
  return removed;
}

function countsOf(removed: RemovedRows): RunCounts {
  return {
    removed_runs: removed.runs,
    removed_writes: removed.writes,
    removed_conflicts: removed.conflicts,
    removed_events: removed.events,
    removed_audit: removed.audit,
    removed_sessions: removed.sessions,
    removed_alerts: removed.alerts,
    emptied: removed.raw,
  };
}

const DAY_MS = 86_400_000;

/** Days are counted, and the audit is cut, once a day and not in every turn. */
function dayBegin(at: Date): Date {
  return new Date(at.getTime() - (at.getTime() % DAY_MS));
}
