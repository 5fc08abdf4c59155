import { z } from "zod";
import type { Statements } from "../database/database.ts";
import { inTransaction } from "../database/database.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";

/** What was removed because it was kept for long enough, in numbers. */
export interface RemovedRows {
  readonly runs: number;
  /** Writes in the journal, with what was there before and after. */
  readonly writes: number;
  readonly conflicts: number;
  /** Writes that lost what the two systems answered, and stay. */
  readonly raw: number;
  /** What people did with messages. */
  readonly events: number;
  /** Sessions of the status page that ended long ago. */
  readonly sessions: number;
  /** Alerts that ended long ago. */
  readonly alerts: number;
  /** Rows of the audit. */
  readonly audit: number;
}

/** Called between two transactions; false: leave the rest for another time. */
export type Rest = () => Promise<boolean>;

const RUNS_AT_ONCE = 200;
/** So many rows a transaction takes some 40 ms, and no other statement waits for longer. */
export const ROWS_AT_ONCE = 5_000;

interface RunPage {
  readonly ids: readonly bigint[];
  /** Where the next page continues; `null` after the last. */
  readonly next: Position | null;
}

interface Position {
  readonly startedAt: Date;
  readonly id: bigint;
}

const START: Position = { startedAt: new Date(0), id: 0n };

/**
 * Removes the runs that began before, each with its journal, conflicts and holds, oldest first and some thousand rows at
 * a time. A write that was sent and not settled stays, as does a hold that waits for a person and a value that somebody
 * asked to have back; so does their run.
 */
export async function removeRuns(
  store: Store,
  before: Date,
  rest: Rest,
): Promise<Pick<RemovedRows, "runs" | "writes" | "conflicts">> {
  const { statements } = store;
  const removed = { runs: 0, writes: 0, conflicts: 0 };
  for (let from: Position | null = START; from !== null;) {
    const { ids, next }: RunPage = await runsBefore(store, before, from);
    const writes = await inParts(rest, () => removeWrites(statements, ids));
    removed.writes += writes.rows;
    if (!writes.whole) return removed;
    const conflicts = await inParts(rest, () => removeConflicts(statements, ids));
    removed.conflicts += conflicts.rows;
    if (!conflicts.whole) return removed;
    removed.runs += await removeEmptyRuns(statements, ids);
    from = next;
  }
  return removed;
}

const ID_ROW = z.object({ id: z.bigint() });

/** Empties what the two systems answered in the journals of runs that began before; the changes themselves stay. */
export async function removeRaw(
  { statements, connectionId }: Store,
  before: Date,
  rest: Rest,
): Promise<number> {
  let rows = 0;
  for (;;) {
    const ids = await rowsOf(statements, ID_ROW)`
      SELECT id FROM run WHERE connection_id = ${connectionId} AND raw_kept AND started_at < ${before}
      ORDER BY started_at LIMIT ${RUNS_AT_ONCE}`.then((found) => found.map(({ id }) => id));
    if (ids.length === 0) return rows;
    const emptied = await inParts(rest, () => emptyWrites(statements, ids));
    rows += emptied.rows;
    if (!emptied.whole) return rows;
    await statements.run.updateMany({ where: { id: { in: ids } }, data: { rawKept: false } });
  }
}

/** Repeats a step until it finds fewer rows than it may take, resting in between. */
export async function inParts(
  rest: Rest,
  step: () => Promise<number>,
): Promise<{ readonly rows: number; readonly whole: boolean }> {
  for (let rows = 0; ;) {
    const found = await step();
    rows += found;
    if (found < ROWS_AT_ONCE) return { rows, whole: true };
    if (!(await rest())) return { rows, whole: false };
  }
}

const RUN_ROW = z.object({ startedAt: z.date(), id: z.bigint() });

async function runsBefore(
  { statements, connectionId }: Store,
  before: Date,
  from: Position,
): Promise<RunPage> {
  const runs = await rowsOf(statements, RUN_ROW)`
    SELECT id, started_at AS "startedAt" FROM run
    WHERE connection_id = ${connectionId} AND started_at < ${before} AND result <> 'running'
      AND (started_at, id) > (${from.startedAt}, ${from.id})
    ORDER BY started_at, id LIMIT ${RUNS_AT_ONCE}`;
  const last = runs.at(-1);
  return { ids: runs.map(({ id }) => id), next: last === undefined ? null : last };
}

function removeWrites(statements: Statements, runs: readonly bigint[]): Promise<number> {
  return statements.$executeRaw`
    DELETE FROM journal WHERE trace_id IN (
      SELECT trace_id FROM journal WHERE run_id = ANY(${[...runs]}::bigint[]) AND outcome <> 'sent' LIMIT ${ROWS_AT_ONCE})`;
}

function removeConflicts(statements: Statements, runs: readonly bigint[]): Promise<number> {
  return statements.$executeRaw`
    DELETE FROM conflict WHERE id IN (
      SELECT id FROM conflict WHERE run_id = ANY(${[...runs]}::bigint[])
        AND NOT EXISTS (SELECT FROM conflict_undo WHERE conflict_id = conflict.id AND state = 'waiting')
      LIMIT ${ROWS_AT_ONCE})`;
}

function emptyWrites(statements: Statements, runs: readonly bigint[]): Promise<number> {
  return statements.$executeRaw`
    UPDATE journal SET source = '{}', problem = NULL WHERE trace_id IN (
      SELECT trace_id FROM journal WHERE run_id = ANY(${[...runs]}::bigint[]) AND outcome <> 'sent'
        AND (source <> '{}' OR problem IS NOT NULL)
      LIMIT ${ROWS_AT_ONCE})`;
}

/** Runs of which nothing is left, with the holds that were decided; a run whose hold waits stays. */
function removeEmptyRuns(statements: Statements, runs: readonly bigint[]): Promise<number> {
  return inTransaction(statements, async (statements) => {
    const ids = [...runs];
    return statements.$executeRaw`
      DELETE FROM run WHERE id = ANY(${ids}::bigint[])
        AND NOT EXISTS (SELECT FROM journal WHERE journal.run_id = run.id)
        AND NOT EXISTS (SELECT FROM conflict WHERE conflict.run_id = run.id)
        AND NOT EXISTS (SELECT FROM hold WHERE hold.run_id = run.id AND state = 'waiting')`;
  });
}
