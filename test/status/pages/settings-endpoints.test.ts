import type { FastifyInstance } from "fastify";
import { afterEach, beforeEach, expect, test } from "vitest";
import { statusApp } from "../../../src/status/frame/status-app.ts";
import { saveSideHealth } from "../../../src/store/runs/side-health.ts";
import type { FreshDatabase } from "../../support/fresh-database.ts";
import { freshDatabase } from "../../support/fresh-database.ts";
import { statusDeps, visit } from "../app.ts";
import type { Seed } from "../seed.ts";
import { NOW, before, seed } from "../seed.ts";
import { storeOf } from "../../../src/store/database/store.ts";

let fresh: FreshDatabase;
let it: Seed;
let app: FastifyInstance;
beforeEach(async () => {
  fresh = await freshDatabase();
  it = await seed(fresh, "demo");
});
afterEach(async () => {
  await app.close();
  await fresh.drop();
});

async function page(): Promise<string> {
  app = await statusApp(statusDeps(fresh, it.connectionId));
  return (await visit(app).get("/settings")).body.replaceAll(/\s+/g, " ");
}

const CLOSED = { state: "closed" } as const;
const timed = { p50Ms: 180, p95Ms: 2_400 };

test("Settings shows of each endpoint whether it may be called, how often it failed, and how long it took", async () => {
  const open = {
    state: "open",
    code: "KL-RATE",
    reason: "Klaviyo limits the calls",
    nextTryAt: NOW.getTime() + 4 * 60_000,
  } as const;
  const endpoints = [
    { endpoint: "get_profiles", calls: 1_200, failed: 30, ...timed, breaker: CLOSED },
    { endpoint: "update_profile", calls: 10, failed: 10, ...timed, breaker: open },
    {
      endpoint: "get_lists",
      calls: 3,
      failed: 0,
      ...timed,
      breaker: { ...open, state: "half_open", nextTryAt: NOW.getTime() } as const,
    },
  ];
  const windows = [{ perMs: 60_000, allowed: 450, left: 449 }];
  const paces = [{ name: "update_profile", windows, waiting: 2, pausedMs: 5_000 }];
  await saveSideHealth(storeOf(fresh.database, it.connectionId), "klaviyo", { endpoints, paces }, before(1));
  const body = await page();
  expect(body).toContain(
    "2 endpoints of 3 are stopped: Klaviyo limits the calls (KL-RATE). Tandem tries again in 4 min.",
  );
  expect(body).toMatch(
    /<code>get_profiles<\/code><\/th> <td><span class="tag ok">OK<\/span><\/td> <td class="right">1,200<\/td> <td class="right">30 \(3 %\)<\/td> <td class="right">180 ms<\/td> <td class="right">2\.4 s<\/td>/,
  );
  expect(body).toMatch(
    /<code>update_profile<\/code><\/th> <td><span class="tag bad">Stopped<\/span> Klaviyo limits the calls\. Tandem tries again in 4 min/,
  );
  expect(body).toMatch(/<code>get_lists<\/code><\/th> <td><span class="tag warn">Trying again<\/span>/);
  expect(body).toMatch(
    /update_profile<\/th> <td>1 min 0 s<\/td> <td class="right">450<\/td> <td class="right">449<\/td> <td> 2 calls, paused for 5 s/,
  );
});

test("what was noted over an hour ago is not shown as now", async () => {
  const endpoints = [{ endpoint: "search", calls: 7, failed: 7, ...timed, breaker: CLOSED }];
  await saveSideHealth(
    storeOf(fresh.database, it.connectionId),
    "hubspot",
    { endpoints, paces: [] },
    before(61),
  );
  const body = await page();
  expect(body).not.toContain("<code>search</code>");
  expect(body.match(/No calls in the last hour/g)).toHaveLength(2);
});
