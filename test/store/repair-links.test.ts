import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { expect, inject, test } from "vitest";
import type { App } from "../../src/cli/app.ts";
import { withDatabase as withDatabaseOfCommand } from "../../src/cli/engine.ts";
import { migrate } from "../../src/store/database/migrate.ts";
import { withDatabase, withServer } from "../support/database-server.ts";
import { TEST_KEYS } from "../support/test-keys.ts";

/** One command's work on a database, with what it said beside. */
async function withDatabaseOf(url: string, work: (talk: string) => Promise<void>): Promise<void> {
  let talk = "";
  const app = { env: { DATABASE_URL: url }, talk: (text: string) => void (talk += text) } as Partial<App>;
  await withDatabaseOfCommand(
    app as App,
    {},
    () => work(talk),
    () => TEST_KEYS,
  );
}

const MIGRATIONS = new URL("../../prisma/migrations", import.meta.url).pathname;

test("an upgrade repairs stale addresses and two dead halves of one person, and says how many", async () => {
  const server = inject("databaseServer");
  const folder = await mkdtemp(join(tmpdir(), "tandem-before-"));
  const name = "tandem_repair_links";
  await withServer(server, async (client) => void (await client.query(`CREATE DATABASE ${name}`)));
  const url = withDatabase(server, name);
  const client = new Client({ connectionString: url });
  try {
    for (const one of (await readdir(MIGRATIONS)).filter((each) => each < "20261130"))
      await cp(join(MIGRATIONS, one), join(folder, one), { recursive: true });
    await migrate(url, folder);
    await client.connect();
    await client.query(`
      INSERT INTO connection (id, name) VALUES (1, 'test');
      INSERT INTO link (id, connection_id, email_key, hubspot_id, klaviyo_id, deleted_on) VALUES
        (1, 1, 'old@example.com', 'h1', 'k1', NULL),
        (2, 1, 'a@example.com', 'h2', 'k2', 'klaviyo'),
        (3, 1, 'b@example.com', 'h3', 'k3', 'hubspot'),
        (4, 1, 'x@example.com', 'h4', 'k4', NULL),
        (5, 1, 'y@example.com', 'h5', 'k5', NULL);
      INSERT INTO sighting (connection_id, side, external_id, email_key, fields, unreadable, digest, created_at, updated_at,
                            seen_at, link_id, other_emails)
      SELECT 1, side, id, email, '{}', '{}', '', now(), now(), now(), link, others FROM (VALUES
        ('hubspot', 'h1', 'new@example.com', 1, '{}'::text[]), ('klaviyo', 'k1', 'new@example.com', 1, '{}'),
        ('hubspot', 'h2', 'b@example.com', 2, '{a@example.com}'), ('klaviyo', 'k2', 'a@example.com', 2, '{}'),
        ('hubspot', 'h3', 'b@example.com', 3, '{}'), ('klaviyo', 'k3', 'b@example.com', 3, '{}'),
        ('hubspot', 'h4', 'y@example.com', 4, '{}'), ('klaviyo', 'k4', 'y@example.com', 4, '{}'),
        ('hubspot', 'h5', 'x@example.com', 5, '{}'), ('klaviyo', 'k5', 'x@example.com', 5, '{}')
      ) AS shown(side, id, email, link, others)`);
    await migrate(url);
    const links = await client.query(
      "SELECT id::int, email_key, hubspot_id, klaviyo_id, deleted_on, passed FROM link ORDER BY id",
    );
    expect(links.rows).toEqual([
      {
        id: 1,
        email_key: "new@example.com",
        hubspot_id: "h1",
        klaviyo_id: "k1",
        deleted_on: null,
        passed: false,
      },
      {
        id: 2,
        email_key: "a@example.com",
        hubspot_id: "h2",
        klaviyo_id: "k3",
        deleted_on: null,
        passed: false,
      },
      {
        id: 4,
        email_key: "y@example.com",
        hubspot_id: "h4",
        klaviyo_id: "k4",
        deleted_on: null,
        passed: false,
      },
      {
        id: 5,
        email_key: "x@example.com",
        hubspot_id: "h5",
        klaviyo_id: "k5",
        deleted_on: null,
        passed: false,
      },
    ]);
    const aliases = await client.query(
      "SELECT link_id::int FROM link_alias WHERE email_key = 'old@example.com'",
    );
    expect(aliases.rows).toEqual([{ link_id: 1 }]);
    const runs = await client.query("SELECT counts FROM run");
    expect(runs.rows).toEqual([{ counts: { repaired: 4 } }]);
    const told: string[] = [];
    for (let commands = 0; commands < 2; commands += 1)
      await withDatabaseOf(url, async (talk) => void told.push(talk));
    const words = "4 links were repaired after changed email addresses and merges.";
    expect(told).toEqual([`Upgrade of test: ${words} Nothing was written to HubSpot or Klaviyo.\n`, ""]);
  } finally {
    await client.end();
    await withServer(server, async (each) => void (await each.query(`DROP DATABASE ${name} WITH (FORCE)`)));
    await rm(folder, { recursive: true, force: true });
  }
});

test("an upgrade that repaired one link says so in the singular", async () => {
  const server = inject("databaseServer");
  const folder = await mkdtemp(join(tmpdir(), "tandem-before-"));
  const name = "tandem_repair_one";
  await withServer(server, async (client) => void (await client.query(`CREATE DATABASE ${name}`)));
  const url = withDatabase(server, name);
  const client = new Client({ connectionString: url });
  try {
    for (const one of (await readdir(MIGRATIONS)).filter((each) => each < "20261130111000"))
      await cp(join(MIGRATIONS, one), join(folder, one), { recursive: true });
    await migrate(url, folder);
    await client.connect();
    // As the upgrade of earlier today left it.
    await client.query(`
      INSERT INTO connection (id, name) VALUES (1, 'test');
      INSERT INTO run (connection_id, kind, trigger, result, started_at, counts, note)
      VALUES (1, 'upgrade', 'upgrade', 'finished', now(), '{"repaired": 1}', '1 links repaired')`);
    const told: string[] = [];
    await withDatabaseOf(url, async (talk) => void told.push(talk));
    expect(told[0]).toContain("Upgrade of test: 1 link was repaired after changed email addresses");
  } finally {
    await client.end();
    await rm(folder, { recursive: true });
    await withServer(server, async (other) => void (await other.query(`DROP DATABASE ${name} WITH (FORCE)`)));
  }
});
