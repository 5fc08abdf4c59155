import { expect, test } from "vitest";
import type { LaneFacts, LaneSchedule } from "../../src/status/overdue-lanes.ts";
import { overdueLanes } from "../../src/status/overdue-lanes.ts";
import type { Lane, LatestRun } from "../../src/store/runs/lane-ends.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = new Date("2026-11-10T12:00:00Z");
const ago = (milliseconds: number): Date => new Date(NOW.getTime() - milliseconds);

const schedule: LaneSchedule = {
  everyMs: { contacts: 15 * MINUTE, consent: MINUTE, engagement: 5 * MINUTE, reconcile: 24 * HOUR },
  isQuiet: () => false,
};

function facts(changes: Partial<LaneFacts> = {}, freshness: Partial<LaneFacts["freshness"]> = {}): LaneFacts {
  return {
    latest: [],
    firstRunAt: ago(1_000 * HOUR),
    heldUntil: null,
    resumedAt: null,
    isPaused: false,
    waiting: 0,
    freshness: {
      contacts: ago(MINUTE),
      consent: ago(MINUTE),
      engagement: ago(MINUTE),
      reconcile: ago(HOUR),
      filledAt: ago(900 * HOUR),
      sightings: null,
      missed: null,
      ...freshness,
    },
    ...changes,
  };
}

function run(lane: Lane, changes: Partial<LatestRun>): LatestRun {
  return { lane, startedAt: ago(MINUTE), finishedAt: ago(0), result: "stopped", note: "", ...changes };
}

const overdue = (of: LaneFacts, by: LaneSchedule = schedule) =>
  overdueLanes(of, by, NOW).map(({ field, explanation }) => [field, explanation]);

test.each([
  ["contacts", 45 * MINUTE],
  ["consent", 10 * MINUTE],
  ["engagement", 15 * MINUTE],
  ["reconcile", 72 * HOUR],
] as const)("%s is overdue after three intervals and ten minutes at least, not before", (lane, limit) => {
  expect(overdue(facts({}, { [lane]: ago(limit) }))).toEqual([]);
  expect(overdue(facts({}, { [lane]: ago(limit + MINUTE) }))).toMatchObject([[lane, expect.any(String)]]);
});

test("it says the last run's stop reason, since when, what waits, and that Tandem retries", () => {
  const stopped = run("contacts", { note: "Klaviyo does not answer" });
  const [problem] = overdueLanes(
    facts({ latest: [stopped], waiting: 12 }, { contacts: ago(3 * HOUR) }),
    schedule,
    NOW,
  );
  expect(problem).toMatchObject({
    code: "SK-OVERDUE",
    title: "Contact sync is overdue",
    firstSeen: ago(3 * HOUR - 15 * MINUTE),
    explanation:
      "Contact sync last finished 3 h ago. It is due every 15 min. The last run stopped: Klaviyo does not answer. 12 contacts wait with changes, and new changes too. Tandem retries automatically.",
  });
});

test("a lane that cannot start counts, with whether somebody holds the connection", () => {
  const held = facts({ heldUntil: new Date(NOW.getTime() + MINUTE) }, { consent: ago(HOUR) });
  expect(overdue(held)).toMatchObject([["consent", expect.stringContaining("It cannot start, because")]]);
  const nobody = facts({}, { consent: ago(HOUR) });
  expect(overdue(nobody)).toMatchObject([["consent", expect.stringContaining("No run has finished since")]]);
});

test("a lane that has never finished counts from the first run; a first sync under way is no delay", () => {
  const never = facts({ firstRunAt: ago(HOUR) }, { engagement: null });
  expect(overdue(never)).toMatchObject([["engagement", expect.stringContaining("has never finished")]]);
  const filling = facts({ firstRunAt: ago(5 * HOUR) }, { contacts: null, reconcile: null, filledAt: null });
  expect(overdue(filling)).toEqual([]);
  expect(overdue(facts({ firstRunAt: null }, { contacts: null, consent: null }))).toEqual([]);
});

test("a run under way has three of its lane's intervals before it is called stuck", () => {
  const young = run("contacts", { result: "running", startedAt: ago(40 * MINUTE), finishedAt: null });
  expect(overdue(facts({ latest: [young] }, { contacts: ago(HOUR) }))).toEqual([]);
  const old = run("contacts", { result: "running", startedAt: ago(50 * MINUTE), finishedAt: null });
  expect(overdue(facts({ latest: [old] }, { contacts: ago(HOUR) }))).toMatchObject([
    ["contacts", expect.stringContaining("A run started 50 min ago and has not finished")],
  ]);
});

test("a pause, a resume and quiet times excuse every lane but the consent lane", () => {
  const late = { contacts: ago(5 * HOUR), consent: ago(5 * HOUR), engagement: ago(5 * HOUR) };
  const lanes = (changes: Partial<LaneFacts>, by = schedule) =>
    overdueLanes(facts(changes, late), by, NOW).map(({ field }) => field);
  expect(lanes({})).toEqual(["contacts", "consent", "engagement"]);
  expect(lanes({ isPaused: true })).toEqual(["consent"]);
  expect(lanes({ resumedAt: ago(5 * MINUTE) })).toEqual(["consent"]);
  const night = { ...schedule, isQuiet: (at: Date) => at < ago(8 * MINUTE) };
  expect(lanes({}, night)).toEqual(["consent"]);
});

test("a lane that the mapping does not use is never overdue", () => {
  const none = { ...schedule, everyMs: { ...schedule.everyMs, engagement: null } };
  expect(overdue(facts({}, { engagement: null }), none)).toEqual([]);
});
