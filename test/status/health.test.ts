import { expect, test } from "vitest";
import type { HealthSnapshot } from "../../src/status/health.ts";
import type { HealthWord } from "../../src/words/health-words.ts";
import { healthOf } from "../../src/status/health.ts";
import type { ConnectionProblem, RunRow } from "../../src/store/pages/overview.ts";
import { NOW, PHONE, before } from "./seed.ts";

const INTERVAL_MS = 15 * 60_000;

const WELL: HealthSnapshot = {
  counters: { in_sync: 1_000, waiting: 0, failing: 0, excluded: 10, ignored: 0 },
  total: 1_010,
  causes: [],
  connectionProblems: [],
  runs: [],
  lastContactRuns: [{ result: "finished", finishedAt: before(3), note: "" }],
  lastFinishedAt: before(3),
  oldestWaiting: null,
  pause: null,
};
const NEW: HealthSnapshot = { ...WELL, total: 0, lastContactRuns: [], lastFinishedAt: null };
const STOPPED = { result: "stopped", finishedAt: before(3), note: "Klaviyo did not answer" } as const;

function problem(
  code: string,
  level: ConnectionProblem["level"],
  side: ConnectionProblem["side"],
): ConnectionProblem {
  return {
    ...PHONE,
    code,
    level,
    side,
    title: `Title of ${code}`,
    firstSeen: before(14),
    lastSeen: before(1),
  };
}

function failing(count: number): Partial<HealthSnapshot> {
  const cause = { ...problem("KL-PHONE", "field", "klaviyo"), contacts: count, titles: 1 };
  return { counters: { ...WELL.counters, failing: count }, causes: [cause] };
}

function running(minutes: number): RunRow {
  return {
    id: "1",
    kind: "contacts",
    trigger: "schedule",
    result: "running",
    startedAt: before(minutes),
    finishedAt: null,
    counts: {},
    note: "",
  };
}

const CASES: readonly (readonly [string, HealthWord, RegExp, HealthSnapshot])[] = [
  ["nothing wrong", "healthy", /^Everything is in sync\. Last sync 3 min ago\.$/, WELL],
  [
    "a young change",
    "healthy",
    /New changes are on their way/,
    { ...WELL, oldestWaiting: before(5), counters: { ...WELL.counters, waiting: 4 } },
  ],
  ["a first sync under way", "healthy", /first sync is running/, { ...NEW, runs: [running(4)] }],
  ["nobody in the mapping", "empty", /^No contact matches a rule/, { ...WELL, total: 0 }],
  ["a few failing of many", "attention", /^Running\. 1 contact needs attention/, { ...WELL, ...failing(1) }],
  [
    "one in a hundred exactly",
    "attention",
    /^Running\. 10 contacts need/,
    { ...WELL, total: 1_000, ...failing(10) },
  ],
  [
    "more than one in a hundred",
    "degraded",
    /11 contacts need .*marketing or sales, 1 cause/,
    { ...WELL, ...failing(11) },
  ],
  ["more than fifty of very many", "degraded", /51 contacts/, { ...WELL, total: 100_000, ...failing(51) }],
  [
    "a field that is off",
    "degraded",
    /Title of HS-LIST\. Someone needs to fix the mapping file/,
    { ...WELL, connectionProblems: [problem("HS-LIST", "mapping", "hubspot")] },
  ],
  [
    "a users file with an error",
    "degraded",
    /Title of SK-USERS\. Someone needs to fix the users file/,
    { ...WELL, connectionProblems: [problem("SK-USERS", "mapping", null)] },
  ],
  [
    "a field that contacts fail of",
    "degraded",
    /Title of HS-NOPROP/,
    {
      ...WELL,
      ...failing(1),
      causes: [{ ...problem("HS-NOPROP", "mapping", "hubspot"), contacts: 1, titles: 1 }],
    },
  ],
  ["no run ever", "empty", /Nothing has synced yet\. Run the first sync/, NEW],
  ["a long first sync", "delayed", /first sync has been running for 45 min/, { ...NEW, runs: [running(45)] }],
  [
    "an old look",
    "delayed",
    /last sync was 31 min ago .*Check that Tandem/,
    { ...WELL, lastFinishedAt: before(31) },
  ],
  ["a look just in time", "healthy", /30 min ago/, { ...WELL, lastFinishedAt: before(30) }],
  [
    "an old change",
    "delayed",
    /waited 41 min \(normal: under 30 min\)/,
    { ...WELL, oldestWaiting: before(41) },
  ],
  [
    "an outage that passes",
    "delayed",
    /Title of KL-RATE\. Tandem will retry automatically/,
    { ...WELL, connectionProblems: [problem("KL-RATE", "connection", "klaviyo")] },
  ],
  [
    "one stopped run",
    "delayed",
    /Klaviyo did not answer\. The next run will retry/,
    { ...WELL, lastContactRuns: [STOPPED, ...WELL.lastContactRuns] },
  ],
  [
    "three stopped runs",
    "stopped",
    /last 3 runs did not finish\. Klaviyo did not answer\. Check the Tandem log/,
    { ...WELL, lastContactRuns: [STOPPED, STOPPED, STOPPED] },
  ],
  [
    "a refused token",
    "stopped",
    /^Stopped 14 min ago: Title of HS-AUTH\. An admin of the HubSpot account needs to fix this\.$/,
    { ...WELL, connectionProblems: [problem("HS-AUTH", "connection", "hubspot")] },
  ],
  [
    "a safety limit",
    "held",
    /^Changes held for approval 14 min ago: Title of SK-LIMIT\. Everything else keeps syncing\.$/,
    { ...WELL, connectionProblems: [problem("SK-LIMIT", "connection", null)] },
  ],
  [
    "a limit that holds everybody",
    "held",
    /^Changes held .*, and 1 more limit\. No contact is updated until someone .* Opt-outs still sync\.$/,
    {
      ...WELL,
      connectionProblems: [
        problem("SK-LIMIT", "connection", null),
        { ...problem("SK-LIMIT", "connection", null), field: "people" },
      ],
    },
  ],
  [
    "everything at once",
    "stopped",
    /KL-AUTH\. An admin of the Klaviyo account/,
    {
      ...WELL,
      ...failing(500),
      lastFinishedAt: before(500),
      connectionProblems: [
        problem("HS-RATE", "connection", "hubspot"),
        problem("HS-LIST", "mapping", "hubspot"),
        problem("KL-AUTH", "connection", "klaviyo"),
      ],
    },
  ],
];

test.each(CASES)("%s is %s", (_name, word, sentence, seen) => {
  const health = healthOf(seen, NOW, INTERVAL_MS);
  expect(health.word).toBe(word);
  expect(health.sentence).toMatch(sentence);
});

test("with a schedule of a day, a look of this morning is no delay", () => {
  const seen = { ...WELL, lastFinishedAt: before(20 * 60) };
  expect(healthOf(seen, NOW, 24 * 60 * 60_000).word).toBe("healthy");
});
