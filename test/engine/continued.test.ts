import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { demoMapping } from "../../src/cli/demo-mapping.ts";
import { hubspot } from "../../src/connectors/hubspot/index.ts";
import { klaviyo } from "../../src/connectors/klaviyo/index.ts";
import type { ContactRun } from "../../src/daemon/run-contacts.ts";
import { runContacts } from "../../src/daemon/run-contacts.ts";
import { parseMapping } from "../../src/mapping/parse-mapping.ts";
import type { Rehearsal } from "../../src/sandbox/rehearsal/rehearsal.ts";
import { startRehearsal } from "../../src/sandbox/rehearsal/rehearsal.ts";
import type { FreshDatabase } from "../support/fresh-database.ts";
import { freshDatabase } from "../support/fresh-database.ts";

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
  return startRehearsal({
    seed: 3,
    contacts: 60,
    hubspotPort: 0,
    klaviyoPort: 0,
    hubspot: { tier: "off" },
    klaviyo: { limits: "off" },
    keepIn: folder,
  });
}

/** Until every change shows in HubSpot's search. */
function pass(): void {
  rehearsal.hubspot.world.clock.advance(60_000);
}

async function sync(): Promise<ContactRun> {
  const { mapping } = parseMapping(demoMapping(rehearsal.hubspot.url, rehearsal.klaviyo.url), "demo.yaml");
  if (mapping === null) throw new Error("the demo's mapping is not valid");
  const timing = {
    now: Date.now,
    sleep: (milliseconds: number, signal: AbortSignal) => sleep(milliseconds, undefined, { signal }),
    apiShare: 1,
  };
  const { token, url } = rehearsal.hubspot;
  const connectors = {
    hubspot: hubspot({ ...timing, token, baseUrl: url, apiVersion: "2026-03" }),
    klaviyo: klaviyo({
      ...timing,
      key: rehearsal.klaviyo.key,
      baseUrl: rehearsal.klaviyo.url,
      revision: "2026-07-15",
    }),
  };
  const never = new AbortController().signal;
  return runContacts(
    {
      database: fresh.database,
      connectors,
      now: () => new Date(),
      newId: randomUUID,
      progress: () => {},
      stopping: never,
      signal: never,
    },
    mapping,
    { trigger: "test" },
  );
}

function writes(): number {
  return [rehearsal.hubspot, rehearsal.klaviyo]
    .flatMap(({ world }) => world.truth.calls)
    .filter(({ mutating }) => mutating).length;
}

test("two accounts that go on from what they kept are in step, and an edit made after that arrives", async () => {
  const first = await sync();
  expect(first.counts["created"]).toBeGreaterThan(0);
  pass();
  await sync();
  pass();
  await rehearsal.close();

  rehearsal = await start();
  const run = await sync();
  expect(run.result).toBe(first.result);
  expect(writes()).toBe(0);

  const email = rehearsal.hubspot.sandbox.dumpContacts(null, 1).contacts[0]?.properties["email"] ?? "";
  rehearsal.hubspot.sandbox.editContact({ email }, { jobtitle: "Astronaut" });
  pass();
  await sync();
  expect(rehearsal.klaviyo.sandbox.profile(email)?.attributes["title"]).toBe("Astronaut");
  expect(await fresh.database.connection.count()).toBe(1);
});
