import { afterEach, beforeEach, expect, test } from "vitest";
import { lanes } from "../../../src/cli/runs/lanes.ts";
import { daemonLog } from "../../../src/service/log.ts";
import { unlessPaused } from "../../../src/lanes/unless-paused.ts";
import { plainConsent } from "../../../src/model/consent.ts";
import { openStore } from "../../../src/store/runs/connections.ts";
import { pauseConnection, resumeConnection } from "../../../src/store/runs/pauses.ts";
import { readRunning } from "../../../src/store/runs/run-progress.ts";
import { startRun } from "../../../src/store/runs/runs.ts";
import { requestSync, waitingSync } from "../../../src/store/runs/sync-requests.ts";
import type { Engine } from "../../support/engine.ts";
import { engine } from "../../support/engine.ts";
import { mapping } from "../../support/rule.ts";
import { storeOf } from "../../../src/store/database/store.ts";
const both = mapping();
const PAUSE = { by: "ann", reason: "list clean-up", until: null };

let it: Engine;
let connectionId: number;
beforeEach(async () => {
  it = await engine();
  ({ connectionId } = await openStore(it.fresh.database, both.name));
});
afterEach(() => it.fresh.drop());

/** Every lane once, in its order, as the schedule would. */
async function everyLane(): Promise<void> {
  it.wait(120_000);
  const inUse = { mapping: both, source: "", version: 1, deps: it.deps() };
  const ends = { log: daemonLog("silent", { write: () => {} }), ended: () => Promise.resolve() };
  for (const { run } of lanes(inUse, "* * * * *", ends)) await run(async () => {});
}

const runs = async () =>
  (await it.fresh.database.run.findMany({ orderBy: { id: "asc" } })).map(({ kind }) => kind);
const profile = () => it.klaviyo.user.all().find(({ shownEmail }) => shownEmail === "jo@example.com");

test("while it is paused nothing of anybody's fields is written, and a refusal is heard all the same", async () => {
  const jo = it.hubspot.user.create("jo@example.com", { firstname: "Jo", jobtitle: "Buyer" }, ["all"]);
  await everyLane();
  it.newWrites();
  const before = (await runs()).length;
  await pauseConnection(storeOf(it.fresh.database, connectionId), PAUSE, it.deps().now());
  it.hubspot.user.edit(jo, { jobtitle: "Head of Buying" });
  it.klaviyo.user.setConsent(profile()?.id ?? "", plainConsent("unsubscribed"));
  await everyLane();
  expect((await runs()).slice(before).filter((kind) => kind !== "consent")).toEqual([]);
  expect(await it.fresh.database.consentEntry.count({ where: { kind: "opted_out", side: "klaviyo" } })).toBe(
    1,
  );
  await resumeConnection(storeOf(it.fresh.database, connectionId), it.deps().now());
  await everyLane();
  expect(profile()?.values.get("title")).toBe("Head of Buying");
});

test("a pause with an end is over by itself", async () => {
  const until = new Date(it.deps().now().getTime() + 60_000);
  await pauseConnection(storeOf(it.fresh.database, connectionId), { ...PAUSE, until }, it.deps().now());
  await everyLane();
  expect(await runs()).toContain("contacts");
});

test("a run under way ends at its next page when somebody pauses, and its end is no fault", async () => {
  let stopped = false;
  const ended = unlessPaused(it.deps(), both.name, async ({ stopping }) => {
    await pauseConnection(storeOf(it.fresh.database, connectionId), PAUSE, it.deps().now());
    await new Promise((resolve) => stopping.addEventListener("abort", resolve, { once: true }));
    stopped = true;
    stopping.throwIfAborted();
    return "not reached";
  });
  expect(await ended).toBeNull();
  expect(stopped).toBe(true);
});

test("what a run throws that nobody paused is thrown on", async () => {
  const thrown = unlessPaused(it.deps(), both.name, () => Promise.reject(new Error("a fault")));
  await expect(thrown).rejects.toThrow("a fault");
});

test("how far a run has come is kept for whichever process shows it", async () => {
  await startRun(storeOf(it.fresh.database, connectionId), "contacts", "test", it.deps().now());
  const progress = async () =>
    (await readRunning(storeOf(it.fresh.database, connectionId)))?.progress ?? null;
  await unlessPaused(it.deps(), both.name, async (own) => {
    own.progress({ step: "write", side: null, done: 500, total: 2_000 });
    await expect.poll(progress).toMatchObject({ step: "write", done: 500, total: 2_000, from: 500 });
    own.progress({ step: "write", side: null, done: 501, total: 2_000 });
    it.wait(2_000);
    own.progress({ step: "write", side: null, done: 900, total: 2_000 });
    await expect.poll(progress).toMatchObject({ done: 900, from: 500 });
    return null;
  });
});

test("Sync now waits in the database until a run takes it, and stands in that run", async () => {
  await requestSync(storeOf(it.fresh.database, connectionId), "ann", it.deps().now());
  await everyLane();
  expect(await waitingSync(storeOf(it.fresh.database, connectionId))).toBeNull();
  const run = await it.fresh.database.run.findFirst({ where: { kind: "contacts" }, orderBy: { id: "asc" } });
  expect(run?.trigger).toBe("ann");
});
