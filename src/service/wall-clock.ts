import type { Mapping } from "../model/mapping.ts";
import { isQuiet } from "../model/quiet-time.ts";

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/** Is it one of the mapping's quiet times? Clocks that go forward or back are the time zone's business. */
export function isQuietNow({ schedule, timezone }: Mapping, now: Date): boolean {
  if (schedule.quiet.length === 0) return false;
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: timezone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).formatToParts(now);
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? "";
  const minute = Number(part("hour")) * 60 + Number(part("minute"));
  return isQuiet(schedule.quiet, DAYS.indexOf(part("weekday")), minute);
}
