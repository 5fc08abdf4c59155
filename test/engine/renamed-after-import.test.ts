import { expect, onTestFinished, test } from "vitest";
import { freshDatabase } from "../support/fresh-database.ts";
import { realEngine, rehearsedMapping, startUnlimited, untilSearchable } from "../support/real-engine.ts";

/** More than are created one by one. */
const PEOPLE = 90;

test("a profile that is renamed right after it was imported keeps its person", async () => {
  const rehearsal = await startUnlimited({ seed: 9, contacts: 0 });
  const fresh = await freshDatabase();
  onTestFinished(async () => {
    await rehearsal.close();
    await fresh.drop();
  });
  const it = realEngine(rehearsal, fresh);
  const rules = rehearsedMapping(rehearsal);
  const emails = Array.from({ length: PEOPLE }, (_, at) => `p${at}@example.com`);
  rehearsal.hubspot.sandbox.seedContacts(
    emails.map((email) => ({ properties: { email }, lists: [rehearsal.story.hubspotList] })),
  );
  untilSearchable(rehearsal);
  await it.sync(rules);
  const { sandbox } = rehearsal.klaviyo;
  const made = sandbox.profile("p7@example.com");
  expect(made).not.toBeNull();
  sandbox.editProfile("p7@example.com", { email: "seven@example.com" });
  for (let runs = 0; runs < 3; runs += 1) {
    untilSearchable(rehearsal);
    await it.sync(rules);
  }
  expect(sandbox.counts().profiles).toBe(PEOPLE);
  expect(rehearsal.hubspot.sandbox.dumpContacts(null, 500).contacts).toHaveLength(PEOPLE);
  const link = await fresh.database.link.findFirstOrThrow({ where: { klaviyoId: made?.id ?? "" } });
  expect(link).toMatchObject({ deletedOn: null, state: "in_sync" });
  expect(link.hubspotId).not.toBeNull();
});
