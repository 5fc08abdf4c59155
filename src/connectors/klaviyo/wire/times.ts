import { canonicalDate } from "../../../model/value.ts";

const MOMENT = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:?\d{2})?)?$/;

/** ISO in UTC with milliseconds, Klaviyo's microseconds cut; `undefined` for what is no moment. */
export function momentFrom(native: string): string | undefined {
  const [, day = "", time = "00:00", zone = "Z"] = MOMENT.exec(native) ?? [];
  if (canonicalDate(day) === undefined) return undefined;
  const moment = new Date(`${day}T${time}${zone}`);
  return Number.isNaN(moment.getTime()) ? undefined : moment.toISOString();
}

/** The same of an attribute that may be anything; `null` for what is no moment. */
export function isoOf(native: unknown): string | null {
  return typeof native === "string" ? (momentFrom(native.trim()) ?? null) : null;
}
