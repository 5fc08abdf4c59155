import { expect, test } from "vitest";
import { overviewText } from "../../src/status/text.ts";
import type { Overview } from "../../src/store/pages/overview.ts";
import { NOW, PHONE, before } from "./seed.ts";

const OVERVIEW: Overview = {
  name: "acme-main",
  accounts: { hubspot: "1", klaviyo: "A" },
  counters: { in_sync: 47_612, waiting: 341, failing: 214, excluded: 8_903, ignored: 0 },
  total: 57_070,
  causes: [{ ...PHONE, contacts: 171, titles: 1, firstSeen: before(60) }],
  connectionProblems: [],
  runs: [
    {
      id: "1",
      kind: "contacts",
      trigger: "schedule",
      result: "finished",
      startedAt: before(4),
      finishedAt: before(3),
      counts: { read: 312, created: 2 },
      note: "",
    },
  ],
  lastContactRuns: [],
  lastFinishedAt: before(3),
  pause: null,
  oldestWaiting: before(9),
};
const HEALTH = { word: "degraded", sentence: "Running. 214 contacts need attention." } as const;

test("the overview fits a terminal", () => {
  expect(overviewText(OVERVIEW, HEALTH, NOW)).toEqual([
    "acme-main: Degraded",
    "Running. 214 contacts need attention.",
    "",
    "  In sync   47,612",
    "  Waiting      341",
    "  Failing      214",
    "  Excluded   8,903",
    "  Ignored        0",
    "  Total     57,070",
    "",
    "Last sync              3 min ago",
    "Oldest waiting change  9 min ago",
    "",
    "Needs you",
    "  171  Phone number is not in international format (KL-PHONE)",
    "",
    "Latest runs",
    "  run 1  4 min ago  contacts  Finished  1 min 0 s  read 312, created 2",
  ]);
});

test("a title from outside can neither steer the terminal nor begin a line", () => {
  const [cause] = OVERVIEW.causes;
  const title = "a\u001b[2J\nb\u202Ec";
  const causes = cause === undefined ? [] : [{ ...cause, title }];
  const lines = overviewText({ ...OVERVIEW, causes }, HEALTH, NOW);
  expect(lines.join("")).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
  expect(lines).toContain("  171  a [2J b c (KL-PHONE)");
});
