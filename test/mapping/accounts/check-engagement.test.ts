import { expect, test } from "vitest";
import { checkEngagement } from "../../../src/mapping/accounts/check-engagement.ts";
import type { EngagementFacts } from "../../../src/mapping/accounts/check-engagement.ts";
import { parseMapping } from "../../../src/mapping/parse-mapping.ts";
import { ENGAGEMENT_KINDS } from "../../../src/model/engagement.ts";
import { mappingText } from "../mapping-text.ts";
import { short } from "../told.ts";

/** Accounts that have all that could be asked for. */
const ALL: EngagementFacts = {
  kinds: new Set(ENGAGEMENT_KINDS),
  collections: [],
  rollUps: [],
  missing: null,
};

const NO_PLAN = {
  code: "HS-EVENT-PLAN",
  level: "connection",
  side: "hubspot",
  field: null,
  title: "The plan has no custom events",
  explanation: "Custom events are a part of Enterprise.",
  fix: ["Set `record_as: note`."],
  retry: "on_change",
  reference: null,
} as const;

function findings(facts: Partial<EngagementFacts>) {
  const section = "record_as: custom_event, metrics: { opened: {}, clicked: {} }";
  const text = mappingText({ tail: `engagement: { ${section}, last_activity: { opened: last_open } }` });
  const rules = parseMapping(text, "test.yaml").mapping?.engagement;
  if (rules === undefined || rules === null) throw new Error("no engagement");
  const [rollUp] = rules.rollUps;
  const rollUps = facts.rollUps ?? (rollUp === undefined ? [] : [{ rollUp, why: "does not exist" }]);
  return checkEngagement(rules, { ...ALL, ...facts, rollUps }, { file: "test.yaml", text });
}

test("a metric that Klaviyo has not counted yet is a warning at its key", () => {
  const [first, ...more] = findings({ kinds: new Set(["opened"]), rollUps: [] });
  expect(first && short(first)).toBe("M330 warning 14:63-70");
  expect(first?.message).toBe("Klaviyo has no built-in metric for `clicked`");
  expect(more).toEqual([]);
});

test("a property that the account does not have is an error at its name, with how to make it", () => {
  const [first] = findings({});
  expect(first?.code).toBe("M331");
  expect(first?.message).toBe("HubSpot property `last_open` does not exist");
  expect(first?.help).toBe("run `tandem hubspot setup-timeline`");
});

test("what keeps HubSpot from showing events is an error at the way that was chosen, with its first fix", () => {
  const [first, ...more] = findings({ missing: NO_PLAN, rollUps: [] });
  expect(first && short(first)).toBe("M332 14:26-38");
  expect(first?.message).toContain("as `custom_event`: The plan has no custom events");
  expect(first?.help).toBe("Set `record_as: note`.");
  expect(more).toEqual([]);
});

test("accounts that have everything leave nothing to say", () => {
  expect(findings({ rollUps: [] })).toEqual([]);
});
