import { afterAll, beforeAll, expect, test } from "vitest";
import { allowPerson, erasePerson } from "../../src/lanes/erase-person.ts";
import { engagementDays } from "../../src/store/feeds/engagement-days.ts";
import { databaseDump } from "../support/database-dump.ts";
import type { FreshDatabase } from "../support/fresh-database.ts";
import { freshDatabase } from "../support/fresh-database.ts";
import { lane } from "./lane.ts";
import { key } from "../support/email.ts";
import { storeOf } from "../../src/store/database/store.ts";
let fresh: FreshDatabase;
beforeAll(async () => void (fresh = await freshDatabase()));
afterAll(() => fresh?.drop());

test("engagement is forgotten, stays counted, makes nobody, and of what comes later nothing is kept either", async () => {
  const shown = await lane(fresh, "record_as: custom_event, unknown_contacts: create");
  const reader = shown.person("reader");
  const stranger = shown.person("stranger", false);
  shown.happen(reader, "opened", { subject: "Dear reader, spring is here" });
  await shown.run();
  expect(shown.shown()).toHaveLength(1);
  await erasePerson(shown.deps(), key("reader@example.com"));
  await erasePerson(shown.deps(), key("stranger@example.com"));
  const people = shown.hubspot.user.all().length;
  shown.wait(60_000);
  shown.happen(reader, "clicked");
  shown.happen(stranger, "opened");
  await shown.run();
  shown.wait(86_400_000);
  await shown.run();
  expect(shown.hubspot.user.all()).toHaveLength(people);
  expect(shown.shown()).toHaveLength(1);
  const after = await databaseDump(fresh.database);
  for (const word of ["reader", "stranger", "event-0000"]) expect(after).not.toContain(word);
  const days = await engagementDays(
    storeOf(fresh.database, shown.connectionId),
    new Date("2026-11-01T00:00:00Z"),
  );
  expect(days.map(({ missing, seen }) => ({ missing, seen }))).toEqual([
    { missing: 0, seen: 1 },
    { missing: 0, seen: 2 },
  ]);
  await allowPerson(shown.deps(), key("reader@example.com"));
  shown.wait(86_400_000);
  await shown.run();
  expect(shown.shown()).toHaveLength(1);
});
