import { Client } from "pg";
import { DATABASE_PATIENCE } from "./timed-client.ts";

const { connectMs: connectionTimeoutMillis, longMs: query_timeout } = DATABASE_PATIENCE;

/**
 * Prepares a database whose process was killed, for a caller that knows that no other process uses it: leases
 * end now. Where something was sent after a moment, everything is forgotten, as the systems have gone back to it.
 *
 * @param since what is known to have lasted; null trusts whatever is there
 * @returns true where it was forgotten; the schema is then to be made again
 */
export async function takeOver(databaseUrl: string, since: Date | null): Promise<boolean> {
  const database = new Client({ connectionString: databaseUrl, connectionTimeoutMillis, query_timeout });
  await database.connect();
  try {
    const { rows } = await database.query<{ made: boolean }>(
      "SELECT to_regclass('lease') IS NOT NULL AND to_regclass('journal') IS NOT NULL AS made",
    );
    if (rows[0]?.made !== true) return false;
    const ahead = await database.query("SELECT 1 FROM journal WHERE sent_at > $1 LIMIT 1", [since]);
    if (ahead.rowCount === 0) {
      await database.query("UPDATE lease SET expires_at = 'epoch'");
      return false;
    }
    await database.query("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    return true;
  } finally {
    await database.end();
  }
}
