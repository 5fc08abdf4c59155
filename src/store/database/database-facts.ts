import { Client } from "pg";
import { migrationNames } from "./migrate.ts";

/** How a database is, without changing anything in it. */
export interface DatabaseFacts {
  /** As the server says it: `17.2`. */
  readonly version: string;
  readonly major: number;
  readonly bytes: number;
  /** How far its clock is ahead of ours, in milliseconds; what the call took is not counted. */
  readonly skewMs: number;
  readonly applied: number;
  /** Of ours, not there yet. */
  readonly pending: readonly string[];
  /** There, and none of ours: a newer Tandem made it. */
  readonly newer: readonly string[];
  /** One that was broken off. */
  readonly halfWay: string | null;
}

const LONGEST_MS = 5_000;

/** @throws where it does not answer within seconds, or refuses the sign-in */
export async function databaseFacts(url: string, now: () => Date): Promise<DatabaseFacts> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: LONGEST_MS,
    query_timeout: LONGEST_MS,
  });
  // A connection that is cut off while it waits fails in its call.
  client.on("error", () => {});
  try {
    await client.connect();
    const begun = now().getTime();
    const { rows } = await client.query<{
      version: string;
      number: string;
      bytes: string;
      now: Date;
      history: boolean;
    }>(`SELECT current_setting('server_version') AS version, current_setting('server_version_num') AS number,
               pg_database_size(current_database())::text AS bytes, clock_timestamp() AS now,
               to_regclass('_prisma_migrations') IS NOT NULL AS history`);
    const ended = now().getTime();
    const [row] = rows;
    if (row === undefined) throw new Error("the database said nothing");
    const theirs = row.now.getTime();
    return {
      version: row.version.split(" ")[0] ?? row.version,
      major: Math.floor(Number(row.number) / 10_000),
      bytes: Number(row.bytes),
      skewMs: theirs < begun ? theirs - begun : Math.max(0, theirs - ended),
      ...(await migrations(client, row.history)),
    };
  } finally {
    await client.end();
  }
}

async function migrations(client: Client, history: boolean) {
  const ours = await migrationNames();
  if (!history) return { applied: 0, pending: ours, newer: [], halfWay: null };
  const { rows } = await client.query<{ name: string; finished: boolean }>(
    `SELECT migration_name AS name, finished_at IS NOT NULL AS finished FROM _prisma_migrations
     WHERE rolled_back_at IS NULL ORDER BY 1`,
  );
  const known = new Set(rows.map(({ name }) => name));
  return {
    applied: rows.filter(({ finished }) => finished).length,
    pending: ours.filter((name) => !known.has(name)),
    newer: [...known].filter((name) => !ours.includes(name)),
    halfWay: rows.find(({ finished }) => !finished)?.name ?? null,
  };
}
