import type { Store } from "../database/store.ts";
import { z } from "zod";
import { rowsOf } from "../database/rows.ts";

/** A run that ended. */
export interface EndedRun {
  readonly kind: string;
  readonly result: string;
  readonly seconds: number;
}

export interface EndedWork {
  /** Until when this counts; the next counting begins there. */
  readonly until: Date;
  readonly runs: readonly EndedRun[];
  /** Writes of these runs. */
  readonly writes: readonly { side: string; operation: string; result: string; count: number }[];
  readonly conflicts: readonly { winner: string; count: number }[];
  /** Subscribe requests that the consent check stopped. */
  readonly blocked: number;
}

/** A transaction may commit so long after the time that it wrote down. */
const COMMITTED_AFTER_MS = 5_000;
/** No run takes longer; older ones need not be gone through. */
const LONGEST_RUN = "14 days";

const WRITES_ROW = z.object({
  side: z.string(),
  operation: z.string(),
  result: z.string(),
  count: z.number(),
});

const CONFLICTS_ROW = z.object({ winner: z.string(), count: z.number() });

const BLOCKED_ROW = z.object({ blocked: z.number() });

const ENDED_RUN_ROW = z.object({
  kind: z.string(),
  result: z.string(),
  seconds: z.number(),
  id: z.bigint(),
});

/**
 * What ended since a time, as far as it is committed for certain. A run's writes count when it ends.
 */
export async function endedWork(
  { statements, connectionId }: Store,
  since: Date,
  now: Date,
): Promise<EndedWork> {
  const until = new Date(now.getTime() - COMMITTED_AFTER_MS);
  const none = { until, runs: [], writes: [], conflicts: [], blocked: 0 };
  if (until <= since) return { ...none, until: since };
  const ended = await rowsOf(statements, ENDED_RUN_ROW)`
    SELECT id, kind, result, extract(epoch FROM finished_at - started_at)::float8 AS seconds FROM run
    WHERE connection_id = ${connectionId} AND started_at > now() - ${LONGEST_RUN}::interval
      AND finished_at >= ${since} AND finished_at < ${until}`;
  if (ended.length === 0) return none;
  const ids = ended.map(({ id }) => id);
  const writes = await rowsOf(statements, WRITES_ROW)`
    SELECT side, kind AS operation, outcome AS result, count(*)::int AS count FROM journal
    WHERE run_id = ANY(${ids}::bigint[]) GROUP BY 1, 2, 3`;
  const conflicts = await rowsOf(statements, CONFLICTS_ROW)`
    SELECT winner, count(*)::int AS count FROM conflict WHERE run_id = ANY(${ids}::bigint[]) GROUP BY 1`;
  const [row] = await rowsOf(statements, BLOCKED_ROW)`
    SELECT count(*)::int AS blocked FROM consent_ledger
    WHERE connection_id = ${connectionId} AND kind = 'blocked' AND run_id = ANY(${ids}::bigint[])`;
  return { until, runs: ended, writes, conflicts, blocked: row?.blocked ?? 0 };
}
