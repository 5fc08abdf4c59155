import { backoffMs } from "../../http/retry.ts";
import { LONGEST_WAIT_MS } from "../../http/circuit-breaker.ts";
import type { Failure } from "./failure.ts";
import { isDaily } from "./error-answer.ts";
import { toldMs } from "./unavailable.ts";

/** Has HubSpot said that it takes no call before a time that no call should wait for: the day's end, a move's? */
export function staysAway(failure: Failure): boolean {
  const daily = failure.kind === "answered" && failure.status === 429 && isDaily(failure.error);
  return daily || (toldMs(failure) ?? 0) > LONGEST_WAIT_MS;
}

/** How long a rate limit, or a short lock, asks to wait; null where it is none that passes soon. */
export function limitedForMs(failure: Failure): number | null {
  if (failure.kind === "unreadable" && failure.status === 429) return toldMs(failure) ?? 10_000;
  if (failure.kind !== "answered") return null;
  const { status, error, retryAfterMs: told } = failure;
  if (status === 423) return Math.max(2_000, told ?? 0);
  if (status !== 429) return null;
  if (told !== null) return told;
  // A search has no policy name in its 429, only this sentence.
  return /\bsecondly limit/.test(error.message ?? "") && error.policyName !== "TEN_SECONDLY_ROLLING"
    ? backoffMs(1, { first: 2_000, longest: 2_000 })
    : 10_000;
}

/** Will the same call succeed later without anybody doing anything? */
export function isPassing(failure: Failure): boolean {
  if (failure.kind === "answered") return failure.status >= 500 || failure.status === 408;
  return failure.kind !== "no_token";
}

/** May a write that failed like this have been done all the same? */
export function mayBeDone(failure: Failure): boolean {
  switch (failure.kind) {
    case "not_sent":
    case "no_token":
      return false;
    case "lost":
      return true;
    case "answered":
      return failure.status >= 500 || failure.status === 408;
    case "unreadable":
      // A proxy's 429 or 403 kept the call from HubSpot; anything else proves nothing.
      return failure.status !== 429 && failure.status !== 403;
  }
}

/** Is an answer with this status about what was asked, and not about who asks? */
export function isAboutRequest(status: number): boolean {
  return status >= 400 && status < 500 && ![401, 403, 408, 429, 477].includes(status);
}
