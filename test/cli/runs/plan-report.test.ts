import { expect, test } from "vitest";
import { planReport } from "../../../src/cli/runs/plan-report.ts";
import type { PlanFindings } from "../../../src/lanes/plans/make-plan.ts";
import type { PlanTotals } from "../../../src/plan/limits.ts";
import { NO_CHANGES } from "../../../src/plan/limits.ts";
import { mapping } from "../../support/rule.ts";
import { expectOneScreen } from "../command-line.ts";

const ofLimits = mapping().limits;

/** A plan of so many changes in Klaviyo, of 1,000 linked people. */
function findings(
  klaviyo: Partial<PlanTotals["klaviyo"]>,
  people: number,
  changes: Partial<PlanFindings> = {},
): PlanFindings {
  const totals = { ...NO_CHANGES, klaviyo: { ...NO_CHANGES.klaviyo, ...klaviyo }, people };
  const nothing = { written: new Map<string, number>(), emptied: new Map<string, number>() };
  return {
    totals,
    limited: totals,
    contacts: 1_000,
    fields: { hubspot: nothing, klaviyo: nothing },
    problems: new Map(),
    examples: [],
    mapping: mapping(),
    linked: 1_000,
    firstSync: false,
    limits: { ...ofLimits, subscribes: { share: 0.01 }, unsubscribes: { share: 0.005 } },
    exceeded: [],
    held: [],
    cost: { hubspot: { requests: 0, seconds: 0 }, klaviyo: { requests: 1, seconds: 1 } },
    saved: null,
    ...changes,
  };
}

test("who would be subscribed and unsubscribed is counted, never said to be nobody", () => {
  const text = planReport(findings({ subscribes: 1_594, unsubscribes: 3 }, 1_597));
  expect(text).toMatch(/^ {2}Klaviyo {2}⊘ 3 people to unsubscribe$/m);
  expect(text).toMatch(/^ {11}✓ 1,594 people to subscribe$/m);
  expect(text).toContain("Consent: 1,594 people would be subscribed, 0 resubscribed, 3 unsubscribed.");
  expect(text).toMatch(/^Plan: .*, 1,594 people to subscribe\.$/m);
});

test("a plan of nobody's consent says so", () => {
  const text = planReport(findings({ updates: 1 }, 1));
  expect(text).toContain("Consent: 0 people would be subscribed, 0 resubscribed.\n");
  expect(text).toContain("~ 1 contact to change");
  expect(text).toContain("Bill: 0 more active Klaviyo profiles, 0 more HubSpot contacts");
});

test("the limits shown are the ones that hold: of what cannot be taken back fewer are many", () => {
  const text = planReport(findings({ subscribes: 10, unsubscribes: 10 }, 20));
  expect(text).toMatch(/^ {2}subscribes_per_run +10 +10 \(1 %\) +✔$/m);
  expect(text).toMatch(/^ {2}unsubscribes_per_run +10 +9 \(0\.5 %\)/m);
});

test("what was approved is told as what a run will do, and as what no limit holds", () => {
  const { totals } = findings({ updates: 40 }, 40);
  const text = planReport(findings({}, 0, { totals }));
  expect(text).toContain("~ 40 contacts to change");
  expect(text).toContain("Approved already, and not counted: 40 people");
  expect(text).not.toContain("Nothing to change");
});

test("a plan without people in full fits one screen, whatever is in it", () => {
  const all = {
    creates: 1,
    updates: 2,
    clears: 3,
    removals: 4,
    unsubscribes: 5,
    subscribes: 6,
    list_additions: 7,
  };
  const text = planReport(findings(all, 28, { saved: { people: 28, hash: "" } }), { out: "a.plan" });
  expect(text).toContain("tandem apply a.plan");
  expectOneScreen(text);
});

test("an address that nobody has is told as that, not as somebody with nothing to change", () => {
  const text = planReport(findings({}, 0, { contacts: 0 }), { email: "nobody@example.com" });
  expect(text).toMatch(/^Nothing to change: no contact with nobody@example\.com is linked/);
});
