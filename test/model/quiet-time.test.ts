import { describe, expect, it } from "vitest";
import { isQuietNow } from "../../src/service/wall-clock.ts";
import { isQuiet } from "../../src/model/quiet-time.ts";
import { mapping } from "../support/rule.ts";

const [SUN, MON, FRI, SAT] = [0, 1, 5, 6] as const;
const at = (hour: number, minute = 0): number => hour * 60 + minute;

describe("a quiet time", () => {
  const morning = [{ days: [SAT, SUN], from: at(0), to: at(6) }];

  it("begins with its first minute and ends before its last", () => {
    expect([at(0), at(5, 59), at(6), at(23, 59)].map((minute) => isQuiet(morning, SAT, minute))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(isQuiet(morning, FRI, at(3))).toBe(false);
  });

  it("continues after midnight where it ends before it begins", () => {
    const night = [{ days: [FRI], from: at(22), to: at(6) }];
    expect(isQuiet(night, FRI, at(21, 59))).toBe(false);
    expect(isQuiet(night, FRI, at(22))).toBe(true);
    expect(isQuiet(night, SAT, at(5, 59))).toBe(true);
    expect(isQuiet(night, SAT, at(6))).toBe(false);
    expect(isQuiet(night, FRI, at(3))).toBe(false);
    expect(isQuiet([{ days: [SAT], from: at(22), to: at(6) }], SUN, at(1))).toBe(true);
    expect(isQuiet([{ days: [SUN], from: at(22), to: at(6) }], MON, at(1))).toBe(true);
  });

  it("is of the mapping's time zone, summer and winter", () => {
    const plain = mapping();
    const tallinn = { ...plain, timezone: "Europe/Tallinn", schedule: { ...plain.schedule, quiet: morning } };
    expect(isQuietNow(tallinn, new Date("2026-11-21T03:59:00Z"))).toBe(true);
    expect(isQuietNow(tallinn, new Date("2026-11-21T04:00:00Z"))).toBe(false);
    expect(isQuietNow(tallinn, new Date("2026-07-18T02:59:00Z"))).toBe(true);
    expect(isQuietNow(tallinn, new Date("2026-07-18T03:00:00Z"))).toBe(false);
    expect(isQuietNow(tallinn, new Date("2026-11-20T22:30:00Z"))).toBe(true);
    expect(isQuietNow(plain, new Date("2026-11-21T03:00:00Z"))).toBe(false);
  });
});
