import { z } from "zod";
import type { Statements } from "./database.ts";
import { rowsOf } from "./rows.ts";

/** The database as an operator asks about it. */
export interface ServerFacts {
  /** `17.2`. */
  readonly version: string;
  readonly bytes: number;
  /** Migrations that were applied; the last one's name. */
  readonly migrations: number;
  readonly lastMigration: string | null;
}

const SERVER_ROW = z.object({
  version: z.string(),
  bytes: z.bigint(),
  migrations: z.number(),
  lastMigration: z.string().nullable(),
});

export async function readServerFacts(statements: Statements): Promise<ServerFacts> {
  const [row] = await rowsOf(
    statements,
    SERVER_ROW,
  )`SELECT current_setting('server_version') AS version, pg_database_size(current_database()) AS bytes,
           (SELECT count(*)::int FROM _prisma_migrations WHERE finished_at IS NOT NULL) AS migrations,
           (SELECT max(migration_name) FROM _prisma_migrations WHERE finished_at IS NOT NULL) AS "lastMigration"`;
  if (row === undefined) throw new Error("the database tells nothing of itself");
  return { ...row, bytes: Number(row.bytes) };
}
