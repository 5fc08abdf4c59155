import type { SandboxClock } from "../../clock.ts";

/** Klaviyo counts in microseconds where it just wrote something; so does everything in here. */
export interface VendorTime {
  /** Microseconds since 1970, never the same twice: orders are total. */
  micros(): number;
  millis(): number;
  /** Acts as if it were `millis`: a job that fell due a while ago is done when somebody next looks. */
  asOf(millis: number, act: () => void): void;
}

/** @param given the last microsecond that was given out */
export function vendorTime(clock: SandboxClock, given: { last: number }): VendorTime {
  let pretended: number | null = null;
  const millis = (): number => pretended ?? clock.now();
  return {
    millis,
    micros() {
      given.last = Math.max(given.last + 1, Math.floor(millis()) * 1_000);
      return given.last;
    },
    asOf(moment, act) {
      const outer = pretended;
      pretended = moment;
      try {
        act();
      } finally {
        pretended = outer;
      }
    },
  };
}

/** Whole seconds of a time in microseconds: all that a GET shows, and all that filters compare. */
export function secondsOf(micros: number): number {
  return Math.floor(micros / 1_000_000);
}

/** `2026-09-04T13:39:33+00:00`, as GET answers carry it. */
export function inSeconds(micros: number): string {
  return `${new Date(secondsOf(micros) * 1_000).toISOString().slice(0, 19)}+00:00`;
}

/** `2026-09-04T13:39:33.601782+00:00`, as POST and PATCH answers and suppressions carry it. */
export function inMicros(micros: number): string {
  const fraction = String(Math.floor(micros % 1_000_000)).padStart(6, "0");
  return `${new Date(secondsOf(micros) * 1_000).toISOString().slice(0, 19)}.${fraction}+00:00`;
}

const ISO = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/** Microseconds of an ISO 8601 time, or null; a time without a zone is UTC. */
export function microsFrom(text: string): number | null {
  if (!ISO.test(text)) return null;
  const zoned = /(Z|[+-]\d{2}:?\d{2})$/.test(text) || text.length === 10 ? text : `${text}Z`;
  const fraction = /\.(\d+)/.exec(zoned)?.[1] ?? "";
  const millis = Date.parse(zoned.replace(/\.\d+/, ""));
  return Number.isNaN(millis) ? null : millis * 1_000 + Number(fraction.padEnd(6, "0").slice(0, 6));
}
