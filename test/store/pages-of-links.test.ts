import { afterAll, beforeAll, expect, test } from "vitest";
import type { Store } from "../../src/store/database/store.ts";
import { recordChangedConsent } from "../../src/store/consent/record-consent.ts";
import { attachSightings } from "../../src/store/links/attach-sightings.ts";
import { openStore } from "../../src/store/runs/connections.ts";
import type { FreshDatabase } from "../support/fresh-database.ts";
import { freshDatabase } from "../support/fresh-database.ts";

/** Two full pages and a part of one. */
const PEOPLE = 11_000;
const NOW = new Date();

let fresh: FreshDatabase;
let store: Store;

beforeAll(async () => {
  fresh = await freshDatabase();
  store = await openStore(fresh.database, "large");
  const { statements, connectionId } = store;
  // As PostgreSQL saw them when they were empty: a server without autovacuum knows no better until somebody asks it to look.
  await statements.$executeRaw`ANALYZE sighting, member, link, consent_ledger`;
  for (const side of ["hubspot", "klaviyo"])
    await statements.$executeRaw`
      INSERT INTO sighting (connection_id, side, external_id, email_key, fields, unreadable, consent, verdict, verdict_reason,
                            consent_state, shape, digest, created_at, updated_at, seen_at)
      SELECT ${connectionId}, ${side}, n::text, 'person' || n || '@example.com', '{}', '{}',
             '{"status": "subscribed", "suppressions": [], "listSuppressions": [], "optedOutTypes": [], "sms": null}',
             'none', '', 'subscribed', 's', 'd', now(), now(), now()
      FROM generate_series(1, ${PEOPLE}::int) AS n`;
  await statements.$executeRaw`
    INSERT INTO member (connection_id, side, collection, external_id)
    SELECT ${connectionId}, 'hubspot', 'all', n::text FROM generate_series(1, ${PEOPLE}::int) AS n`;
});
afterAll(() => fresh.drop());

/** How many transactions wrote these rows last. */
async function transactionsOf(table: "link" | "consent_ledger"): Promise<number> {
  const [row] = await fresh.database.$queryRawUnsafe<{ count: number }[]>(
    `SELECT count(DISTINCT xmin::text)::int AS count FROM ${table}`,
  );
  return row?.count ?? 0;
}

test("many contacts are linked in pages, each a transaction", async () => {
  const told: number[] = [];
  const scope = { hubspot: ["all"], klaviyo: [] };
  const identity = { emailChange: "relink", secondaryEmails: "ignore" } as const;
  await attachSightings(store, scope, identity, NOW, async (addresses) => void told.push(addresses));
  expect(told).toEqual([5_000, 10_000, 11_000]);
  const linked = { hubspotId: { not: null }, klaviyoId: { not: null } };
  expect(await fresh.database.link.count({ where: linked })).toBe(PEOPLE);
  expect(await fresh.database.sighting.count({ where: { linkId: null } })).toBe(0);
  expect(await transactionsOf("link")).toBe(3);
});

test("what many contacts show of consent is recorded in pages, each a transaction, and once", async () => {
  const told: number[] = [];
  await recordChangedConsent(store, 1n, NOW, async (addresses) => void told.push(addresses));
  expect(told.slice(0, 3)).toEqual([5_000, 10_000, 11_000]);
  expect(await fresh.database.consentEntry.count({ where: { kind: "first_opted_in" } })).toBe(2 * PEOPLE);
  expect(await transactionsOf("consent_ledger")).toBe(3);
  await recordChangedConsent(store, 1n, NOW);
  expect(await fresh.database.consentEntry.count()).toBe(2 * PEOPLE);
});
