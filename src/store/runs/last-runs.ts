import type { Database } from "../database/database.ts";
import { z } from "zod";
import { rowsOf } from "../database/rows.ts";

/** The latest run of a lane that came to an end. */
export interface LastRun {
  readonly kind: string;
  readonly result: string;
  readonly finishedAt: Date;
  readonly note: string;
}

const LAST_RUN: z.ZodType<LastRun> = z.object({
  kind: z.string(),
  result: z.string(),
  finishedAt: z.date(),
  note: z.string(),
});

/** Of each lane of the connection of this name; none where there is no such connection. Makes nothing. */
export async function lastRuns(database: Database, name: string): Promise<readonly LastRun[]> {
  return rowsOf(database, LAST_RUN)`
    SELECT DISTINCT ON (kind) kind, result, finished_at AS "finishedAt", note
    FROM run JOIN connection ON connection.id = run.connection_id
    WHERE connection.name = ${name} AND finished_at IS NOT NULL
    ORDER BY kind, started_at DESC`;
}
