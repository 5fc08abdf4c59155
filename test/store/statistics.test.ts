import { afterAll, beforeAll, expect, test } from "vitest";
import { openStore } from "../../src/store/runs/connections.ts";
import { refreshStatistics } from "../../src/store/database/statistics.ts";
import type { FreshDatabase } from "../support/fresh-database.ts";
import { freshDatabase } from "../support/fresh-database.ts";
import { storeOf } from "../../src/store/database/store.ts";
let fresh: FreshDatabase;
let connectionId: number;

beforeAll(async () => {
  fresh = await freshDatabase();
  ({ connectionId } = await openStore(fresh.database, "acme"));
});
afterAll(() => fresh?.drop());

async function see(count: number): Promise<void> {
  await fresh.database.$executeRaw`
    INSERT INTO sighting (connection_id, side, external_id, email_key, shown_email, fields, unreadable, digest,
                          created_at, updated_at, seen_at)
    SELECT ${connectionId}, 'hubspot', n::text, n || '@example.com', n || '@example.com', '{}', '{}', '', now(), now(), now()
    FROM generate_series(1, ${count}::int) AS n ON CONFLICT DO NOTHING`;
}

/** What the planner assumes; -1 while it knows nothing. */
async function assumedRows(): Promise<number | undefined> {
  const rows = await fresh.database.$queryRaw<{ rows: number }[]>`
    SELECT reltuples::int AS rows FROM pg_class WHERE oid = 'sighting'::regclass`;
  return rows[0]?.rows;
}

test("PostgreSQL looks at its tables again where many wait to be linked, and is left alone where few do", async () => {
  await see(999);
  await refreshStatistics(storeOf(fresh.database, connectionId));
  expect(await assumedRows()).toBe(-1);
  await see(1_000);
  await refreshStatistics(storeOf(fresh.database, connectionId));
  expect(await assumedRows()).toBe(1_000);
});
