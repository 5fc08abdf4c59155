import { afterEach, beforeEach, expect, test } from "vitest";
import { verifyAudit } from "../../src/store/chains/audit.ts";
import { runReconcile } from "../../src/lanes/reconcile-lane.ts";
import { plainConsent } from "../../src/model/consent.ts";
import { erasedSince } from "../../src/store/people/erased.ts";
import { refusedAmong } from "../../src/store/consent/tombstones.ts";
import { databaseDump } from "../support/database-dump.ts";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { fieldRule, mapping } from "../support/rule.ts";

/** A contact that was deleted for privacy in HubSpot is erased here; one that was only deleted is not. */
const both = mapping({ fields: [...mapping().fields, fieldRule("lastname", "last_name")] });
const DAY_MS = 86_400_000;
const JO = "jo@example.com";
const OUT = {
  ...plainConsent("unsubscribed"),
  suppressions: [{ reason: "UNSUBSCRIBE", at: "2026-11-01T07:00:00Z" }],
};

let it: Engine;
const contacts = new Map<string, string>();
beforeEach(async () => {
  it = await engine();
  for (const [email, firstname] of [
    [JO, "Johanna"],
    ["ann@example.com", "Annabella"],
    ["bea@example.com", "Beatrix"],
  ] as const)
    contacts.set(email, it.hubspot.user.create(email, { firstname }, ["all"]));
  await it.sync(both);
});
afterEach(() => it.fresh.drop());

const contact = (email: string): string => contacts.get(email) ?? "";
const compare = async () => {
  it.wait(60_000);
  return runReconcile(it.deps(), both, "test");
};
const links = async () =>
  (await it.fresh.database.link.findMany({ orderBy: { id: "asc" } })).map(({ emailKey }) => emailKey);

test("the full comparison erases them, says so, keeps their opt-out, and makes nobody again", async () => {
  for (const { id } of it.klaviyo.user.all()) it.klaviyo.user.setConsent(id, OUT);
  await it.sync(both);
  it.hubspot.user.deleteForPrivacy(contact(JO));
  it.hubspot.user.delete(contact("ann@example.com"));
  await it.sync(both);
  expect(await links()).toHaveLength(3);
  const run = await compare();
  expect(run.counts).toMatchObject({ erased: 1 });
  const { database } = it.fresh;
  const kept = await database.run.findUniqueOrThrow({ where: { id: run.runId } });
  expect(kept.counts).toMatchObject({ erased: 1 });
  expect(await links()).toEqual(["ann@example.com", "bea@example.com"]);
  const dump = await databaseDump(database);
  expect(dump).not.toContain("johanna");
  expect(dump).not.toContain(JO);
  const [entry] = await database.auditEntry.findMany({ where: { action: "erase" } });
  expect(entry).toMatchObject({ who: "HubSpot", role: "system", reason: "deleted for privacy in HubSpot" });
  expect(await verifyAudit(database)).toMatchObject({ broken: null });
  expect(await erasedSince(database, 1, JO)).toBeInstanceOf(Date);
  expect(await refusedAmong(database, 1, [JO])).toEqual(new Set([JO]));
  const people = it.hubspot.user.all().length;
  const profile = it.klaviyo.user.all().find(({ shownEmail }) => shownEmail === JO)?.id ?? "";
  it.klaviyo.user.edit(profile, { title: "Changed" });
  it.klaviyo.user.join(profile, "engaged");
  await it.sync(both);
  expect((await compare()).counts["erased"]).toBeUndefined();
  expect(it.hubspot.user.all()).toHaveLength(people);
  expect(await links()).not.toContain(JO);
});

test("who was deleted first, and for privacy later, is erased then; who is restored is in sync again", async () => {
  for (const email of [JO, "ann@example.com"]) it.hubspot.user.delete(contact(email));
  expect((await compare()).counts["erased"]).toBeUndefined();
  it.wait(20 * DAY_MS);
  it.hubspot.user.deleteForPrivacy(contact(JO));
  it.hubspot.user.restore(contact("ann@example.com"));
  expect((await compare()).counts).toMatchObject({ erased: 1 });
  expect(await links()).toEqual(["ann@example.com", "bea@example.com"]);
});

test("nobody is erased because HubSpot keeps a deleted contact no longer", async () => {
  it.hubspot.user.delete(contact(JO));
  await compare();
  it.wait(100 * DAY_MS);
  it.hubspot.user.deleteForPrivacy(contact(JO));
  expect((await compare()).counts["erased"]).toBeUndefined();
  expect(await links()).toContain(JO);
});

test("more deletions than the limit allows wait for a person, and nobody is erased before", async () => {
  const many = Array.from({ length: 40 }, (_, nth) =>
    it.hubspot.user.create(`p${nth}@example.com`, {}, ["all"]),
  );
  await it.sync(both);
  for (const id of many) it.hubspot.user.deleteForPrivacy(id);
  const run = await compare();
  expect(run.counts["erased"]).toBeUndefined();
  expect(await links()).toHaveLength(43);
});
