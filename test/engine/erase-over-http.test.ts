import { afterAll, beforeAll, expect, test } from "vitest";
import { erasePerson } from "../../src/lanes/erase-person.ts";
import { runReconcile } from "../../src/lanes/reconcile-lane.ts";
import { emailKey } from "../../src/model/email.ts";
import type { Rehearsal } from "../../src/sandbox/rehearsal/rehearsal.ts";
import { databaseDump } from "../support/database-dump.ts";
import type { FreshDatabase } from "../support/fresh-database.ts";
import { freshDatabase } from "../support/fresh-database.ts";
import { realEngine, rehearsedMapping, startUnlimited, untilSearchable } from "../support/real-engine.ts";

let rehearsal: Rehearsal;
let fresh: FreshDatabase;

beforeAll(async () => {
  rehearsal = await startUnlimited({ seed: 3, contacts: 40 });
  fresh = await freshDatabase();
});

afterAll(async () => {
  await rehearsal?.close();
  await fresh?.drop();
});

const people = () => [
  rehearsal.hubspot.sandbox.dumpContacts(null, 1_000).contacts.length,
  rehearsal.klaviyo.sandbox.dump(null, 1_000).profiles.length,
];

/** What was done at each side since it had seen so many changes. */
const changes = (since: readonly number[] = [0, 0]) =>
  [rehearsal.hubspot, rehearsal.klaviyo].map(({ world }, side) => world.truth.changes.slice(since[side]));

test("over the vendors' own wire, an erased person is not stored and not made, with either side's contact or without", async () => {
  const real = realEngine(rehearsal, fresh);
  const mapping = rehearsedMapping(rehearsal);
  const email = emailKey("zenobia.quill@example.com");
  if (email === null) throw new Error("it is an address");
  const list = rehearsal.story.hubspotList;
  const properties = { email, firstname: "Zenobia", lastname: "Quillwright", phone: "+37255512345" };
  rehearsal.hubspot.sandbox.seedContacts([{ properties, lists: [list] }]);
  await real.sync(mapping);
  untilSearchable(rehearsal);
  await real.sync(mapping);
  expect(rehearsal.klaviyo.sandbox.profile(email)?.attributes["first_name"]).toBe("Zenobia");
  const words = [email, "zenobia", "quillwright", "55512345"];
  const known = await databaseDump(fresh.database);
  for (const word of words) expect(known).toContain(word);

  await erasePerson(await real.deps(mapping), email);
  rehearsal.hubspot.sandbox.editContact({ email }, { lastname: "Quillwright-Jones" });
  untilSearchable(rehearsal);
  const [before, done] = [people(), changes().map(({ length }) => length)];
  await real.sync(mapping);
  await real.sync({ ...mapping, hash: "reads everything anew" });
  expect(people()).toEqual(before);
  expect(JSON.stringify(changes(done)).toLowerCase()).not.toMatch(/zenobia|quillwright/);
  const after = await databaseDump(fresh.database);
  for (const word of words) expect(after).not.toContain(word);
});

test("over HubSpot's own wire, who was deleted for privacy is erased and who was deleted is not", async () => {
  const real = realEngine(rehearsal, fresh);
  const mapping = rehearsedMapping(rehearsal);
  const list = rehearsal.story.hubspotList;
  const emails = ["yolanda.quill@example.com", "xenia.quill@example.com"];
  for (const email of emails)
    rehearsal.hubspot.sandbox.seedContacts([{ properties: { email, firstname: "Yolanda" }, lists: [list] }]);
  await real.sync(mapping);
  untilSearchable(rehearsal);
  await real.sync(mapping);
  rehearsal.hubspot.sandbox.eraseContact({ email: emails[0] ?? "" });
  rehearsal.hubspot.sandbox.archiveContact({ email: emails[1] ?? "" });
  untilSearchable(rehearsal);
  const run = await runReconcile(await real.deps(mapping), mapping, "test");
  expect(run.counts).toMatchObject({ erased: 1 });
  const after = await databaseDump(fresh.database);
  expect(after).not.toContain("yolanda.quill@");
  expect(after).toContain("xenia.quill@");
});
