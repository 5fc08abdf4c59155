import { describe, expect, it } from "vitest";
import { clockSkew } from "../../../src/connectors/http/clock-skew.ts";

const BEGUN = Date.parse("2026-11-01T08:00:10.400Z");
const ENDED = Date.parse("2026-11-01T08:00:12.300Z");

/** The skew after one answer. */
function after(date: string | null): number {
  const skew = clockSkew();
  skew.note(date, BEGUN, ENDED);
  return skew.ms();
}

describe("the skew of a system's clock", () => {
  it("is nothing where the call and the whole seconds of the header explain it", () => {
    for (const second of [10, 11, 12]) expect(after(`Sun, 01 Nov 2026 08:00:${second} GMT`)).toBe(0);
  });

  it("is what lies beyond them, in either direction", () => {
    expect(after("Sun, 01 Nov 2026 08:00:15 GMT")).toBe(2_700);
    expect(after("Sun, 01 Nov 2026 08:00:05 GMT")).toBe(-4_400);
  });

  it("stays what it was where an answer has no date, and is that of the last one that had", () => {
    const skew = clockSkew();
    expect(skew.ms()).toBe(0);
    skew.note("Sun, 01 Nov 2026 08:00:15 GMT", BEGUN, ENDED);
    skew.note(null, BEGUN, ENDED);
    skew.note("yesterday", BEGUN, ENDED);
    expect(skew.ms()).toBe(2_700);
    skew.note("Sun, 01 Nov 2026 08:00:11 GMT", BEGUN, ENDED);
    expect(skew.ms()).toBe(0);
  });
});

it("one odd Date moves no cursor, and does not become the clock; three that agree do", () => {
  const now = Date.parse("2026-11-30T10:00:00Z");
  const date = (ms: number): string => new Date(now + ms).toUTCString();
  const skew = clockSkew();
  skew.note(date(0), now, now);
  const odd = date(40 * 60_000);
  expect(skew.at(odd, now)).toBe(now);
  skew.note(odd, now, now);
  expect(skew.ms()).toBe(0);
  // The next good one is as before, and begins the count again.
  skew.note(date(0), now, now);
  for (let answer = 0; answer < 2; answer += 1) {
    expect(skew.at(odd, now)).toBe(now);
    skew.note(odd, now, now);
  }
  skew.note(odd, now, now);
  expect(skew.ms()).toBe(40 * 60_000);
  expect(skew.at(odd, now)).toBe(Date.parse(odd));
});

it("a Date that is odd and behind moves no cursor ahead of it", () => {
  const now = Date.parse("2026-11-30T10:00:00Z");
  const skew = clockSkew();
  skew.note(new Date(now).toUTCString(), now, now);
  const behind = new Date(now - 40 * 60_000).toUTCString();
  expect(skew.at(behind, now)).toBe(Date.parse(behind));
});
