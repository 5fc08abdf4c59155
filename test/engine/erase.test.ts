import { shownConsent } from "../support/shown-consent.ts";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { verifyLedger } from "../../src/consent/verify-ledger.ts";
import { withConnection } from "../../src/lanes/connection-lease.ts";
import { allowPerson, erasePerson, knownOf } from "../../src/lanes/erase-person.ts";
import { makeUndo } from "../../src/lanes/plans/undo.ts";
import { runContacts } from "../../src/lanes/contacts/run-contacts.ts";
import { plainConsent } from "../../src/model/consent.ts";
import { ledgerOf } from "../../src/store/consent/consent-ledger.ts";
import { erasedSince } from "../../src/store/people/erased.ts";
import { waitingHold } from "../../src/store/runs/holds.ts";
import { refusedAmong } from "../../src/store/consent/tombstones.ts";
import { databaseDump } from "../support/database-dump.ts";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { fieldRule, mapping, phoneSteps } from "../support/rule.ts";
import { key } from "../support/email.ts";
import { storeOf } from "../../src/store/database/store.ts";
let it: Engine;
beforeEach(async () => void (it = await engine()));
afterEach(() => it.fresh.drop());

const phone = fieldRule("phone", "phone_number", { transforms: phoneSteps("EE") });
const both = mapping({ fields: [...mapping().fields, fieldRule("lastname", "last_name"), phone] });
const matching = { ...both, identity: { emailChange: "relink", secondaryEmails: "match" } } as const;
const JO = key("jo@example.com");
const OUT = {
  ...plainConsent("unsubscribed"),
  suppressions: [{ reason: "UNSUBSCRIBE", at: "2026-11-01T07:00:00Z" }],
};

const erase = (email = JO) => erasePerson(it.deps(), email);
const dump = () => databaseDump(it.fresh.database);
const everybody = () => [it.hubspot, it.klaviyo].map(({ user }) => user.all().length);
const links = async () =>
  (await it.fresh.database.link.findMany({ orderBy: { id: "asc" } })).map(({ emailKey: email }) => email);

/** Jo on both sides, with a history: made, edited on both sides at once, and edited again. */
async function jo(): Promise<{ contact: string; profile: string }> {
  const values = { firstname: "Johanna-Maria", lastname: "Quillfeather", phone: "+3725551234" };
  const contact = it.hubspot.user.create("Jo@Example.com", values, ["all"]);
  it.hubspot.user.create("ann@example.com", { firstname: "Ann" }, ["all"]);
  await it.sync(both);
  const profile =
    it.klaviyo.user.all().find((one) => one.values.get("first_name") === "Johanna-Maria")?.id ?? "";
  it.klaviyo.user.edit(profile, { title: "Buyer of quills" });
  it.hubspot.user.edit(contact, { jobtitle: "Head of quills" });
  await it.sync(both);
  it.hubspot.user.edit(contact, { lastname: "Quillfeather-Smith" });
  await it.sync(both);
  return { contact, profile };
}

const OF_JO = ["jo@example.com", "johanna", "quill", "5551234"];

test("after an erasure no byte of the person is in the database, and everybody else's rows are as they were", async () => {
  await jo();
  await it.fresh.database.$executeRaw`ANALYZE`;
  const before = await dump();
  for (const word of OF_JO) expect(before).toContain(word);
  expect(before).toMatch(/^planner .*jo@example\.com/m);
  expect(await it.fresh.database.conflict.count()).toBeGreaterThan(0);
  const erasure = await erase();
  expect(erasure).toMatchObject({ links: 1, contacts: 2, addresses: 1, connections: 1 });
  expect(erasure.writes).toBeGreaterThanOrEqual(3);
  const after = await dump();
  for (const word of OF_JO) expect(after).not.toContain(word);
  expect(after).toContain("ann@example.com");
  expect(await links()).toEqual(["ann@example.com"]);
});

test("runs after it store nobody and make nobody, whatever is edited, and whole compares too", async () => {
  const { contact, profile } = await jo();
  await erase();
  const [people, before] = [everybody(), await dump()];
  it.newWrites();
  it.hubspot.user.edit(contact, { jobtitle: "Edited again" });
  it.klaviyo.user.edit(profile, { title: "And here" });
  await it.sync(both);
  it.klaviyo.user.join(profile, "engaged");
  it.hubspot.user.leave(contact, "all");
  it.hubspot.user.join(contact, "all");
  await it.sync(both);
  await it.sync({ ...both, hash: "another mapping reads everything anew" });
  await runContacts(it.deps(), both, { trigger: "test", email: JO });
  expect(it.newWrites()).toBe(0);
  expect(everybody()).toEqual(people);
  expect(await links()).toEqual(["ann@example.com"]);
  const after = await dump();
  for (const word of OF_JO) expect(after).not.toContain(word);
  expect(after).not.toContain("edited again");
  const members = (text: string) => text.match(/member\.external_id .*/g)?.length;
  expect(members(after)).toBe(members(before));
});

test("who was erased before a contact of them was ever read is not read, and nobody is made for them", async () => {
  it.hubspot.user.create("ann@example.com", {}, ["all"]);
  await it.sync(both);
  await erase();
  it.hubspot.user.create("jo@example.com", { firstname: "Johanna" }, ["all"]);
  it.klaviyo.user.create("JO@example.com", { first_name: "Johanna" }, ["engaged"]);
  const people = everybody();
  await it.sync(both);
  expect(everybody()).toEqual(people);
  expect(await dump()).not.toContain("johanna");
});

test("all addresses of the person go, whichever of them is named, and none of them comes back", async () => {
  const contact = it.hubspot.user.create("jo@work.example.com", { firstname: "Johanna" }, ["all"]);
  it.hubspot.user.addEmail(contact, "jo@home.example.com");
  const profile = it.klaviyo.user.create("jo@home.example.com", { first_name: "Johanna" }, ["engaged"]);
  await it.sync(matching);
  const home = key("jo@home.example.com");
  const known = await knownOf(it.deps(), key("jo@work.example.com"));
  expect({ ...known, addresses: known.addresses.toSorted() }).toEqual({
    addresses: ["jo@home.example.com", "jo@work.example.com"],
    contacts: 2,
    passedOn: [],
  });
  await erase(home);
  it.hubspot.user.edit(contact, { firstname: "Johanna" });
  it.klaviyo.user.edit(profile, { title: "Buyer" });
  const third = it.hubspot.user.create("jo@third.example.com", { firstname: "Johanna" }, ["all"]);
  it.hubspot.user.addEmail(third, "jo@work.example.com");
  const people = everybody();
  await it.sync(matching);
  await it.sync(matching);
  expect(everybody()).toEqual(people);
  const after = await dump();
  for (const word of ["jo@work", "jo@home", "jo@third", "johanna"]) expect(after).not.toContain(word);
});

test("a changed address does not bring them back", async () => {
  const { contact, profile } = await jo();
  await erase();
  it.hubspot.user.changeEmail(contact, "other@example.com");
  it.klaviyo.user.changeEmail(profile, "other@example.com");
  it.klaviyo.user.join(profile, "engaged");
  const people = everybody();
  await it.sync(both);
  expect(everybody()).toEqual(people);
  expect(await links()).toEqual(["ann@example.com"]);
});

test("somebody in sync under their own address stays so when an erased contact is merged into theirs", async () => {
  const { contact } = await jo();
  const ann = it.hubspot.user.all().find(({ shownEmail }) => shownEmail === "ann@example.com")?.id ?? "";
  await erase();
  it.hubspot.user.merge(ann, contact);
  it.hubspot.user.addEmail(ann, "jo@example.com");
  it.hubspot.user.edit(ann, { firstname: "Anna" });
  await it.sync(both);
  await it.sync(both);
  expect(await links()).toEqual(["ann@example.com"]);
  expect(it.klaviyo.user.all().map(({ values }) => values.get("first_name"))).toContain("Anna");
  expect(await dump()).not.toContain("jo@example.com");
});

test("refusals of before and after still count, the ledger stays whole, and allowing takes none of them back", async () => {
  const { profile } = await jo();
  it.klaviyo.user.setConsent(profile, OUT);
  // Not seen by any run yet: what was last shown goes into the ledger with the erasure.
  await it.fresh.database.sighting.updateMany({
    where: { side: "klaviyo", externalId: profile },
    data: shownConsent(OUT),
  });
  await erase();
  const { database } = it.fresh;
  expect(await refusedAmong(storeOf(database, 1), [JO])).toEqual(new Set([JO]));
  const contact = it.hubspot.user.create("eve@example.com", {}, ["all"]);
  await it.sync(both);
  await erase(key("eve@example.com"));
  it.hubspot.user.setConsent(contact, OUT);
  await it.sync(both);
  expect(await refusedAmong(storeOf(database, 1), ["eve@example.com"])).toEqual(new Set(["eve@example.com"]));
  expect(await allowPerson(it.deps(), JO)).toBeInstanceOf(Date);
  expect((await ledgerOf(storeOf(database, 1), JO)).map(({ kind }) => kind)).toEqual([
    "opted_out",
    "erased",
    "allowed",
  ]);
  expect(await refusedAmong(storeOf(database, 1), [JO])).toEqual(new Set([JO]));
  expect(await verifyLedger(database)).toMatchObject({ broken: null });
});

test("whoever is allowed again is synced as anybody, under every address, and may be erased again", async () => {
  const { contact, profile } = await jo();
  await erase();
  // Twice is once: all that was erased the first time is allowed together.
  await erase();
  expect(await erasedSince(storeOf(it.fresh.database, 1), JO)).toBeInstanceOf(Date);
  expect(await allowPerson(it.deps(), key("ann@example.com"))).toBeNull();
  expect(await allowPerson(it.deps(), JO)).toBeInstanceOf(Date);
  expect(await erasedSince(storeOf(it.fresh.database, 1), JO)).toBeNull();
  it.hubspot.user.edit(contact, { jobtitle: "Back" });
  await it.sync(both);
  await it.sync(both);
  expect((await links()).toSorted()).toEqual(["ann@example.com", "jo@example.com"]);
  expect(it.klaviyo.user.value(profile, "title")).toBe("Back");
  await erase();
  await it.sync(both);
  expect(await links()).toEqual(["ann@example.com"]);
  expect(await allowPerson(it.deps(), JO)).toBeInstanceOf(Date);
});

test("nobody is erased while a run is at work", async () => {
  await jo();
  await withConnection(it.deps(), "test", async () => {
    await expect(erase()).rejects.toThrow("being synced by another process");
  });
  expect(await links()).toContain("jo@example.com");
});

test("a hold that waits is of the others' changes from then on, and empty it is over", async () => {
  await jo();
  const none = mapping({ fields: both.fields, limits: { ...both.limits, updates: { count: 0 } } });
  const byEmail = (email: string) =>
    it.hubspot.user.all().find(({ shownEmail }) => shownEmail?.toLowerCase() === email)?.id ?? "";
  it.hubspot.user.edit(byEmail("jo@example.com"), { jobtitle: "Quill lead" });
  it.hubspot.user.edit(byEmail("ann@example.com"), { jobtitle: "Lead" });
  await it.sync(none);
  const before = await waitingHold(storeOf(it.fresh.database, 1));
  expect(before?.changes).toBe(2);
  expect(await dump()).toContain("quill lead");
  expect(await erase()).toMatchObject({ held: 1 });
  const after = await waitingHold(storeOf(it.fresh.database, 1));
  expect(after?.changes).toBe(1);
  expect(after?.hash).not.toBe(before?.hash);
  expect(await dump()).not.toContain("quill lead");
  await erase(key("ann@example.com"));
  expect(await waitingHold(storeOf(it.fresh.database, 1))).toBeNull();
});

test("an undo of the run leaves the erased out and puts the others back; the run's numbers stay", async () => {
  const { contact } = await jo();
  const ann = it.hubspot.user.all().find(({ shownEmail }) => shownEmail === "ann@example.com")?.id ?? "";
  it.hubspot.user.edit(contact, { jobtitle: "Wrong" });
  it.hubspot.user.edit(ann, { jobtitle: "Wrong" });
  const run = await it.sync(both);
  expect(run.counts["updated"]).toBe(2);
  await erase();
  const folder = await mkdtemp(join(tmpdir(), "tandem-erase-"));
  const plan = join(folder, "undo.plan");
  const undone = await makeUndo(it.deps(), both, { runId: run.runId }, plan, 10);
  expect(await readFile(plan, "utf8")).not.toContain("jo@example.com");
  await rm(folder, { recursive: true });
  expect(undone).toMatchObject({ people: 1, operations: 2 });
  expect(undone.examples.map(({ known }) => known.link.email)).toEqual(["ann@example.com"]);
  const kept = await it.fresh.database.run.findUniqueOrThrow({ where: { id: run.runId } });
  expect(kept.counts).toMatchObject({ updated: 2 });
});

test("what is said of others names the erased no more, and an address that merely contains theirs stays", async () => {
  it.hubspot.user.create("banjo@example.com", { firstname: "Ben" }, ["all"]);
  await jo();
  const { database } = it.fresh;
  const ben = await database.link.findFirstOrThrow({ where: { emailKey: "banjo@example.com" } });
  const reason = "Jo@example.com has the contact that banjo@example.com and jo@example.com.au claim";
  await database.link.update({ where: { id: ben.id }, data: { reason } });
  await database.journalRow.updateMany({
    where: { linkId: ben.id },
    data: { before: { email: "jo@example.com", "firstname:first_name:text": "Ben" } },
  });
  await erase();
  const after = await database.link.findUniqueOrThrow({ where: { id: ben.id } });
  expect(after.reason).toBe("(erased) has the contact that banjo@example.com and jo@example.com.au claim");
  const rows = await database.journalRow.findMany({ where: { linkId: ben.id } });
  expect(rows.map(({ before }) => before)).toEqual(rows.map(() => ({ "firstname:first_name:text": "Ben" })));
});
