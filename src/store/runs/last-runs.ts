import { z } from "zod";
import type { Statements } from "../database/database.ts";
import { rowsOf } from "../database/rows.ts";

const LAST_RUN_ROW = z.object({
  kind: z.string(),
  result: z.string(),
  finishedAt: z.date(),
  note: z.string(),
});

/** The latest run of a lane that came to an end. */
export type LastRun = z.infer<typeof LAST_RUN_ROW>;

/** Of each lane of the connection of this name; none where there is no such connection. Makes nothing. */
export async function lastRuns(statements: Statements, name: string): Promise<readonly LastRun[]> {
  return rowsOf(statements, LAST_RUN_ROW)`
    SELECT DISTINCT ON (kind) kind, result, finished_at AS "finishedAt", note
    FROM run JOIN connection ON connection.id = run.connection_id
    WHERE connection.name = ${name} AND finished_at IS NOT NULL
    ORDER BY kind, started_at DESC`;
}
