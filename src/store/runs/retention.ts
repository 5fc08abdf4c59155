import type { Database } from "../database/database.ts";
import { transaction } from "../database/database.ts";

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
  database: Database,
  connectionId: number,
  before: Date,
  rest: Rest,
): Promise<Pick<RemovedRows, "runs" | "writes" | "conflicts">> {
  const removed = { runs: 0, writes: 0, conflicts: 0 };
  for (let from: Position | null = START; from !== null;) {
    const { ids, next }: RunPage = await runsBefore(database, connectionId, before, from);
    const writes = await inParts(rest, () => removeWrites(database, ids));
    removed.writes += writes.rows;
    if (!writes.whole) return removed;
    const conflicts = await inParts(rest, () => removeConflicts(database, ids));
    removed.conflicts += conflicts.rows;
    if (!conflicts.whole) return removed;
    removed.runs += await removeEmptyRuns(database, ids);
    from = next;
  }
  return removed;
}

/** Empties what the two systems answered in the journals of runs that began before; the changes themselves stay. */
export async function removeRaw(
  database: Database,
  connectionId: number,
  before: Date,
  rest: Rest,
): Promise<number> {
  let rows = 0;
  for (;;) {
    const ids = await database.$queryRaw<{ id: bigint }[]>`
      SELECT id FROM run WHERE connection_id = ${connectionId} AND raw_kept AND started_at < ${before}
      ORDER BY started_at LIMIT ${RUNS_AT_ONCE}`.then((found) => found.map(({ id }) => id));
    if (ids.length === 0) return rows;
    const emptied = await inParts(rest, () => emptyWrites(database, ids));
    rows += emptied.rows;
    if (!emptied.whole) return rows;
    await database.run.updateMany({ where: { id: { in: ids } }, data: { rawKept: false } });
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

async function runsBefore(
  database: Database,
  connectionId: number,
  before: Date,
  from: Position,
): Promise<RunPage> {
  const runs = await database.$queryRaw<(Position & { id: bigint })[]>`
    SELECT id, started_at AS "startedAt" FROM run
    WHERE connection_id = ${connectionId} AND started_at < ${before} AND result <> 'running'
      AND (started_at, id) > (${from.startedAt}, ${from.id})
    ORDER BY started_at, id LIMIT ${RUNS_AT_ONCE}`;
  const last = runs.at(-1);
  return { ids: runs.map(({ id }) => id), next: last === undefined ? null : last };
}

function removeWrites(database: Database, runs: readonly bigint[]): Promise<number> {
  return database.$executeRaw`
    DELETE FROM journal WHERE trace_id IN (
      SELECT trace_id FROM journal WHERE run_id = ANY(${[...runs]}::bigint[]) AND outcome <> 'sent' LIMIT ${ROWS_AT_ONCE})`;
}

function removeConflicts(database: Database, runs: readonly bigint[]): Promise<number> {
  return database.$executeRaw`
    DELETE FROM conflict WHERE id IN (
      SELECT id FROM conflict WHERE run_id = ANY(${[...runs]}::bigint[])
        AND NOT EXISTS (SELECT FROM conflict_undo WHERE conflict_id = conflict.id AND state = 'waiting')
      LIMIT ${ROWS_AT_ONCE})`;
}

function emptyWrites(database: Database, runs: readonly bigint[]): Promise<number> {
  return database.$executeRaw`
    UPDATE journal SET source = '{}', problem = NULL WHERE trace_id IN (
      SELECT trace_id FROM journal WHERE run_id = ANY(${[...runs]}::bigint[]) AND outcome <> 'sent'
        AND (source <> '{}' OR problem IS NOT NULL)
      LIMIT ${ROWS_AT_ONCE})`;
}

/** Runs of which nothing is left, with the holds that were decided; a run whose hold waits stays. */
function removeEmptyRuns(database: Database, runs: readonly bigint[]): Promise<number> {
  return transaction(database, async (statements) => {
    const ids = [...runs];
    return statements.$executeRaw`
      DELETE FROM run WHERE id = ANY(${ids}::bigint[])
        AND NOT EXISTS (SELECT FROM journal WHERE journal.run_id = run.id)
        AND NOT EXISTS (SELECT FROM conflict WHERE conflict.run_id = run.id)
        AND NOT EXISTS (SELECT FROM hold WHERE hold.run_id = run.id AND state = 'waiting')`;
  });
}
