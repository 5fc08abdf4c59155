const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/**
 * Milliseconds until the next midnight in a time zone, where HubSpot's daily quota starts anew; an hour where the zone
 * is unknown, so that an account is asked at most once an hour whether it may go on.
 */
export function untilMidnightMs(now: number, timeZone: string | null): number {
  if (timeZone === null) return HOUR;
  try {
    const parts = new Intl.DateTimeFormat("en-GB", {
      timeZone,
      hourCycle: "h23",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    }).formatToParts(now);
    const part = (type: string): number => Number(parts.find((each) => each.type === type)?.value ?? 0);
    const passed = ((part("hour") * 60 + part("minute")) * 60 + part("second")) * 1000;
    // On the two days a year with another length this is an hour off; the next 429 says so.
    return DAY - passed;
  } catch {
    return HOUR;
  }
}
