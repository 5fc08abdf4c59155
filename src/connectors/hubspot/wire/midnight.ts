import type { QuotaDay } from "../../http/day-budget.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/**
 * Milliseconds until the next midnight in a time zone, where HubSpot's daily quota starts again; an hour where the zone
 * is unknown, so that an account is asked at most once an hour whether it may continue.
 */
export function untilMidnightMs(now: number, timeZone: string | null): number {
  const parts = timeZone === null ? null : partsIn(now, timeZone);
  if (parts === null) return HOUR;
  const passed = ((parts.hour * 60 + parts.minute) * 60 + parts.second) * 1000;
  // On the two days a year with another length this is an hour off; the next 429 says so.
  return DAY - passed;
}

/** The day of HubSpot's daily quota that a moment is in; by UTC until the account's time zone is known. */
export function quotaDay(now: number, timeZone: string | null): QuotaDay {
  const zone = timeZone !== null && partsIn(now, timeZone) !== null ? timeZone : "UTC";
  const { year, month, day } = partsIn(now, zone) ?? { year: 1970, month: 1, day: 1 };
  const two = (part: number): string => String(part).padStart(2, "0");
  return { day: `${year}-${two(month)}-${two(day)}`, endsAt: now + untilMidnightMs(now, zone) };
}

type Part = "year" | "month" | "day" | "hour" | "minute" | "second";

/** @returns `null` for a zone that this machine does not know */
function partsIn(now: number, timeZone: string): Readonly<Record<Part, number>> | null {
  try {
    const parts = new Intl.DateTimeFormat("en-GB", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    }).formatToParts(now);
    const part = (type: Part): number => Number(parts.find((each) => each.type === type)?.value ?? 0);
    return {
      year: part("year"),
      month: part("month"),
      day: part("day"),
      hour: part("hour"),
      minute: part("minute"),
      second: part("second"),
    };
  } catch {
    return null;
  }
}
