const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A length of time: `12 s`, `4 min`, `2 h`, `3 days`. Never `1m`, which a screen reader reads as a meter. */
export function span(milliseconds: number): string {
  if (milliseconds < MINUTE) return `${Math.max(1, Math.floor(milliseconds / SECOND))} s`;
  if (milliseconds < HOUR) return `${Math.floor(milliseconds / MINUTE)} min`;
  if (milliseconds < 2 * DAY) return `${Math.floor(milliseconds / HOUR)} h`;
  return `${Math.floor(milliseconds / DAY)} days`;
}

/** How long ago, or how far ahead: `4 min ago`, `in 2 h`. */
export function fromNow(time: Date, now: Date): string {
  const past = now.getTime() - time.getTime();
  if (Math.abs(past) < SECOND) return "just now";
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
