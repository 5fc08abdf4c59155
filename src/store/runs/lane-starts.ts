import { z } from "zod";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";

/** When each lane of a connection last began, and what time it is, both by the database's clock. */
export interface LaneStarts {
  readonly now: Date;
  readonly starts: ReadonlyMap<string, Date>;
}

const LANE_START_ROW = z.object({
  now: z.date(),
  lane: z.string().nullable(),
  at: z.date().nullable(),
});

/** Of a connection; a lane that never ran has no start. */
export async function readLaneStarts({ statements, connectionId }: Store): Promise<LaneStarts> {
  const rows = await rowsOf(statements, LANE_START_ROW)`
    SELECT clock_timestamp()::timestamptz(3) AS now, lane, started_at AS at
    FROM (SELECT 1) AS always LEFT JOIN lane_start ON connection_id = ${connectionId}`;
  const starts = rows.flatMap(({ lane, at }) => (lane === null || at === null ? [] : [[lane, at] as const]));
  return { now: rows[0]?.now ?? new Date(0), starts: new Map(starts) };
}

const STARTED_ROW = z.object({ at: z.date() });

/** A lane begins now. */
export async function saveLaneStart({ statements, connectionId }: Store, lane: string): Promise<Date> {
  const rows = await rowsOf(statements, STARTED_ROW)`
    INSERT INTO lane_start (connection_id, lane, started_at) VALUES (${connectionId}, ${lane}, clock_timestamp())
    ON CONFLICT (connection_id, lane) DO UPDATE SET started_at = excluded.started_at
    RETURNING started_at AS at`;
  const [row] = rows;
  if (row === undefined) throw new Error("the start of a lane was not kept");
  return row.at;
}

/** Saves that a lane exists and has not run, so that a nightly one waits for its first night. */
export async function saveLaneSeen({ statements, connectionId }: Store, lane: string): Promise<void> {
  await statements.$executeRaw`
    INSERT INTO lane_start (connection_id, lane, started_at) VALUES (${connectionId}, ${lane}, clock_timestamp())
    ON CONFLICT (connection_id, lane) DO NOTHING`;
}
