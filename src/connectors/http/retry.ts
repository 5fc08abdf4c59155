import pRetry from "p-retry";
import type { Timing } from "./rate-limiter.ts";

/** What to do about one failure. `attempts` counts all calls, the first one included. */
export type RetryDecision =
  { readonly retry: false } | { readonly retry: true; readonly waitMs: number; readonly attempts: number };

export interface RetryPolicy {
  /** Judges a failure; `attempt` is 1 after the first call. It knows what a vendor's Retry-After said. */
  readonly classify: (error: unknown, attempt: number) => RetryDecision;
  readonly sleep: Timing["sleep"];
  readonly signal: AbortSignal;
}

/**
 * Calls until it succeeds, the policy says no, or its attempts are used up; then throws the last failure as it was.
 * `call` must throw instances of Error. Aborting ends the waiting and any further attempt with the signal's reason.
 */
export async function callWithRetry<T>(
  call: (attempt: number) => Promise<T>,
  policy: RetryPolicy,
): Promise<T> {
  const { classify, sleep, signal } = policy;
  let again = false;
  // The signal is not given to p-retry: it would throw away the answer of a call that succeeded just before the abort,
  // and a write whose answer is lost is a write that may or may not have happened.
  return pRetry(
    async (attempt) => {
      signal.throwIfAborted();
      return call(attempt);
    },
    {
      retries: Infinity,
      // The vendor says how long to wait, and p-retry cannot be told: the wait is in onFailedAttempt, which it awaits.
      minTimeout: 0,
      async onFailedAttempt({ error, attemptNumber }) {
        const decision = classify(error, attemptNumber);
        again = decision.retry && attemptNumber < decision.attempts && !signal.aborted;
        if (decision.retry && again) await sleep(decision.waitMs, signal);
      },
      shouldRetry: () => again,
    },
  );
}

/** Milliseconds of an exponential backoff: `first` doubled per attempt up to `longest`, then 50–100 % of it. */
export function backoffMs(
  attempt: number,
  { first, longest, random = Math.random }: { first: number; longest: number; random?: () => number },
): number {
  const full = Math.min(longest, first * 2 ** (attempt - 1));
  // Spread out, so that several workers that failed together do not come back together.
  return Math.round(full * (0.5 + random() / 2));
}

/** Milliseconds that a Retry-After header asks for (seconds, or an HTTP date), or null where it says nothing usable. */
export function retryAfterMs(header: string | null | undefined, now: number): number | null {
  if (header === null || header === undefined || header.trim() === "") return null;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return seconds >= 0 ? Math.ceil(seconds * 1000) : null;
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
