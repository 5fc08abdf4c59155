import type { Quota } from "../../../model/watch/api-health.ts";
import type { RateLimiter } from "../../http/rate-limiter.ts";
import type { RawAnswer } from "./transport.ts";

/** A number of HubSpot's rate limit headers. */
function limitHeader({ headers }: RawAnswer, name: string): number | undefined {
  const value = Number(headers[`x-hubspot-ratelimit-${name}`] ?? Number.NaN);
  return Number.isNaN(value) ? undefined : value;
}

/** The name of the daily quota. */
export const PER_DAY = "per day";

/** The limits that an answer tells of; one of an app with OAuth does not tell of the day. */
export function quotasOf(raw: RawAnswer, at: number): readonly Quota[] {
  const told = [
    { name: "per 10 seconds", limit: limitHeader(raw, "max"), left: limitHeader(raw, "remaining") },
    { name: PER_DAY, limit: limitHeader(raw, "daily"), left: limitHeader(raw, "daily-remaining") },
  ];
  return told.flatMap(({ name, limit, left }) =>
    limit === undefined || left === undefined ? [] : [{ name, limit, left, at }],
  );
}

/** Tells a rate limiter of the limit and of what others left of it. */
export function learn(pace: RateLimiter, raw: RawAnswer): void {
  const [calls, remaining] = [limitHeader(raw, "max"), limitHeader(raw, "remaining")];
  pace.learn("burst", {
    ...(calls === undefined ? {} : { calls }),
    ...(remaining === undefined ? {} : { remaining }),
  });
}
