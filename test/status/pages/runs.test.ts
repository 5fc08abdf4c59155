import type { FastifyInstance } from "fastify";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { PageTasks, PageWork, PageTask } from "../../../src/service/page-tasks.ts";
import { triggerName } from "../../../src/words/run-words.ts";
import { runsChart } from "../../../src/status/runs/runs-chart.ts";
import { statusApp } from "../../../src/status/frame/status-app.ts";
import { readAudit } from "../../../src/store/chains/audit.ts";
import type { RunRow } from "../../../src/store/pages/overview.ts";
import type { FreshDatabase } from "../../support/fresh-database.ts";
import { freshDatabase } from "../../support/fresh-database.ts";
import { statusDeps, visit } from "../app.ts";
import type { Seed } from "../seed.ts";
import { NOW, before, seed } from "../seed.ts";
import { TITLE_FIELD, latestRun, sent } from "./journal-seed.ts";
import { storeOf } from "../../../src/store/database/store.ts";
let fresh: FreshDatabase;
let it: Seed;
let app: FastifyInstance;
const begun: PageWork[] = [];
let task: PageTask | null = null;
const tasks: PageTasks = {
  begin: (work) => begun.push(work) > 0,
  dryRun: () => null,
  undoOf: () => task,
  readOf: () => null,
};

beforeEach(async () => {
  fresh = await freshDatabase();
  it = await seed(fresh, "acme-main");
  app = await statusApp(statusDeps(fresh, it.connectionId, { tasks }));
  begun.length = 0;
  task = null;
});
afterEach(async () => {
  await app.close();
  await fresh.drop();
});

const HASH = "ab".repeat(32);

test("the list shows every lane's runs, the latest first, and each leads to what it did", async () => {
  await it.run("finished", 40, { counts: { read: 312, updated: 41 } });
  await it.run("stopped", 20, { note: "Klaviyo did not answer" });
  await it.run("finished", 5, { kind: "engagement", counts: { read: 1_204 } });
  const { body } = await visit(app).get("/runs");
  const places = ["Engagement", "Klaviyo did not answer", "1,204", "312"].map((text) => body.indexOf(text));
  expect(places.every((place) => place > 0)).toBe(true);
  expect(body).toContain(`href="/runs/${await latestRun(fresh)}"`);
  expect(body).toContain("2 runs, 1 failed, the last at 2026-11-22 08:40 UTC, 41 changes written.");
  expect(body).toMatch(/<svg[^>]*role="img"/);
});

test("filters narrow the list, stay in the address, and say when nothing is left", async () => {
  await it.run("finished", 40);
  await it.run("held", 30);
  await it.run("finished", 5_000, { kind: "consent" });
  const browser = visit(app);
  const json = async (address: string) => (await browser.get(address, "application/json")).json();
  expect(await json("/runs?result=held")).toMatchObject({ total: 1, runs: [{ result: "held" }] });
  expect(await json("/runs?kind=contacts&within=day")).toMatchObject({ total: 2 });
  expect(await json("/runs?within=day&kind=consent")).toMatchObject({ total: 0 });
  expect((await browser.get("/runs?kind=consent&within=day")).body).toContain("No runs match these filters.");
  expect((await browser.get("/runs?result=odd")).status).toBe(400);
  expect((await browser.get("/runs?kind=a&kind=b")).status).toBe(400);
});

test("a page too far is the last one, and each page holds its runs once", async () => {
  for (let minutes = 1; minutes <= 30; minutes += 1) await it.run("finished", minutes);
  const browser = visit(app);
  expect((await browser.get("/runs?page=9")).location).toBe("/runs?page=2");
  const pages = await Promise.all(
    [1, 2].map((page) => browser.get(`/runs?page=${page}`, "application/json")),
  );
  const ids = pages.flatMap((page) => (page.json() as { runs: RunRow[] }).runs.map(({ id }) => id));
  expect(new Set(ids).size).toBe(30);
});

test("a run shows what it changed, before and after, and finds one person in it", async () => {
  await it.run("finished_with_errors", 40, { counts: { updated: 2, opted_out: 3 } });
  const runId = await latestRun(fresh);
  const jo = await it.link("jo@example.com", "in_sync");
  const kim = await it.link("kim@example.com", "failing");
  await sent(fresh, { linkId: jo, runId });
  await sent(fresh, { linkId: kim, runId, outcome: "refused", after: { [TITLE_FIELD]: null } });
  const browser = visit(app);
  const { body } = await browser.get(`/runs/${runId}`);
  expect(body.replaceAll(/\s+/g, " ")).toMatch(
    /title<\/span> <bdi class="value">&#34;Buyer&#34;<\/bdi>.*&#34;Head of Buying&#34;/,
  );
  expect(body).toContain("Opt-outs seen");
  expect(body).toContain("(empty)");
  expect(body).toContain("Rejected");
  const found = (await browser.get(`/runs/${runId}?q=jo@`, "application/json")).json();
  expect(found).toMatchObject({ total: 1, changes: [{ email: "jo@example.com", outcome: "done" }] });
  expect((await browser.get(`/runs/${runId}?q=nobody`)).body).toContain("Nothing in this run matches.");
});

test("what is no run of this connection is not there", async () => {
  const other = await seed(fresh, "other");
  await other.run("finished", 5);
  const browser = visit(app);
  for (const id of [String(await latestRun(fresh)), "999", "x", "1e3", "-1"])
    expect([id, (await browser.get(`/runs/${id}`)).status]).toEqual([id, 404]);
});

test("an undo is looked at first; what is confirmed is exactly what was shown, with a reason in the audit", async () => {
  await it.run("finished", 40);
  const runId = await latestRun(fresh);
  await sent(fresh, { linkId: await it.link("jo@example.com", "in_sync"), runId });
  const browser = visit(app);
  expect((await browser.get(`/runs/${runId}`)).body).toContain("Shows a preview first.");
  expect((await browser.post(`/runs/${runId}/undo`, {})).location).toBe(`/runs/${runId}/undo`);
  const found = {
    kind: "undo",
    runId,
    people: 1,
    operations: 1,
    changes: 3,
    putBack: 1,
    already: 0,
    left: { made: 2 },
    examples: [],
    stamps: [],
    hash: HASH,
  } as const;
  task = {
    work: { kind: "undo", runId },
    by: "ann",
    at: NOW,
    state: { kind: "ready", found, at: before(1) },
  };
  const shown = (await browser.get(`/runs/${runId}/undo`)).body;
  expect(shown).toContain("1 operation on 1 person.");
  expect(shown).toContain("2 × a contact that Tandem made");
  expect(shown).toContain(HASH);
  expect((await browser.post(`/runs/${runId}/undo/apply`, { hash: HASH, reason: " " })).status).toBe(400);
  expect((await browser.post(`/runs/${runId}/undo/apply`, { hash: "x", reason: "why" })).status).toBe(400);
  await browser.post(`/runs/${runId}/undo/apply`, { hash: HASH, reason: "wrong list" });
  expect(begun).toEqual([
    { kind: "undo", runId },
    { kind: "put_back", runId, hash: HASH, overLimits: false },
  ]);
  const audit = await readAudit(storeOf(fresh.database, it.connectionId), 9);
  expect(audit.map(({ action, reason }) => [action, reason])).toEqual([
    ["undo", "wrong list"],
    ["undo_plan", ""],
  ]);
});

test("without page tasks in this process nothing is promised", async () => {
  await it.run("finished", 40);
  const runId = await latestRun(fresh);
  await sent(fresh, { linkId: await it.link("jo@example.com", "in_sync"), runId });
  const alone = await statusApp(statusDeps(fresh, it.connectionId));
  const browser = visit(alone);
  expect((await browser.get(`/runs/${runId}`)).body).not.toContain("Shows a preview first.");
  expect((await browser.post(`/runs/${runId}/undo`, {})).status).toBe(409);
  await alone.close();
});

test("the reading of the chart counts what was written, and names the last failure", () => {
  const run = (result: RunRow["result"], counts: RunRow["counts"]): RunRow => ({
    id: "1",
    kind: "contacts",
    trigger: "schedule",
    result,
    startedAt: NOW,
    finishedAt: NOW,
    counts,
    note: "",
  });
  const chart = runsChart(
    [run("finished", { created: 2, read: 90 }), run("held", { updated: 1 })],
    "c",
    "last 24 hours",
  );
  expect(chart.reading).toBe("2 runs, none failed, 3 changes written.");
  expect(chart.bars.map(({ value, failed }) => [value, failed])).toEqual([
    [2, false],
    [1, false],
  ]);
  expect([triggerName("schedule"), triggerName("ann")]).toEqual(["schedule", "ann"]);
});
