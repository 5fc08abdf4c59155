import { describe, expect, test } from "vitest";
import type { Measured } from "./verdict.ts";
import { faultsOf, ratioText, requestsOf } from "./verdict.ts";

const measured = (change: Partial<Measured> = {}): Measured => ({
  scenario: "HubSpot → empty Klaviyo",
  contacts: 10_000,
  requests: new Map([
    ["hubspot batch read", 100],
    ["klaviyo import", 42],
  ]),
  minimum: { requests: 142, terms: [] },
  highestRatio: { times: 13, per: 10 },
  wallMs: 1_000,
  cpuMs: 1_000,
  peakBytes: 1,
  writes: { "profile.create": 10_000 },
  expectedWrites: { "profile.create": 10_000 },
  differences: [],
  exitCodes: [0],
  ...change,
});
const spending = (requests: number, minimum: number): Measured =>
  measured({ requests: new Map([["all", requests]]), minimum: { requests: minimum, terms: [] } });

describe("the bench's verdict", () => {
  test("counts every operation of both vendors", () => {
    expect(requestsOf(measured())).toBe(142);
  });

  test("finds nothing wrong with a run at its minimum, and none at exactly 1.3 times it", () => {
    expect(faultsOf(measured())).toEqual([]);
    expect(faultsOf(spending(130, 100))).toEqual([]);
  });

  test("fails one request above the allowed ratio, however close", () => {
    expect(faultsOf(spending(131, 100))).toEqual(["1.31 times the minimum, and at most 1.3 is allowed"]);
    expect(faultsOf(spending(1_300_001, 1_000_000))).toHaveLength(1);
  });

  test("rounds a ratio up, so that a table never shows less than was spent", () => {
    expect(ratioText(1_301, 1_000)).toBe("1.31");
    expect(ratioText(130, 100)).toBe("1.30");
    expect(ratioText(100, 100)).toBe("1.00");
  });

  test("does not accept fewer requests than the least possible", () => {
    expect(faultsOf(spending(0, 142))).toEqual([expect.stringContaining("counted wrong")]);
    expect(faultsOf({ ...spending(141, 142), highestRatio: null })).toHaveLength(1);
  });

  test.each<[string, Partial<Measured>]>([
    ["a cycle that failed", { exitCodes: [0, 75] }],
    ["no cycle at all", { exitCodes: [] }],
    ["sides that differ", { differences: ["klaviyo lacks ada@example.com"] }],
    ["a person who was not written", { writes: { "profile.create": 9_999 } }],
    ["a write nobody asked for", { writes: { "profile.create": 10_000, "contact.update": 1 } }],
    ["nothing written where something should be", { writes: {} }],
  ])("fails for %s", (_what, change) => {
    expect(faultsOf(measured(change))).toHaveLength(1);
  });
});
