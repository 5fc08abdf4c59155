import type { Database } from "../database/database.ts";

/** The latest run of a lane that came to an end. */
export interface LastRun {
  readonly kind: string;
  readonly result: string;
  readonly finishedAt: Date;
  readonly note: string;
}

/** Of each lane of the connection of this name; none where there is no such connection. Makes nothing. */
export async function lastRuns(database: Database, name: string): Promise<readonly LastRun[]> {
  return database.$queryRaw<LastRun[]>`
    SELECT DISTINCT ON (kind) kind, result, finished_at AS "finishedAt", note
    FROM run JOIN connection ON connection.id = run.connection_id
    WHERE connection.name = ${name} AND finished_at IS NOT NULL
    ORDER BY kind, started_at DESC`;
}
