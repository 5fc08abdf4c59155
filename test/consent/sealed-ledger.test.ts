import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { NotAHead, readHeads, signedHead, verifyLedger } from "../../src/consent/verify-ledger.ts";
import { plainConsent } from "../../src/model/consent.ts";
import type { Database } from "../../src/store/database/database.ts";
import { openDatabase } from "../../src/store/database/database.ts";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { mapping } from "../support/rule.ts";
import { OTHER_KEYS } from "../support/test-keys.ts";

/** What an opponent who has the database, and not the key, can do to the ledger. */
let it: Engine;
let database: Database;
let profile: string;
beforeEach(async () => {
  it = await engine();
  ({ database } = it.fresh);
  it.hubspot.user.create("jo@example.com", { firstname: "Jo" }, ["all"]);
  await it.sync(both);
  profile = it.klaviyo.user.all()[0]?.id ?? "";
});
afterEach(() => it.fresh.drop());

const both = mapping();
const OUT = plainConsent("unsubscribed");
const IN = plainConsent("subscribed");
const AT = new Date("2026-11-02T08:00:00Z");

/** Jo opts out and in again, so often. */
async function live(times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    it.klaviyo.user.setConsent(profile, time % 2 === 0 ? OUT : IN);
    await it.sync(both);
  }
}

/** The owner of a database can switch off its guards. */
async function past(work: () => Promise<unknown>): Promise<void> {
  for (const table of ["consent_ledger", "chain_seal"])
    await database.$executeRawUnsafe(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
  await work();
  for (const table of ["consent_ledger", "chain_seal"])
    await database.$executeRawUnsafe(`ALTER TABLE ${table} ENABLE TRIGGER USER`);
}

/** The chain from its beginning, computed as the database's own function has it. */
async function computeAgain(): Promise<void> {
  await database.$executeRaw`
    DO $$ DECLARE entry consent_ledger; before text := '';
    BEGIN
      FOR entry IN SELECT * FROM consent_ledger ORDER BY seq LOOP
        entry.previous := before;
        before := encode(sha256(convert_to(consent_row(entry), 'UTF8')), 'hex');
        UPDATE consent_ledger SET previous = entry.previous, hash = before WHERE seq = entry.seq;
      END LOOP;
    END $$`;
}

const prove = async (since: string | null = null, own: Database = database) =>
  verifyLedger(own, since === null ? null : (readHeads(own, [since]).consent ?? null));
const broken = async (since: string | null = null) => (await prove(since)).broken;
const head = async () => (await signedHead(database, "consent", AT)) ?? "";

describe("the sealed ledger", () => {
  test("is proven from its first entry, before and after it grew past a head", async () => {
    await live(2);
    const noted = await head();
    await live(2);
    expect(await prove(noted)).toMatchObject({
      entries: 4,
      broken: null,
      proven: { from: 1n },
      before: "none",
      head: await head(),
    });
  });

  test("shows a tail that was cut off with its seals, where a head was noted down", async () => {
    await live(4);
    const noted = await head();
    await past(async () => {
      await database.$executeRaw`DELETE FROM consent_ledger WHERE seq > 2`;
      await database.$executeRaw`DELETE FROM chain_seal WHERE chain = 'consent' AND last > 2`;
    });
    expect(await broken()).toBe(null);
    expect(await broken(noted)).toEqual({ seq: 3n, how: "entries 3 to 4 are missing from the end" });
  });

  test("shows a tail that was cut off without its seals, even where nothing was noted down", async () => {
    await live(4);
    await past(() => database.$executeRaw`DELETE FROM consent_ledger WHERE seq > 2`);
    expect(await broken()).toEqual({ seq: 3n, how: "entries 3 to 4 are missing from the end" });
  });

  test("shows an entry that was turned around, though the whole chain was computed again", async () => {
    await live(4);
    const noted = await head();
    await past(async () => {
      await database.$executeRaw`UPDATE consent_ledger SET kind = 'opted_in', verdict = 'none' WHERE seq = 3`;
      await computeAgain();
    });
    const how = "it, or an entry before it, was changed after it was sealed";
    expect(await broken()).toEqual({ seq: 3n, how });
    await past(() => database.$executeRaw`DELETE FROM chain_seal`);
    expect(await broken(noted)).toEqual({
      seq: 4n,
      how: "it, or an entry before it, was changed since that head was signed",
    });
  });

  test("shows two entries that changed places", async () => {
    await live(4);
    await past(async () => {
      await database.$executeRaw`
        UPDATE consent_ledger AS entry SET kind = other.kind, verdict = other.verdict, evidence = other.evidence, at = other.at
        FROM consent_ledger AS other WHERE entry.seq IN (2, 3) AND other.seq = 5 - entry.seq`;
      await computeAgain();
    });
    expect(await broken()).toMatchObject({ seq: 2n });
  });

  test("shows an entry that was slipped in, though it follows from the one before and the next is Tandem's", async () => {
    await live(1);
    await past(async () => {
      await database.$executeRaw`ALTER TABLE consent_ledger ENABLE TRIGGER consent_ledger_chain`;
      await database.$executeRaw`
        INSERT INTO consent_ledger (connection_id, subject, channel, kind, side, verdict, evidence, run_id, at)
        SELECT connection_id, subject, channel, 'opted_in', side, 'none', evidence, run_id, at FROM consent_ledger`;
    });
    await it.sync(both);
    it.klaviyo.user.setConsent(profile, IN);
    await it.sync(both);
    it.klaviyo.user.setConsent(profile, OUT);
    await it.sync(both);
    expect((await database.consentEntry.count()) > 2).toBe(true);
    const how = "it was not written by this installation: no seal of its key is on it";
    expect(await broken()).toEqual({ seq: 2n, how });
  });

  test("shows seals that were made without the key", async () => {
    await live(2);
    await past(() => database.$executeRaw`UPDATE chain_seal SET mac = repeat('0', 64) WHERE last = 2`);
    const how = "its seal was not made with this installation's key";
    expect(await broken()).toEqual({ seq: 2n, how });
  });

  test("takes no head that the database alone could have made, and none of another installation", async () => {
    await live(2);
    const [last] = await database.consentEntry.findMany({ orderBy: { seq: "desc" }, take: 1 });
    const forged = `2.${last?.hash ?? ""}.${"0".repeat(32)}`;
    await expect(prove(forged)).rejects.toThrow(NotAHead);
    await expect(prove(last?.hash ?? "")).rejects.toThrow("no head of the consent ledger or the audit");
    const others = openDatabase(it.fresh.url, { keys: () => OTHER_KEYS });
    await expect(prove(await head(), others)).rejects.toThrow("not signed with this installation's key");
    await others.$disconnect();
  });

  test("takes no entry without a seal: the database refuses to keep it", async () => {
    await live(1);
    const slipIn = database.$executeRaw`
      INSERT INTO consent_ledger (connection_id, subject, channel, kind, side, verdict, evidence, run_id, at)
      SELECT connection_id, subject, channel, 'opted_in', side, 'none', evidence, run_id, at FROM consent_ledger`;
    await expect(slipIn).rejects.toThrow(/entry 2 of consent_ledger has no seal/);
    expect(await database.consentEntry.count()).toBe(1);
  });

  test("of a version without seals is taken over, and says from when on it proves", async () => {
    await live(2);
    await past(() => database.$executeRaw`DELETE FROM chain_seal`);
    expect(await verifyLedger(database)).toMatchObject({
      broken: null,
      proven: null,
      before: "unsealed",
      head: null,
    });
    const noted = await head();
    await live(1);
    expect(await prove(noted)).toMatchObject({
      broken: null,
      proven: { from: 3n },
      before: "unsealed",
    });
    await past(async () => {
      await database.$executeRaw`UPDATE consent_ledger SET kind = 'opted_in', verdict = 'none' WHERE seq = 1`;
      await computeAgain();
    });
    expect(await broken()).toMatchObject({ seq: 2n });
  });

  test("whose key was lost is taken over by the new key, and tells whose entries it cannot prove", async () => {
    await live(2);
    const others = openDatabase(it.fresh.url, { keys: () => OTHER_KEYS });
    expect(await verifyLedger(others)).toMatchObject({ broken: null, proven: null, before: "other_key" });
    expect(await signedHead(others, "consent", AT)).toMatch(/^2\./);
    expect(await verifyLedger(others)).toMatchObject({ broken: null, proven: null, before: "other_key" });
    // The first key still vouches for what is its own.
    expect(await verifyLedger(database)).toMatchObject({ broken: null, proven: { from: 1n } });
    await others.$disconnect();
  });
});
