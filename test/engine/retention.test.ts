import { afterEach, beforeEach, expect, test } from "vitest";
import { openStore } from "../../src/store/runs/connections.ts";
import { writeAudit } from "../../src/store/chains/audit.ts";
import { beginSession } from "../../src/store/pages/web-sessions.ts";
import { removeRuns } from "../../src/store/runs/retention.ts";
import { runRetention } from "../../src/lanes/retention-lane.ts";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { fieldRule, mapping } from "../support/rule.ts";
const DAY_MS = 86_400_000;
const both = mapping({ fields: [fieldRule("jobtitle", "title", { direction: "both" })] });

const NOTHING = { runs: 0, writes: 0, conflicts: 0, raw: 0, events: 0, alerts: 0, sessions: 0, audit: 0 };

let it: Engine;
let jo: string;
beforeEach(async () => {
  it = await engine();
  jo = it.hubspot.user.create("jo@example.com", { jobtitle: "Buyer" }, ["all"]);
  await it.sync(both);
});
afterEach(() => it.fresh.drop());

/** Both sides change the title, which leaves a write and a conflict behind. */
async function conflict(): Promise<void> {
  const profile = it.klaviyo.user.all()[0]?.id ?? "";
  it.hubspot.user.edit(jo, { jobtitle: `Head ${String(it.deps().now())}` });
  it.klaviyo.user.edit(profile, { title: `Chief ${String(it.deps().now())}` });
  await it.sync(both);
}

const counts = async () => {
  const { database } = it.fresh;
  return {
    runs: await database.run.count({ where: { kind: "contacts" } }),
    writes: await database.journalRow.count(),
    conflicts: await database.conflict.count(),
  };
};

test("what is younger than both terms stays, and no run is made for it", async () => {
  await conflict();
  const before = await counts();
  expect(before.conflicts).toBeGreaterThan(0);
  it.wait(29 * DAY_MS);
  expect(await runRetention(it.deps(), both)).toEqual(NOTHING);
  expect(await counts()).toEqual(before);
  expect(await it.fresh.database.run.count({ where: { kind: "retention" } })).toBe(0);
});

test("answers go after their term, and what was written stays, with what stood there before", async () => {
  await conflict();
  const before = await it.fresh.database.journalRow.findMany({ orderBy: { traceId: "asc" } });
  it.wait(31 * DAY_MS);
  const { raw } = await runRetention(it.deps(), both);
  expect(raw).toBe(before.length);
  const after = await it.fresh.database.journalRow.findMany({ orderBy: { traceId: "asc" } });
  expect(after.map(({ source, problem }) => ({ source, problem }))).toEqual(
    before.map(() => ({ source: {}, problem: null })),
  );
  expect(after.map(({ after: written, before: stood }) => ({ written, stood }))).toEqual(
    before.map(({ after: written, before: stood }) => ({ written, stood })),
  );
  expect(await runRetention(it.deps(), both)).toMatchObject({ raw: 0 });
});

test("a run goes after its term with all that belongs to it, and the numbers are a run", async () => {
  await conflict();
  const before = await counts();
  it.wait(399 * DAY_MS);
  await conflict();
  const young = await counts();
  it.wait(2 * DAY_MS);
  const removed = await runRetention(it.deps(), both);
  expect(removed).toMatchObject(before);
  expect(await counts()).toEqual({
    runs: young.runs - before.runs,
    writes: young.writes - before.writes,
    conflicts: young.conflicts - before.conflicts,
  });
  const told = await it.fresh.database.run.findFirstOrThrow({ where: { kind: "retention" } });
  expect(told.counts).toMatchObject({
    removed_runs: before.runs,
    removed_writes: before.writes,
    removed_conflicts: before.conflicts,
  });
  it.newWrites();
  await it.sync(both);
  expect(it.newWrites()).toBe(0);
});

test("a write without an answer, a value asked back and a hold that waits are kept, with their runs", async () => {
  await conflict();
  await conflict();
  const { database } = it.fresh;
  const [write] = await database.journalRow.findMany({ orderBy: { sentAt: "asc" } });
  await database.journalRow.update({ where: { traceId: write?.traceId ?? "" }, data: { outcome: "sent" } });
  const { id: conflictId, runId } = await database.conflict.findFirstOrThrow({ orderBy: { id: "desc" } });
  await database.conflictUndo.create({
    data: { conflictId, askedBy: "ann", askedAt: it.deps().now(), state: "waiting" },
  });
  const { connectionId } = await openStore(database, both.name);
  const held = await database.run.create({
    data: { connectionId, kind: "contacts", trigger: "test", result: "held", startedAt: it.deps().now() },
  });
  await database.hold.create({
    data: { connectionId, runId: held.id, exceeded: [], openedAt: held.startedAt, updatedAt: held.startedAt },
  });
  it.wait(500 * DAY_MS);
  await runRetention(it.deps(), both);
  expect(await database.journalRow.findMany({ select: { traceId: true } })).toEqual([
    { traceId: write?.traceId },
  ]);
  expect(await database.conflict.findMany({ select: { id: true } })).toEqual([{ id: conflictId }]);
  const runs = await database.run.findMany({ where: { kind: "contacts" }, select: { id: true } });
  expect(new Set(runs.map(({ id }) => id))).toEqual(new Set([write?.runId, runId, held.id]));
});

test("a turn that is over leaves the rest to the next, page by page", async () => {
  const { database } = it.fresh;
  const store = await openStore(database, both.name);
  const link = await database.link.findFirstOrThrow();
  await database.journalRow.deleteMany();
  const run = await database.run.findFirstOrThrow({ where: { kind: "contacts" } });
  await database.$executeRaw`
    INSERT INTO journal (trace_id, link_id, run_id, side, kind, before, after, source, outcome, sent_at)
    SELECT gen_random_uuid(), ${link.id}, ${run.id}, 'klaviyo', 'update', '{}', '{}', '{}', 'done', ${run.startedAt}
    FROM generate_series(1, 12000)`;
  const before = it.deps().now();
  const stopped = await removeRuns(store, before, () => Promise.resolve(false));
  expect(stopped).toEqual({ runs: 0, writes: 5_000, conflicts: 0 });
  let rests = 0;
  const whole = await removeRuns(store, before, () => Promise.resolve((rests += 1) > 0));
  expect(whole).toEqual({ runs: 1, writes: 7_000, conflicts: 0 });
  expect(rests).toBe(1);
});

test("old sessions and, where it has a term, the audit go too, and the numbers are told", async () => {
  const { database } = it.fresh;
  const store = await openStore(database, both.name);
  const at = it.deps().now();
  await beginSession(database, "a".repeat(64), { who: "ann", role: "admin", way: "users", proof: "x" }, at);
  const entry = { who: "ann", role: "admin", action: "retry" };
  await writeAudit(store, entry, at);
  await writeAudit(store, entry, at);
  it.wait(40 * DAY_MS);
  expect(await runRetention(it.deps(), both)).toMatchObject({ sessions: 1, audit: 0 });
  const privacy = { ...both.privacy, auditMs: 30 * DAY_MS };
  expect(await runRetention(it.deps(), { ...both, privacy })).toMatchObject({ sessions: 0, audit: 1 });
  const runs = await database.run.findMany({ where: { kind: "retention" }, orderBy: { id: "asc" } });
  expect(runs.map(({ counts: told }) => told)).toMatchObject([{ removed_sessions: 1 }, { removed_audit: 1 }]);
});
