/** How `exact` writes a time, in any sentence. */
const UTC_TIME = /\b(\d{4}-\d\d-\d\d) (\d\d:\d\d) UTC\b/g;

const FORMATS = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = FORMATS.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZoneName: "short",
  });
  FORMATS.set(zone, made);
  return made;
}

/** To the minute, with its zone: `2026-11-01 10:00 GMT+2`, `2026-11-01 03:00 EST`. */
export function localTime(time: Date, zone: string): string {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(time)
      .map(({ type, value }) => [type, value]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? "";
  const day = `${part("year").padStart(4, "0")}-${part("month")}-${part("day")}`;
  return `${day} ${part("hour")}:${part("minute")} ${part("timeZoneName")}`;
}

/**
 * The times of a sentence in the mapping's zone. Sentences are stored with their times in UTC, and read in whichever zone
 * the mapping has at the moment.
 */
export function withLocalTimes(text: string, zone: string): string {
  if (zone === "UTC" || !text.includes(" UTC")) return text;
  return text.replaceAll(UTC_TIME, (written: string, day: string, clock: string) => {
    const time = new Date(`${day}T${clock}:00Z`);
    return Number.isNaN(time.getTime()) ? written : localTime(time, zone);
  });
}
