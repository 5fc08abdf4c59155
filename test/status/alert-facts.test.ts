import { afterEach, beforeEach, expect, test } from "vitest";
import { heldByLimit } from "../../src/plan/problems.ts";
import { readAlertFacts } from "../../src/status/alert-facts.ts";
import { statusReader } from "../../src/status/status-reader.ts";
import { saveConnectionProblems } from "../../src/store/runs/runs.ts";
import { saveSideHealth } from "../../src/store/runs/side-health.ts";
import type { FreshDatabase } from "../support/fresh-database.ts";
import { freshDatabase } from "../support/fresh-database.ts";
import { mapping } from "../support/rule.ts";
import type { Seed } from "./seed.ts";
import { NOW, before, seed } from "./seed.ts";
import { storeOf } from "../../src/store/database/store.ts";

let fresh: FreshDatabase;
let it: Seed;
beforeEach(async () => {
  fresh = await freshDatabase();
  it = await seed(fresh, "demo");
});
afterEach(() => fresh.drop());

const facts = () =>
  readAlertFacts({
    store: storeOf(fresh.database, it.connectionId),
    mapping: mapping(),
    read: statusReader(storeOf(fresh.database, it.connectionId), () => NOW),
    now: NOW,
    intervalMs: 900_000,
  });

const REVOKED = {
  code: "HS-AUTH",
  level: "connection",
  side: "hubspot",
  field: null,
  title: "HubSpot no longer accepts our token",
  explanation: "It was deleted.",
  fix: [],
  retry: "never",
  reference: null,
} as const;

test("what a limit stopped is no stop of everything: it has an alert for itself", async () => {
  await it.run("finished", 5);
  const held = heldByLimit({ side: "klaviyo", action: "creates", planned: 9, allowed: 3, collection: null });
  await saveConnectionProblems(storeOf(fresh.database, it.connectionId), "limits", [held], NOW);
  expect((await facts()).stopped).toBeNull();
  await saveConnectionProblems(storeOf(fresh.database, it.connectionId), "hubspot", [REVOKED], before(9));
  expect((await facts()).stopped).toMatchObject({
    title: "HubSpot no longer accepts our token",
    fix: ["An admin of the HubSpot account needs to fix this."],
    since: before(9),
  });
});

test("three runs in a row that did not finish are a stop, with the reason of the last", async () => {
  for (const minutes of [30, 20, 10]) await it.run("stopped", minutes, { note: `after ${minutes}` });
  expect((await facts()).stopped).toMatchObject({ explanation: "after 10" });
});

test("calls count while they are of about now", async () => {
  const endpoint = { endpoint: "search", p50Ms: 1, p95Ms: 1, breaker: { state: "closed" } } as const;
  const endpoints = [
    { ...endpoint, calls: 30, failed: 2 },
    { ...endpoint, calls: 10, failed: 1 },
  ];
  await saveSideHealth(
    storeOf(fresh.database, it.connectionId),
    "hubspot",
    { endpoints, paces: [] },
    before(9),
  );
  await saveSideHealth(
    storeOf(fresh.database, it.connectionId),
    "klaviyo",
    { endpoints, paces: [] },
    before(11),
  );
  expect((await facts()).calls).toEqual({
    hubspot: { calls: 40, failed: 3 },
    klaviyo: { calls: 0, failed: 0 },
  });
});
