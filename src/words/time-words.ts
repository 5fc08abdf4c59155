const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A length of time as one would say it: `4 minutes`, `2 hours`, `3 days`. Never `1m`, which is read out as a metre. */
export function span(milliseconds: number): string {
  if (milliseconds < MINUTE) return "less than a minute";
  if (milliseconds < HOUR) return counted(milliseconds / MINUTE, "minute");
  if (milliseconds < 2 * DAY) return counted(milliseconds / HOUR, "hour");
  return counted(milliseconds / DAY, "day");
}

/** How long ago, or how far ahead: `4 minutes ago`, `in 2 hours`. */
export function fromNow(time: Date, now: Date): string {
  const past = now.getTime() - time.getTime();
  return past >= 0 ? `${span(past)} ago` : `in ${span(-past)}`;
}

/** How long something took, to the second below an hour: `41 s`, `2 min 5 s`, `1 h 12 min`. */
export function took(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / SECOND));
  const minutes = Math.floor(seconds / 60);
  if (minutes === 0) return `${seconds} s`;
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** To the minute, in UTC, for everybody to compare: `2026-11-01 08:00 UTC`. */
export function exact(time: Date): string {
  return `${time.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

function counted(count: number, unit: string): string {
  const whole = Math.floor(count);
  return whole === 1 ? `1 ${unit}` : `${whole} ${unit}s`;
}
