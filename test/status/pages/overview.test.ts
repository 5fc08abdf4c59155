import type { FastifyInstance } from "fastify";
import { afterEach, beforeEach, expect, test } from "vitest";
import { remainingMs } from "../../../src/status/overview/progress-section.ts";
import { statusApp } from "../../../src/status/frame/status-app.ts";
import { statusActions } from "../../../src/status/status-actions.ts";
import { readAudit } from "../../../src/store/chains/audit.ts";
import { readPause } from "../../../src/store/runs/pauses.ts";
import type { RunProgress } from "../../../src/store/runs/run-progress.ts";
import { saveProgress } from "../../../src/store/runs/run-progress.ts";
import { saveSideNote } from "../../../src/store/runs/side-notes.ts";
import { takeSync, waitingSync } from "../../../src/store/runs/sync-requests.ts";
import type { FreshDatabase } from "../../support/fresh-database.ts";
import { freshDatabase } from "../../support/fresh-database.ts";
import { statusDeps, visit } from "../app.ts";
import type { Seed } from "../seed.ts";
import { NOW, before, seed } from "../seed.ts";
import { storeOf } from "../../../src/store/database/store.ts";
let fresh: FreshDatabase;
let it: Seed;
let app: FastifyInstance;
let now = NOW;
let woken = 0;

beforeEach(async () => {
  fresh = await freshDatabase();
  it = await seed(fresh, "acme-main");
  [now, woken] = [NOW, 0];
  const act = statusActions(
    storeOf(fresh.database, it.connectionId),
    () => now,
    () => void (woken += 1),
  );
  app = await statusApp(statusDeps(fresh, it.connectionId, { now: () => now, act }));
});
afterEach(async () => {
  await app.close();
  await fresh.drop();
});

const STEP: RunProgress = {
  step: "write",
  side: null,
  done: 500,
  total: 2_000,
  from: 0,
  since: before(10),
  at: before(0),
};

test("what is left of a step is told at its own pace, and only where there is one", () => {
  expect(remainingMs(STEP, NOW)).toBe(30 * 60_000);
  expect(remainingMs({ ...STEP, from: 400, since: before(2) }, NOW)).toBe(30 * 60_000);
  expect(remainingMs({ ...STEP, total: null }, NOW)).toBeNull();
  expect(remainingMs({ ...STEP, done: 15 }, NOW)).toBeNull();
  expect(remainingMs({ ...STEP, done: 900, total: 100_000 }, NOW)).toBeNull();
  expect(remainingMs({ ...STEP, at: before(2) }, NOW)).toBeNull();
});

test("the first sync shows its steps, how far it is, and an estimate", async () => {
  await it.run("running", 10);
  await saveProgress(storeOf(fresh.database, it.connectionId), STEP);
  const { body } = await visit(app).get("/");
  expect(body).toContain("The first sync");
  expect(body).toContain('aria-current="step"');
  expect(body).toMatch(/<progress[^>]*max="2000"[^>]*value="500"/);
  expect(body).toContain("about 30 min left for this step");
});

test("each lane tells how old its last look is", async () => {
  await it.run("finished", 5);
  await it.run("stopped", 2, { kind: "engagement" });
  await it.run("finished", 9, { kind: "engagement" });
  for (const side of ["hubspot", "klaviyo"])
    await fresh.database.cursor.create({
      data: { connectionId: it.connectionId, stream: `${side} refusals`, value: "1", movedAt: before(3) },
    });
  const page = (await visit(app).get("/", "application/json")).json();
  expect(page).toMatchObject({
    freshness: {
      contacts: new Date(before(5).getTime() + 41_000).toISOString(),
      engagement: new Date(before(9).getTime() + 41_000).toISOString(),
      consent: before(3).toISOString(),
      reconcile: null,
    },
  });
});

test("of each side the limit that is nearest to its end is told, of those that last and are still running", async () => {
  const note = { account: null, missingScopes: null, maySubscribe: null, requests: {}, skewMs: 0 };
  const minuteAgo = before(1).getTime();
  const hubspot = [
    { name: "per day", limit: 1_000, left: 900, at: minuteAgo },
    // Free again before anybody has read it.
    { name: "per 10 seconds", limit: 100, left: 20, at: NOW.getTime() },
  ];
  const klaviyo = [
    { name: "get_accounts, per second", limit: 1, left: 0, at: NOW.getTime() },
    { name: "get_profiles, per minute", limit: 700, left: 10, at: minuteAgo },
    { name: "get_lists, per minute", limit: 700, left: 350, at: NOW.getTime() - 5_000 },
  ];
  await saveSideNote(storeOf(fresh.database, it.connectionId), "hubspot", { ...note, quotas: hubspot }, NOW);
  await saveSideNote(storeOf(fresh.database, it.connectionId), "klaviyo", { ...note, quotas: klaviyo }, NOW);
  const body = (await visit(app).get("/")).body.replaceAll(/\s+/g, " ");
  expect(body).toContain("HubSpot, per day:</label> 100 of 1,000 requests used");
  expect(body).toContain("Klaviyo, get_lists, per minute:</label> 350 of 700 requests used");
  expect(body).not.toMatch(/per (?:10 )?second|get_profiles/);
});

test("each state leads to its contacts and says what one asks next", async () => {
  for (const nth of [1, 2, 3, 4, 5, 6, 7]) await it.link(`in.sync.${nth}@example.com`, "in_sync");
  await it.link("waits@example.com", "waiting", { dirtySince: before(9) });
  const jo = await it.link("jo@example.com", "failing");
  await it.problem(jo, {});
  const body = (await visit(app).get("/")).body.replaceAll(/\s+/g, " ");
  const cards = [...body.matchAll(/<li class="card[^]*?<\/li>/g)].map(([card]) => card);
  expect(cards.map((card) => /href="([^"]+)"/.exec(card)?.[1])).toEqual([
    "/contacts?state=in_sync",
    "/contacts?state=waiting",
    "/errors",
    "/contacts?state=excluded",
    "/contacts?state=ignored",
  ]);
  expect(cards[0]).toContain("77.7 % of all");
  expect(cards[1]).toMatch(/oldest <time[^>]*>9 min ago/);
  expect(cards[2]).toContain("1 cause");
});

test("a routine run is told beside the runs before it, and moves nothing that one reads first", async () => {
  await it.run("finished", 20);
  await it.run("running", 1);
  await fresh.database.connection.update({ where: { id: it.connectionId }, data: { filledAt: before(20) } });
  await saveProgress(storeOf(fresh.database, it.connectionId), STEP);
  const { body } = await visit(app).get("/");
  expect(body).not.toContain("The first sync");
  expect(body.indexOf("a run is going")).toBeGreaterThan(body.indexOf("Latest runs"));
  expect(body).toMatch(/<progress[^>]*max="2000"[^>]*value="500"/);
});

test("what one of several contacts met is an example of the cause, and told as one", async () => {
  for (const name of ["a", "b"])
    await it.problem(await it.link(`${name}@example.com`, "failing"), {
      explanation: `${name} is no number.`,
    });
  await it.problem(await it.link("c@example.com", "failing"), {
    code: "HS-OPTION",
    explanation: "No option.",
  });
  for (const address of ["/", "/errors"]) {
    const { body } = await visit(app).get(address);
    expect(body).toMatch(/<p>For example: [ab] is no number\.<\/p>/);
    expect(body).toContain("<p>No option.</p>");
  }
});

test("Sync now is kept for whichever process has the lanes, once, and stands in the audit", async () => {
  const browser = visit(app);
  await browser.get("/");
  expect((await browser.post("/sync", {})).location).toBe("/");
  await browser.post("/sync", {});
  expect(woken).toBe(2);
  expect((await browser.get("/")).body).toContain("Sync queued.");
  expect(await waitingSync(storeOf(fresh.database, it.connectionId))).toEqual({
    by: "this machine",
    at: NOW,
  });
  expect(await takeSync(storeOf(fresh.database, it.connectionId))).toEqual({ by: "this machine", at: NOW });
  expect(await takeSync(storeOf(fresh.database, it.connectionId))).toBeNull();
  const audit = await readAudit(storeOf(fresh.database, it.connectionId), 9);
  expect(audit.map(({ action }) => action)).toEqual(["sync", "sync"]);
});

test("while a run is going no second one is queued", async () => {
  await it.run("running", 1);
  const browser = visit(app);
  await browser.get("/");
  await browser.post("/sync", {});
  expect((await browser.get("/")).body).toContain("A sync is already running, started 1 min ago.");
  expect(await waitingSync(storeOf(fresh.database, it.connectionId))).toBeNull();
});

test("a pause needs a reason, is in every page's head, refuses Sync now, and ends by itself", async () => {
  await it.run("finished", 5);
  const browser = visit(app);
  await browser.get("/");
  const wrong = await browser.post("/pause", { reason: "  ", length: "hour" });
  expect(wrong.status).toBe(400);
  expect(wrong.body).toContain("Say why, for the record.");
  await browser.post("/pause", { reason: "list clean-up", length: "hour" });
  const page = await browser.get("/errors");
  expect(page.body).toContain("Paused");
  expect((await browser.get("/", "application/json")).json()).toMatchObject({
    health: {
      word: "paused",
      sentence:
        "Paused by this machine just now, until 2026-11-22 10:00 UTC: list clean-up. New changes wait. Opt-outs still sync.",
    },
    pause: { by: "this machine", reason: "list clean-up" },
  });
  expect((await browser.post("/sync", {})).status).toBe(409);
  now = new Date(NOW.getTime() + 60 * 60_000);
  expect(await readPause(storeOf(fresh.database, it.connectionId), now)).toBeNull();
  expect((await browser.get("/")).body).toContain("Sync now");
});

test("a pause without an end lasts until somebody resumes it, and that begins a run", async () => {
  const browser = visit(app);
  await browser.get("/");
  await browser.post("/pause", { reason: "moving", length: "" });
  expect((await browser.post("/pause", { reason: "moving", length: "aeon" })).status).toBe(400);
  now = new Date(NOW.getTime() + 900 * 60 * 60_000);
  expect((await browser.get("/")).body).toContain("Resume");
  await browser.post("/resume", {});
  expect(woken).toBe(1);
  expect(await readPause(storeOf(fresh.database, it.connectionId), now)).toBeNull();
  const audit = await readAudit(storeOf(fresh.database, it.connectionId), 9);
  expect(audit.map(({ action, reason }) => [action, reason])).toEqual([
    ["resume", ""],
    ["pause", "moving"],
  ]);
});
