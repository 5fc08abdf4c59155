import { afterEach, beforeEach, expect, test } from "vitest";
import { verifyLedger } from "../../src/consent/verify-ledger.ts";
import { consentPairs, ledgerOf } from "../../src/store/consent/consent-ledger.ts";
import { refusedAmong } from "../../src/store/consent/tombstones.ts";
import { plainConsent } from "../../src/model/consent.ts";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { mapping } from "../support/rule.ts";
import { SUBSCRIBING } from "./subscribing.ts";
import { storeOf } from "../../src/store/database/store.ts";
let it: Engine;
beforeEach(async () => void (it = await engine()));
afterEach(() => it.fresh.drop());

const both = mapping();
const OUT = {
  ...plainConsent("unsubscribed"),
  suppressions: [{ reason: "UNSUBSCRIBE", at: "2026-11-01T07:00:00Z" }],
} as const;
const IN = plainConsent("subscribed");
const kinds = async (email = "jo@example.com") =>
  (await ledgerOf(storeOf(it.fresh.database, 1), email)).map(({ kind, side }) => `${side} ${kind}`);

async function jo(): Promise<string> {
  it.hubspot.user.create("jo@example.com", { firstname: "Jo" }, ["all"]);
  await it.sync(both);
  return it.klaviyo.user.all()[0]?.id ?? "";
}

test("an opt-out is recorded once, with the side's own words, and a return by the person's own act too", async () => {
  const profile = await jo();
  expect(await kinds()).toEqual([]);
  it.klaviyo.user.setConsent(profile, OUT);
  const run = await it.sync(both);
  await it.sync(both);
  expect(await kinds()).toEqual(["klaviyo opted_out"]);
  expect(run.counts["opted_out"]).toBe(1);
  const [entry] = await ledgerOf(storeOf(it.fresh.database, 1), "jo@example.com");
  expect(entry?.evidence).toEqual(OUT);
  it.klaviyo.user.setConsent(profile, IN);
  await it.sync(both);
  it.klaviyo.user.setConsent(profile, OUT);
  await it.sync(both);
  expect(await kinds()).toEqual(["klaviyo opted_out", "klaviyo opted_in", "klaviyo opted_out"]);
  expect(await verifyLedger(it.fresh.database)).toMatchObject({ entries: 3, broken: null });
});

test("somebody first seen subscribed is an entry once, and takes back nothing that they refused elsewhere", async () => {
  const profile = await jo();
  it.klaviyo.user.setConsent(profile, IN);
  await it.sync(both);
  await it.sync(both);
  expect(await kinds()).toEqual(["klaviyo first_opted_in"]);
  const [entry] = await ledgerOf(storeOf(it.fresh.database, 1), "jo@example.com");
  expect(entry?.evidence).toEqual(IN);
  const [contact] = it.hubspot.user.all();
  it.hubspot.user.setConsent(contact?.id ?? "", OUT);
  await it.sync(both);
  expect(await kinds()).toEqual(["klaviyo first_opted_in", "hubspot opted_out"]);
  expect(await refusedAmong(storeOf(it.fresh.database, 1), ["jo@example.com"])).toEqual(
    new Set(["jo@example.com"]),
  );
});

test("a person whom Tandem asked to be subscribed is no first opt-in", async () => {
  it.hubspot.user.create("jo@example.com", {}, ["all"]);
  const [contact] = it.hubspot.user.all();
  await it.sync(SUBSCRIBING);
  for (const jobtitle of ["Buyer", "Boss"]) {
    it.hubspot.user.edit(contact?.id ?? "", { jobtitle });
    await it.sync(SUBSCRIBING);
  }
  const shown = await it.fresh.database.sighting.findFirst({ where: { side: "klaviyo" } });
  expect(shown?.consent).toMatchObject({ status: "subscribed" });
  expect(await kinds()).toEqual(["klaviyo asked"]);
});

test("who has another address now is opted out under both", async () => {
  const profile = await jo();
  it.klaviyo.user.setConsent(profile, OUT);
  await it.sync(both);
  it.klaviyo.user.changeEmail(profile, "johanna@example.com");
  it.klaviyo.user.join(profile, "engaged");
  await it.sync(both);
  expect(await kinds("jo@example.com")).toEqual(["klaviyo opted_out"]);
  expect(await kinds("johanna@example.com")).toEqual(["klaviyo opted_out"]);
});

test("the ledger outlives the contact, and holds no address", async () => {
  const profile = await jo();
  it.klaviyo.user.setConsent(profile, OUT);
  await it.sync(both);
  await it.fresh.database.sighting.deleteMany();
  await it.fresh.database.link.deleteMany();
  expect(await kinds()).toEqual(["klaviyo opted_out"]);
  const rows = await it.fresh.database.$queryRaw`SELECT * FROM consent_ledger`;
  const text = JSON.stringify(rows, (_key, value: unknown) =>
    typeof value === "bigint" ? String(value) : value,
  );
  expect(text).not.toContain("jo@example.com");
});

test("nobody changes, removes or empties the ledger, no matter who tries", async () => {
  const profile = await jo();
  it.klaviyo.user.setConsent(profile, OUT);
  await it.sync(both);
  const { database } = it.fresh;
  for (const attempt of [
    () => database.$executeRaw`UPDATE consent_ledger SET kind = 'opted_in'`,
    () => database.$executeRaw`DELETE FROM consent_ledger`,
    () => database.$executeRaw`TRUNCATE consent_ledger`,
  ])
    await expect(attempt()).rejects.toThrow(/append-only/);
  await expect(database.connection.deleteMany()).rejects.toThrow(/constraint/);
});

test("a ledger that was tampered with past its triggers is told at the very entry", async () => {
  const profile = await jo();
  for (const consent of [OUT, IN, OUT, IN]) {
    it.klaviyo.user.setConsent(profile, consent);
    await it.sync(both);
  }
  const { database } = it.fresh;
  const tampered = async (change: () => Promise<unknown>) => {
    await database.$executeRaw`ALTER TABLE consent_ledger DISABLE TRIGGER USER`;
    await change();
    await database.$executeRaw`ALTER TABLE consent_ledger ENABLE TRIGGER USER`;
    return (await verifyLedger(database)).broken;
  };
  const kept = await database.consentEntry.findMany();
  const restore = async () => {
    await database.$executeRaw`DELETE FROM consent_ledger`;
    for (const { evidence, ...row } of kept)
      await database.consentEntry.create({ data: { ...row, evidence: evidence ?? {} } });
  };
  expect(
    await tampered(() => database.$executeRaw`UPDATE consent_ledger SET kind = 'opted_in' WHERE seq = 3`),
  ).toEqual({ seq: 3n, how: "it was changed after it was written" });
  await tampered(restore);
  expect(await tampered(() => database.$executeRaw`DELETE FROM consent_ledger WHERE seq = 2`)).toEqual({
    seq: 3n,
    how: "entries 2 to 2 are missing",
  });
  await tampered(restore);
  expect((await verifyLedger(database)).broken).toBe(null);
});

test("people are compared by what both sides show", async () => {
  const profile = await jo();
  it.klaviyo.user.setConsent(profile, OUT);
  await it.sync(both);
  expect(await consentPairs(storeOf(it.fresh.database, 1))).toEqual([
    { hubspot: "never subscribed", klaviyo: "opted out", people: 1, example: "jo@example.com" },
  ]);
});

test("everybody stands in the comparison once: who is on one side only, and who was seen on none", async () => {
  const profile = await jo();
  it.klaviyo.user.setConsent(profile, IN);
  await it.sync(both);
  const { database } = it.fresh;
  await database.sighting.deleteMany({ where: { side: "hubspot" } });
  await database.link.create({ data: { connectionId: 1, emailKey: "gone@example.com", state: "excluded" } });
  expect(await consentPairs(storeOf(database, 1))).toEqual([
    { hubspot: "none", klaviyo: "none", people: 1, example: "gone@example.com" },
    { hubspot: "none", klaviyo: "subscribed", people: 1, example: "jo@example.com" },
  ]);
  expect(await consentPairs(storeOf(database, 2))).toEqual([]);
});
