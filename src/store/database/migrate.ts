import { createHash, randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client } from "pg";
import { DATABASE_PATIENCE } from "./timed-client.ts";

/** The advisory lock that Prisma takes to migrate. The second process waits, and finds nothing to do. */
const PRISMA_MIGRATION_LOCK = 72_707_369;

/** Column for column what Prisma's engine makes, so that `prisma migrate deploy` can take over at any time. */
const HISTORY_TABLE = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id                  VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum            VARCHAR(64) NOT NULL,
  finished_at         TIMESTAMPTZ,
  migration_name      VARCHAR(255) NOT NULL,
  logs                TEXT,
  rolled_back_at      TIMESTAMPTZ,
  started_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`;

/** A statement may rewrite a table of millions of rows, or wait for another process that migrates. */
const LONGEST_MS = 60 * 60_000;

const MIGRATIONS = fileURLToPath(new URL("../../../prisma/migrations", import.meta.url));

/**
 * Applies the SQL files of `prisma/migrations` that the database has not seen, each in one transaction. Prisma's own
 * schema engine is a download that closed networks do not reach, so Tandem brings these lines instead.
 *
 * @returns the names of the migrations applied now
 * @throws when an earlier migration failed half way, a newer Tandem made the database, or a migration fails now; the
 * database then stands as before it
 */
export async function migrate(databaseUrl: string, folder: string = MIGRATIONS): Promise<readonly string[]> {
  const database = new Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: DATABASE_PATIENCE.connectMs,
    keepAlive: true,
    query_timeout: LONGEST_MS,
  });
  // The query under way is told.
  database.on("error", () => {});
  await database.connect();
  try {
    await database.query("SELECT pg_advisory_lock($1)", [PRISMA_MIGRATION_LOCK]);
    await database.query(HISTORY_TABLE);
    const { rows } = await database.query<{ migration_name: string; finished_at: Date | null }>(
      "SELECT migration_name, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL",
    );
    const halfWay = rows.find((row) => row.finished_at === null);
    if (halfWay)
      throw new Error(
        `Migration ${halfWay.migration_name} failed earlier; mark it rolled back or applied first`,
      );
    const known = new Set(rows.map((row) => row.migration_name));
    const names = await migrationNames(folder);
    // What a newer version changed, this one would misread or undo.
    const newer = [...known].filter((name) => !names.includes(name)).sort();
    if (newer.length > 0)
      throw new Error(
        `it was made by a newer Tandem (${newer.join(", ")}); use that version, or another database`,
      );
    const missing = names.filter((name) => !known.has(name)).sort();
    for (const name of missing)
      await apply(database, name, await readFile(join(folder, name, "migration.sql"), "utf8"));
    return missing;
  } finally {
    await database.end();
  }
}

/** The migrations of this Tandem, the oldest first. */
export async function migrationNames(folder: string = MIGRATIONS): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

async function apply(database: Client, name: string, sql: string): Promise<void> {
  const checksum = createHash("sha256").update(sql).digest("hex");
  await database.query("BEGIN");
  try {
    await database.query(sql);
    await database.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, now(), 1)`,
      [randomUUID(), checksum, name],
    );
    await database.query("COMMIT");
  } catch (cause) {
    await database.query("ROLLBACK");
    throw new Error(`Migration ${name} failed; nothing of it was kept`, { cause });
  }
}
