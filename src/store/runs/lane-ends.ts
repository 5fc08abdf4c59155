import { z } from "zod";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";

export const LANES = ["contacts", "consent", "engagement", "reconcile"] as const;
export type Lane = (typeof LANES)[number];

const LATEST_RUN_ROW = z.object({
  lane: z.enum(LANES),
  startedAt: z.date(),
  finishedAt: z.date().nullable(),
  result: z.string(),
  note: z.string(),
});

/** How a lane's latest run went; it may still be running. */
export type LatestRun = z.infer<typeof LATEST_RUN_ROW>;

/** What shows whether a lane is overdue. It comes from the database alone, so every process reads the same. */
export interface LaneEnds {
  /** At most one a lane. */
  readonly latest: readonly LatestRun[];
  /** When the connection first ran at all; `null` before that. */
  readonly firstRunAt: Date | null;
  /** Until when some process holds the connection; `null` where none does. */
  readonly heldUntil: Date | null;
  /** When somebody last resumed the connection after a pause. */
  readonly resumedAt: Date | null;
}

const TIMES_ROW = z.object({
  firstRunAt: z.date().nullable(),
  heldUntil: z.date().nullable(),
  resumedAt: z.date().nullable(),
});

export async function readLaneEnds({ statements, connectionId }: Store): Promise<LaneEnds> {
  const latest = await rowsOf(statements, LATEST_RUN_ROW)`
    SELECT DISTINCT ON (lane) lane, started_at AS "startedAt", finished_at AS "finishedAt", result, note
    FROM (SELECT kind AS lane, started_at, finished_at, result, note FROM run WHERE connection_id = ${connectionId}
          UNION ALL
          SELECT 'reconcile', started_at, finished_at, result, note FROM run
          WHERE connection_id = ${connectionId} AND kind = 'contacts' AND trigger = 'reconcile') AS each
    WHERE lane IN ('contacts', 'consent', 'engagement', 'reconcile')
    ORDER BY lane, started_at DESC`;
  const [row] = await rowsOf(statements, TIMES_ROW)`
    SELECT (SELECT min(started_at) FROM run WHERE connection_id = connection.id) AS "firstRunAt",
      (SELECT expires_at FROM lease WHERE lease.name = 'contacts of ' || connection.name AND expires_at > now())
        AS "heldUntil",
      (SELECT max(at) FROM audit WHERE connection_id = connection.id AND action = 'resume'
         AND contacts = 0) AS "resumedAt"
    FROM connection WHERE id = ${connectionId}`;
  if (row === undefined) throw new Error("there is no such connection");
  return { latest, ...row };
}
