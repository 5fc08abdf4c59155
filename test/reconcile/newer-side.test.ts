import { describe, expect, it, test } from "vitest";
import type { EditTime } from "../../src/model/history/edit-time.ts";
import { mergeContact } from "../../src/reconcile/merge-contact.ts";
import { newerSide } from "../../src/reconcile/newer-side.ts";
import { cityRule } from "../support/city-rule.ts";

const at = (seconds: string, skewMs = 0): EditTime => between(seconds, seconds, skewMs);

function between(after: string | null, until: string, skewMs = 0): EditTime {
  const iso = (clock: string): string => `2026-11-01T${clock}.000Z`;
  return { after: after === null ? null : iso(after), until: iso(until), skewMs };
}

/** Klaviyo's edit lies between two looks; HubSpot tells the moment. */
const SEEN = between("13:00:00", "13:45:00");

describe("which of two values is newer", () => {
  test.each([
    ["after Klaviyo's profile was last changed", at("14:02:00"), SEEN, "hubspot"],
    ["two seconds after it: not to be told apart", at("13:45:02"), SEEN, null],
    ["a little more than two seconds after it", at("13:45:03"), SEEN, "hubspot"],
    ["within the span that Klaviyo's may have", at("13:20:00"), SEEN, null],
    ["at the end of the span", at("13:45:00"), SEEN, null],
    ["at the beginning of the span", at("13:00:00"), SEEN, null],
    ["two seconds before the span", at("12:59:58"), SEEN, null],
    ["a little more than two seconds before it", at("12:59:57"), SEEN, "klaviyo"],
    ["before a span of which the beginning is not known", at("12:00:00"), between(null, "13:45:00"), null],
    [
      "after a span of which the beginning is not known",
      at("14:00:00"),
      between(null, "13:45:00"),
      "hubspot",
    ],
    ["after it, with clocks that are ten minutes apart", at("13:50:00", 600_000), SEEN, null],
    [
      "after it, by more than both clocks are apart",
      at("13:50:00", 100_000),
      between("13:00:00", "13:45:00", 100_000),
      "hubspot",
    ],
    [
      "after it, by less than both clocks are apart",
      at("13:50:00", 200_000),
      between("13:00:00", "13:45:00", 100_000),
      null,
    ],
    [
      "before a look that was later than the change it showed",
      at("13:44:59"),
      between("13:46:00", "13:45:00"),
      null,
    ],
    ["not known", null, SEEN, null],
    ["known, and Klaviyo's is not", at("13:00:00"), null, null],
  ] as const)("HubSpot's edit %s", (_case, hubspot, klaviyo, newer) => {
    expect(newerSide({ hubspot, klaviyo })).toBe(newer);
    const mirrored = newer === null ? null : newer === "hubspot" ? "klaviyo" : "hubspot";
    expect(newerSide({ hubspot: klaviyo, klaviyo: hubspot })).toBe(mirrored);
  });
});

describe("the merge of a field whose newest value wins", () => {
  const EVERYONE = { hubspot: true, klaviyo: true };
  const NEWER = {
    hubspot: { after: "13:00:00", until: "13:05:00" },
    klaviyo: { after: "14:00:00", until: "14:05:00" },
  };
  const decide = (
    newest: boolean,
    seen: { hubspot: string | null; klaviyo: string | null },
    onEmpty: "keep" | "clear" = "keep",
  ) => {
    const rule = cityRule({ newest, onEmpty });
    const values = { hubspot: { [rule.key]: seen.hubspot }, klaviyo: { [rule.key]: seen.klaviyo } };
    const times = (side: "hubspot" | "klaviyo") => ({
      [rule.key]: between(NEWER[side].after, NEWER[side].until),
    });
    const edited = { hubspot: times("hubspot"), klaviyo: times("klaviyo") };
    const base = { [rule.key]: { hubspot: "Bonn", klaviyo: "Bonn" } };
    return mergeContact([rule], EVERYONE, base, values, edited)[0]?.merge;
  };

  it("lets the newer value stand, and keeps the older one", () => {
    const lost = { winner: "klaviyo", won: "Rome", lost: "Oslo" };
    expect(decide(true, { hubspot: "Oslo", klaviyo: "Rome" })).toMatchObject({
      values: { hubspot: "Rome" },
      lost,
    });
  });

  it("does not look at times where a side is named as the winner", () => {
    expect(decide(false, { hubspot: "Oslo", klaviyo: "Rome" })).toMatchObject({
      values: { klaviyo: "Oslo" },
    });
  });

  it("lets a newer clear stand only where the field says so", () => {
    expect(decide(true, { hubspot: "Oslo", klaviyo: null })).toMatchObject({ values: { klaviyo: "Oslo" } });
    expect(decide(true, { hubspot: "Oslo", klaviyo: null }, "clear")).toMatchObject({
      values: { hubspot: null },
    });
  });

  it("asks for no times of an edit on one side", () => {
    expect(decide(true, { hubspot: "Oslo", klaviyo: "Bonn" })).toMatchObject({
      values: { klaviyo: "Oslo" },
      why: "changed",
    });
  });
});
