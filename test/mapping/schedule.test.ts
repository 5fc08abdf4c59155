import { describe, expect, test } from "vitest";
import { durationMs } from "../../src/mapping/schema/duration.ts";
import { longestGapMs, schedule } from "../../src/mapping/schedule.ts";

describe("a schedule", () => {
  test.each([
    ["every 1m", "every 1m", 1],
    ["every  5 m", "every 5m", 5],
    ["every 7m", "every 7m", 7],
    ["every 90m", "every 90m", 60],
    ["every 6h", "every 6h", 60],
    ["every 2d", "every 2d", 60],
    ["0 3 * * *", "0 3 * * *", 60],
    ["*/15 8-18 * * mon-fri", "*/15 8-18 * * mon-fri", 15],
    ["0,20,40 * 1,15 jan,JUL 7", "0,20,40 * 1,15 jan,JUL 7", 20],
    ["10-30/10 * * * *", "10-30/10 * * * *", 10],
    ["58,2 * * * *", "58,2 * * * *", 4],
    ["  0  3 * *  * ", "0 3 * * *", 60],
  ])("%s", (text, kept, shortestMinutes) => {
    expect(schedule(text)).toEqual({ text: kept, shortestMinutes });
  });

  test.each([
    "every 0m",
    "every 30s",
    "0 0 31 2 *",
    "every",
    "hourly",
    "* * * *",
    "* * * * * *",
    "60 * * * *",
    "* 24 * * *",
    "* * 0 * *",
    "* * * 13 *",
    "* * * foo *",
    "5-1 * * * *",
    "*/0 * * * *",
    "5/2 * * * *",
    "1-2-3 * * * *",
    "*/2/3 * * * *",
    ", * * * *",
    "-1 * * * *",
    "",
  ])("%s is none", (text) => {
    expect(schedule(text)).toHaveProperty("wrong");
  });
});

describe("the longest time between two runs, in minutes", () => {
  test.each([
    ["*/15 * * * *", 15],
    ["* * * * *", 1],
    ["58,2 * * * *", 56],
    ["0 */2 * * *", 120],
    ["0 3 * * *", 1_440],
    ["0 9,17 * * *", 960],
    ["*/15 8-18 * * *", 13 * 60 + 15],
    ["*/15 8-18 * * mon-fri", 2 * 1_440 + 13 * 60 + 15],
    ["0 3 * * 0,7", 7 * 1_440],
    ["0 0 1,15 * *", 17 * 1_440],
    ["0 0 * jan *", 366 * 1_440],
    ["every 1m", 1],
    ["every 90m", 90],
  ])("%s: %i", (text, minutes) => {
    expect(longestGapMs(text) / 60_000).toBe(minutes);
  });
});

test("durations", () => {
  expect(["30s", "15m", "6h", "1d"].map(durationMs)).toEqual([30_000, 900_000, 21_600_000, 86_400_000]);
  expect(["", "30", "0s", "-1s", "1w", "1.5h", "30 s", "constructor"].map(durationMs)).toEqual(
    Array(8).fill(null),
  );
});
