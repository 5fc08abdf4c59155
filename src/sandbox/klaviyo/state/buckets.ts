import { utcOffset } from "../../time-zone.ts";

export type Interval = "hour" | "day" | "week" | "month";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** When the hour, day, week (from Monday) or month of a moment began in a time zone; milliseconds since 1970. */
export function bucketStart(at: number, interval: Interval, timeZone: string): number {
  const local = at + utcOffset(at, timeZone);
  return utcOf(floor(local, interval), timeZone);
}

/** When the one after it begins: a day may have 23 or 25 hours. */
export function nextBucket(start: number, interval: Interval, timeZone: string): number {
  const local = new Date(start + utcOffset(start, timeZone));
  if (interval === "month")
    return utcOf(Date.UTC(local.getUTCFullYear(), local.getUTCMonth() + 1, 1), timeZone);
  if (interval === "hour") return start + HOUR;
  return utcOf(local.getTime() + (interval === "week" ? 7 : 1) * DAY, timeZone);
}

function floor(local: number, interval: Interval): number {
  const date = new Date(local);
  const midnight = Math.floor(local / DAY) * DAY;
  switch (interval) {
    case "hour":
      return Math.floor(local / HOUR) * HOUR;
    case "day":
      return midnight;
    case "week":
      return midnight - ((date.getUTCDay() + 6) % 7) * DAY;
    case "month":
      return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
  }
}

/** The moment at which clocks of the zone show a local time. */
export function utcOf(local: number, timeZone: string): number {
  const guess = local - utcOffset(local, timeZone);
  return local - utcOffset(guess, timeZone);
}
