import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterEach, beforeEach, describe, expect, inject, test } from "vitest";
import { readHeads, signedHead } from "../../src/consent/verify-ledger.ts";
import { endIgnores, ignoreLinks } from "../../src/store/pages/ignored.ts";
import { readAudit, verifyAudit, writeAudit } from "../../src/store/chains/audit.ts";
import { openStore } from "../../src/store/runs/connections.ts";
import { removeAudit } from "../../src/store/chains/remove-audit.ts";
import { openDatabase } from "../../src/store/database/database.ts";
import { migrate } from "../../src/store/database/migrate.ts";
import { withDatabase, withServer } from "../support/database-server.ts";
import type { FreshDatabase } from "../support/fresh-database.ts";
import { freshDatabase } from "../support/fresh-database.ts";
import { TEST_KEYS } from "../support/test-keys.ts";
import { storeOf } from "../../src/store/database/store.ts";
const AT = new Date("2026-11-01T08:00:00Z");

describe("the audit", () => {
  let fresh: FreshDatabase;
  let id: number;
  beforeEach(async () => {
    fresh = await freshDatabase();
    ({ connectionId: id } = await openStore(fresh.database, "test"));
    for (const action of ["retry", "approve", "erase"])
      await writeAudit(
        storeOf(fresh.database, id),
        { who: "ann", role: "admin", action, reason: "it | was" },
        AT,
      );
  });
  afterEach(() => fresh.drop());

  async function past(sql: string): Promise<void> {
    const { database } = fresh;
    for (const table of ["audit", "chain_seal"])
      await database.$executeRawUnsafe(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
    await database.$executeRawUnsafe(sql);
    for (const table of ["audit", "chain_seal"])
      await database.$executeRawUnsafe(`ALTER TABLE ${table} ENABLE TRIGGER USER`);
  }
  const broken = async () => (await verifyAudit(fresh.database)).broken;

  test("is chained and sealed, and proven from its first row", async () => {
    expect(await verifyAudit(fresh.database)).toMatchObject({
      entries: 3,
      broken: null,
      proven: { from: 1n },
      before: "none",
    });
  });

  const DAY_MS = 86_400_000;
  const on = (day: number): Date => new Date(AT.getTime() + day * DAY_MS);
  const always = () => Promise.resolve(true);

  test("loses its oldest rows to their age, and the rest is proven, with the cut told", async () => {
    const old = (await signedHead(fresh.database, "audit", AT)) ?? "";
    for (const day of [40, 41])
      await writeAudit(storeOf(fresh.database, id), { who: "ann", role: "admin", action: "retry" }, on(day));
    const noted = (await signedHead(fresh.database, "audit", on(41))) ?? "";
    const heads = readHeads(fresh.database, [old]);
    expect(await removeAudit(storeOf(fresh.database, id), null, on(50), always)).toBe(0);
    expect(await removeAudit(storeOf(fresh.database, id), on(20), on(50), always)).toBe(3);
    expect(await removeAudit(storeOf(fresh.database, id), on(20), on(50), always)).toBe(0);
    expect(await verifyAudit(fresh.database)).toMatchObject({
      entries: 2,
      broken: null,
      proven: { from: 4n },
      before: "none",
      cut: { seq: 3n, at: on(50) },
    });
    await writeAudit(storeOf(fresh.database, id), { who: "ann", role: "admin", action: "pause" }, on(51));
    const { audit: head = null } = readHeads(fresh.database, [noted]);
    expect((await verifyAudit(fresh.database, head)).broken).toBeNull();
    expect((await verifyAudit(fresh.database, heads.audit ?? null)).broken).toBeNull();
    // All are old now: the latest row stays, because the next one follows it.
    expect(await removeAudit(storeOf(fresh.database, id), on(200), on(201), always)).toBe(2);
    expect(await verifyAudit(fresh.database)).toMatchObject({ entries: 1, broken: null, cut: { seq: 5n } });
    expect((await verifyAudit(fresh.database, heads.audit ?? null)).broken?.how).toContain(
      "because of its age",
    );
    await writeAudit(storeOf(fresh.database, id), { who: "ann", role: "admin", action: "resume" }, on(202));
    expect(await verifyAudit(fresh.database)).toMatchObject({ entries: 2, broken: null });
  });

  test("loses no row of a connection that keeps its own, and none before such a row", async () => {
    const other = (await openStore(fresh.database, "other")).connectionId;
    await writeAudit(storeOf(fresh.database, other), { who: "ann", role: "admin", action: "retry" }, AT);
    await writeAudit(storeOf(fresh.database, id), { who: "ann", role: "admin", action: "retry" }, AT);
    expect(await removeAudit(storeOf(fresh.database, id), on(20), on(50), always)).toBe(3);
    expect(await removeAudit(storeOf(fresh.database, other), on(20), on(50), always)).toBe(1);
    expect(await verifyAudit(fresh.database)).toMatchObject({ entries: 1, broken: null });
  });

  test("a turn that ended early continues with the next, and what is left before the cut is no break", async () => {
    await writeAudit(storeOf(fresh.database, id), { who: "ann", role: "admin", action: "retry" }, on(40));
    const { database } = fresh;
    await past("ALTER TABLE audit DISABLE TRIGGER audit_goes_after_a_cut");
    await removeAudit(storeOf(database, id), on(20), on(50), always);
    await past("ALTER TABLE audit ENABLE TRIGGER audit_goes_after_a_cut");
    expect(await verifyAudit(database)).toMatchObject({ entries: 1, broken: null, cut: { seq: 3n } });
  });

  test("shows rows that were removed past Tandem, and a cut that nobody sealed", async () => {
    const { database } = fresh;
    await expect(database.$executeRaw`DELETE FROM audit WHERE seq = 1`).rejects.toThrow("append-only");
    await past("DELETE FROM audit WHERE seq = 1");
    expect((await broken())?.how).toBe("entries 1 to 1 are missing");
    const [second] = await database.$queryRaw<
      { previous: string }[]
    >`SELECT previous FROM audit WHERE seq = 2`;
    const mac = "0".repeat(64);
    await database.chainCut.create({
      data: { chain: "audit", seq: 1n, hash: second?.previous ?? "", keyId: "made-up", mac, at: AT },
    });
    expect((await broken())?.how).toContain("removed by somebody without this installation's key");
    await writeAudit(storeOf(database, id), { who: "ann", role: "admin", action: "retry" }, on(40));
    expect(await removeAudit(storeOf(database, id), on(20), on(50), always)).toBe(0);
  });

  test("shows a row that was changed, one that is missing, and a tail that was cut off", async () => {
    const noted = (await signedHead(fresh.database, "audit", AT)) ?? "";
    await past("UPDATE audit SET who = 'bob' WHERE seq = 2");
    expect(await broken()).toEqual({ seq: 2n, how: "it was changed after it was written" });
    await past("UPDATE audit SET who = 'ann' WHERE seq = 2");
    expect(await broken()).toBe(null);
    await past("DELETE FROM audit WHERE seq = 3");
    expect(await broken()).toEqual({ seq: 3n, how: "entries 3 to 3 are missing from the end" });
    const { audit: head = null } = readHeads(fresh.database, [noted]);
    await past("DELETE FROM chain_seal WHERE last = 3");
    expect(await broken()).toBe(null);
    expect((await verifyAudit(fresh.database, head)).broken).toEqual({
      seq: 3n,
      how: "entries 3 to 3 are missing from the end",
    });
    await past("DELETE FROM audit WHERE seq = 1");
    expect(await broken()).toEqual({ seq: 2n, how: "entries 1 to 1 are missing" });
  });

  test("shows who was written over, though every hash was computed again", async () => {
    await past(`DO $$ DECLARE entry audit; before text := '';
      BEGIN
        UPDATE audit SET who = 'bob' WHERE seq = 2;
        FOR entry IN SELECT * FROM audit ORDER BY seq LOOP
          entry.previous := before;
          before := encode(sha256(convert_to(audit_row(entry), 'UTF8')), 'hex');
          UPDATE audit SET previous = entry.previous, hash = before WHERE seq = entry.seq;
        END LOOP;
      END $$`);
    const how = "it, or an entry before it, was changed after it was sealed";
    expect(await broken()).toEqual({ seq: 2n, how });
  });

  test("keeps no row that is written past Tandem", async () => {
    const slipIn = fresh.database.$executeRaw`
      INSERT INTO audit (connection_id, at, who, role, action) VALUES (${id}, ${AT}, 'bob', 'admin', 'erase')`;
    await expect(slipIn).rejects.toThrow(/entry 4 of audit has no seal/);
    expect(await readAudit(storeOf(fresh.database, id), 9)).toHaveLength(3);
  });

  test("has what ends by itself, sealed like what people do", async () => {
    const link = await fresh.database.link.create({
      data: { connectionId: id, emailKey: "jo@example.com", state: "failing" },
    });
    const terms = { by: "ann", reason: "later", ends: "at", until: AT } as const;
    await ignoreLinks(storeOf(fresh.database, id), { kind: "ids", ids: [link.id] }, terms, AT);
    expect(await endIgnores(storeOf(fresh.database, id), AT)).toBe(1);
    expect((await readAudit(storeOf(fresh.database, id), 1))[0]).toMatchObject({
      who: "Tandem",
      action: "resume",
    });
    expect(await verifyAudit(fresh.database)).toMatchObject({ entries: 4, broken: null });
  });
});

test("an upgrade chains the rows that are there, and says from which one on it proves", async () => {
  const server = inject("databaseServer");
  const folder = await mkdtemp(join(tmpdir(), "tandem-before-"));
  const name = "tandem_audit_chain";
  await withServer(server, async (client) => void (await client.query(`CREATE DATABASE ${name}`)));
  const url = withDatabase(server, name);
  const migrations = new URL("../../prisma/migrations", import.meta.url).pathname;
  const database = openDatabase(url, { keys: () => TEST_KEYS });
  const client = new Client({ connectionString: url });
  try {
    for (const one of (await readdir(migrations)).filter((each) => each < "20261130130000"))
      await cp(join(migrations, one), join(folder, one), { recursive: true });
    await migrate(url, folder);
    await client.connect();
    await client.query(`
      INSERT INTO connection (id, name) VALUES (1, 'test');
      INSERT INTO audit (connection_id, at, who, role, action) VALUES
        (1, now(), 'ann', 'admin', 'retry'), (1, now(), 'bob', 'admin', 'erase');
      INSERT INTO consent_ledger (connection_id, subject, channel, kind, side, evidence, run_id, at)
        VALUES (1, consent_subject('jo@example.com'), 'email', 'opted_out', 'klaviyo', '{}', 1, now())`);
    await migrate(url);
    await writeAudit(storeOf(database, 1), { who: "ann", role: "admin", action: "approve" }, AT);
    expect(await verifyAudit(database)).toMatchObject({
      entries: 3,
      broken: null,
      proven: { from: 3n },
      before: "unsealed",
    });
    expect((await database.consentEntry.findMany()).map(({ kind }) => kind)).toEqual(["opted_out"]);
  } finally {
    await client.end();
    await database.$disconnect();
    await withServer(server, async (admin) => void (await admin.query(`DROP DATABASE ${name} WITH (FORCE)`)));
    await rm(folder, { recursive: true });
  }
});
