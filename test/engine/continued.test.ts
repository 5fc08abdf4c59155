import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Rehearsal } from "../../src/sandbox/rehearsal/rehearsal.ts";
import type { FreshDatabase } from "../support/fresh-database.ts";
import { freshDatabase } from "../support/fresh-database.ts";
import {
  mutatingCalls,
  realEngine,
  rehearsedMapping,
  startUnlimited,
  untilSearchable,
} from "../support/real-engine.ts";

let folder: string;
let fresh: FreshDatabase;
let rehearsal: Rehearsal;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "tandem-continued-"));
  fresh = await freshDatabase();
  rehearsal = await start();
});
afterEach(async () => {
  await rehearsal.close();
  await fresh.drop();
  rmSync(folder, { recursive: true, force: true });
});

function start(): Promise<Rehearsal> {
  return startUnlimited({ seed: 3, contacts: 60, keepIn: folder });
}

const sync = () => realEngine(rehearsal, fresh).sync(rehearsedMapping(rehearsal));

test("two accounts that go on from what they kept are in step, and an edit made after that arrives", async () => {
  const first = await sync();
  expect(first.counts["created"]).toBeGreaterThan(0);
  untilSearchable(rehearsal);
  await sync();
  untilSearchable(rehearsal);
  await rehearsal.close();

  rehearsal = await start();
  const run = await sync();
  expect(run.result).toBe(first.result);
  expect(mutatingCalls(rehearsal)).toBe(0);

  const email = rehearsal.hubspot.sandbox.dumpContacts(null, 1).contacts[0]?.properties["email"] ?? "";
  rehearsal.hubspot.sandbox.editContact({ email }, { jobtitle: "Astronaut" });
  untilSearchable(rehearsal);
  await sync();
  expect(rehearsal.klaviyo.sandbox.profile(email)?.attributes["title"]).toBe("Astronaut");
  expect(await fresh.database.connection.count()).toBe(1);
});
