import { afterEach, beforeEach, expect, test } from "vitest";
import { verifyAudit } from "../../src/store/chains/audit.ts";
import { runReconcile } from "../../src/lanes/reconcile-lane.ts";
import { plainConsent } from "../../src/model/consent.ts";
import { erasedSince } from "../../src/store/people/erased.ts";
import { forgetUnlinked } from "../../src/store/snapshots/unlinked-contacts.ts";
import { refusedAmong } from "../../src/store/consent/tombstones.ts";
import { databaseDump } from "../support/database-dump.ts";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { fieldRule, mapping } from "../support/rule.ts";
import { storeOf } from "../../src/store/database/store.ts";
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
  expect(await erasedSince(storeOf(database, 1), JO)).toBeInstanceOf(Date);
  expect(await refusedAmong(storeOf(database, 1), [JO])).toEqual(new Set([JO]));
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

/** Contacts that Tandem has stored and no link has: a duplicate, one without an email address, and one outside the rules. */
async function unlinked() {
  const { user } = it.hubspot;
  const duplicate = user.create("ann@example.com", { firstname: "Annegret" }, ["all"]);
  const nameless = user.create(null, { firstname: "Nemo" }, ["all"]);
  const kim = user.create("kim@example.com", { firstname: "Kimberly" }, ["all"]);
  await it.sync(both);
  const { database } = it.fresh;
  user.leave(kim, "all");
  await it.sync(both);
  await database.sighting.updateMany({ where: { externalId: kim }, data: { linkId: null } });
  await database.link.deleteMany({ where: { hubspotId: kim } });
  await database.linkAlias.deleteMany({ where: { emailKey: "kim@example.com" } });
  return { user, database, duplicate, nameless, kim };
}
const snapshots = async () =>
  (await it.fresh.database.sighting.findMany({ where: { side: "hubspot", linkId: null } })).map(
    ({ externalId }) => externalId,
  );

test("what is stored of a deleted contact that no link has is removed, and its opt-out stays", async () => {
  const { user, database, duplicate, nameless, kim } = await unlinked();
  user.setConsent(kim, OUT);
  await compare();
  expect(new Set(await snapshots())).toEqual(new Set([duplicate, nameless, kim]));
  await database.sighting.updateMany({
    where: { externalId: kim },
    data: { verdict: "by_choice", verdictReason: "unsubscribed", seenAt: it.deps().now() },
  });
  for (const id of [duplicate, nameless, kim]) user.delete(id);
  expect((await compare()).counts["erased"]).toBeUndefined();
  expect(await snapshots()).toEqual([]);
  expect(await refusedAmong(storeOf(database, 1), ["kim@example.com"])).toEqual(new Set(["kim@example.com"]));
  expect(await links()).toHaveLength(3);
});

test("an unlinked contact that a comparison has read is not asked for again, and a linked one keeps its lists", async () => {
  const { database, nameless } = await unlinked();
  const requested: string[] = [];
  const before = { ...it.hubspot.contacts };
  Object.assign(it.hubspot.contacts, {
    read(...given: Parameters<typeof before.read>) {
      requested.push(...given[0]);
      return before.read(...given);
    },
  });
  it.wait(60_000);
  // Time goes by while it runs.
  let at = it.deps().now().getTime();
  await runReconcile({ ...it.deps(), now: () => new Date((at += 1)) }, both, "test");
  expect(requested).not.toContain(nameless);
  it.wait(3_600_000);
  const ann = contact("ann@example.com");
  const lists = () => database.member.count({ where: { side: "hubspot", externalId: ann } });
  expect(await lists()).toBe(1);
  await forgetUnlinked(storeOf(database, 1), "hubspot", [nameless, ann], it.deps().now());
  expect(await lists()).toBe(1);
  expect(await snapshots()).not.toContain(nameless);
});

test("a person without a link whose contact was deleted for privacy is erased", async () => {
  const { user, database, duplicate, nameless, kim } = await unlinked();
  for (const id of [duplicate, nameless, kim]) user.deleteForPrivacy(id);
  expect((await compare()).counts).toMatchObject({ erased: 1 });
  expect(await snapshots()).toEqual([]);
  expect(await erasedSince(storeOf(database, 1), "kim@example.com")).toBeInstanceOf(Date);
  expect(await links()).toContain("ann@example.com");
  const names = ["kim@", "kimberly", "nemo", "annegret"];
  const lines = (await databaseDump(database)).split("\n");
  expect(lines.filter((line) => names.some((name) => line.includes(name)))).toEqual([]);
});

test("nobody is erased whose contact was merged into one that was only deleted", async () => {
  const survivor = it.hubspot.user.create("joe@example.com", {}, ["all"]);
  it.hubspot.user.merge(survivor, contact(JO));
  it.hubspot.user.delete(survivor);
  expect((await compare()).counts["erased"]).toBeUndefined();
  expect(await links()).toContain(JO);
});
