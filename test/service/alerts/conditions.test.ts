import { describe, expect, test } from "vitest";
import type { AlertRule } from "../../../src/model/watch/alerting.ts";
import type { AlertFacts } from "../../../src/service/alerts/conditions.ts";
import { conditionsOf } from "../../../src/service/alerts/conditions.ts";
import { QUIET, STOPPED, rule } from "./alert-facts.ts";

const NOW = new Date("2026-11-01T08:00:00Z");
const DAY_MS = 86_400_000;

const found = (one: AlertRule, facts: Partial<AlertFacts>) =>
  conditionsOf([one], { ...QUIET, ...facts }, NOW)[0] ?? null;

const ALL = [
  rule("stopped"),
  rule("overdue"),
  rule("held"),
  rule("failing_above", { above: { count: 50 } }),
  rule("errors_above", { above: { share: 0.05 } }),
  rule("auth_expiring", { beforeMs: 7 * DAY_MS }),
  rule("version_sunset", { beforeMs: 90 * DAY_MS }),
];

test("of a connection that is well there is nothing to say", () => {
  expect(conditionsOf(ALL, QUIET, NOW)).toEqual([]);
});

test("what the mapping does not watch is no condition", () => {
  expect(conditionsOf([], STOPPED, NOW)).toEqual([]);
});

test("a stop says since when, why, and what to do", () => {
  expect(found(rule("stopped"), { stopped: STOPPED.stopped })).toEqual({
    type: "stopped",
    severity: "critical",
    since: new Date("2026-11-01T07:00:00Z"),
    summary: "Syncing has stopped: HubSpot did not accept the key",
    cause: "HubSpot answered 401.",
    fix: "Create a new key.",
  });
});

describe("a threshold", () => {
  const failing = rule("failing_above", { above: { count: 50 } });
  const share = rule("failing_above", { above: { share: 0.05 } });
  test.each([
    [failing, 50, null],
    [failing, 51, "51 contacts of 1,000 fail to sync"],
    [share, 50, null],
    [share, 51, "51 contacts of 1,000 fail to sync"],
  ])("of failing contacts opens above it, not at it", (one, count, summary) => {
    expect(found(one, { failing: count })?.summary ?? null).toBe(summary);
  });

  test("of failing contacts names causes by code alone: a title may quote somebody's value", () => {
    const since = NOW;
    const causes = ["KL-PHONE", "A", "B", "C", "D", "E", "F"].map((code, at) => ({
      code,
      contacts: 171 - at,
      since,
    }));
    expect(found(failing, { failing: 200, causes })?.cause).toBe(
      "More than 50 fail. By cause: KL-PHONE 171, A 170, B 169, C 168, D 167, and 2 more causes.",
    );
  });

  const errors = rule("errors_above", { above: { share: 0.05 } });
  test.each([
    [19, 19, null],
    [20, 1, null],
    [20, 2, "Many calls to Klaviyo fail"],
  ])("of API errors needs enough calls to mean something: %d calls, %d failed", (calls, failed, summary) => {
    const told = { hubspot: { calls: 500, failed: 0 }, klaviyo: { calls, failed } };
    expect(found(errors, { calls: told })?.summary ?? null).toBe(summary);
  });
});

describe("an end that comes near", () => {
  const ends = new Date(NOW.getTime() + 7 * DAY_MS);
  const key = rule("auth_expiring", { beforeMs: 7 * DAY_MS });
  test("is told from its day on, and after it", () => {
    const at = (ms: number) =>
      found(key, { keys: [{ side: "hubspot", ends: new Date(ends.getTime() + ms) }] });
    expect(at(1)).toBeNull();
    expect(at(0)?.summary).toBe("The HubSpot key expires on 2026-11-08");
    expect(at(-8 * DAY_MS)?.summary).toBe("The HubSpot key expired on 2026-10-31");
  });

  test("of an API version names the version and the day", () => {
    const versions = [{ side: "klaviyo" as const, version: "2025-01-15", ends: new Date("2027-01-15") }];
    expect(found(rule("version_sunset", { beforeMs: 90 * DAY_MS }), { versions })?.summary).toBe(
      "Klaviyo API version 2025-01-15 ends on 2027-01-15",
    );
  });
});

test("a limit that stopped changes says which, in numbers", () => {
  const exceeded = [
    { side: "klaviyo", action: "creates", planned: 1_241, allowed: 500, collection: null },
    { side: null, action: "people", planned: 5_724, allowed: 1_000, collection: null },
  ] as const;
  const held = { changes: 5_724, since: NOW, exceeded };
  expect(found(rule("held"), { held })).toMatchObject({
    summary: "A limit stopped 5,724 changes",
    cause:
      "A run would have made more changes than the mapping allows: 1,241 contacts to create in Klaviyo, 500 allowed; 5,724 people with a change, 1,000 allowed. None of them were made.",
  });
});

test("no alert carries an email address or a phone number, whatever a problem's words quote", () => {
  const words = {
    title: "jo.tamm@example.com is not known",
    explanation: 'HubSpot said "jo.tamm@example.com" and jo.tamm%40example.com, +372 5123 4567.',
    fix: ["Write to jo.tamm@example.com."],
    since: null,
  };
  const conditions = conditionsOf(
    [rule("stopped"), rule("overdue")],
    { ...QUIET, stopped: words, overdue: [words] },
    NOW,
  );
  expect(conditions).toHaveLength(2);
  expect(JSON.stringify(conditions)).not.toMatch(/jo\.tamm|5123/);
});
