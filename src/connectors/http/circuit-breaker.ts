import { SystemUnavailable } from "../../model/problem.ts";
import type { BreakerState } from "../../model/watch/api-health.ts";
import type { Timing } from "./rate-limiter.ts";

/** Stops calls to a system that said when it will take them again. */
export interface CircuitBreaker {
  /** Throws what opened the circuit, with the time that is left, while it is open. */
  pass(): void;
  /** Sends nothing for `retryAfterMs`, or until it is time to try whether that still holds. */
  trip(out: SystemUnavailable): void;
  /** A call succeeded: a circuit that was half open is closed. */
  worked(): void;
  state(): BreakerState;
}

/** An account may get more calls before its day is over, so one call tries again after this time. */
const ASK_EVERY_MS = 60 * 60_000;

/**
 * A call does not wait longer than this, because nobody would see why a run makes no progress. It fails, and the circuit
 * stays open for that time.
 */
export const LONGEST_WAIT_MS = 90_000;

/** Lanes run every minute. Without this, each of them would spend a call on the same error. */
export function circuitBreaker({
  now: wall,
  steady: now = wall,
}: Pick<Timing, "now" | "steady">): CircuitBreaker {
  let last: { readonly out: SystemUnavailable; readonly opensAt: number; readonly askAt: number } | null =
    null;
  /** What opened the circuit, from its next try until a call succeeds. */
  let trying: SystemUnavailable | null = null;
  return {
    pass() {
      if (last === null) return;
      const { out, opensAt, askAt } = last;
      const time = now();
      if (time < askAt) throw new SystemUnavailable(out.side, out.problem, opensAt - time, out);
      trying = out;
      last = null;
    },
    trip(out) {
      const time = now();
      const forMs = out.retryAfterMs ?? 0;
      trying = null;
      last = { out, opensAt: time + forMs, askAt: time + Math.min(forMs, ASK_EVERY_MS) };
    },
    worked() {
      trying = null;
    },
    state() {
      const out = last?.out ?? trying;
      if (out === null) return { state: "closed" };
      const left = Math.max(0, (last?.askAt ?? 0) - now());
      const { code, title: reason } = out.problem;
      const state = last !== null && left > 0 ? "open" : "half_open";
      return { state, code, reason, nextTryAt: wall() + (last === null ? 0 : left) };
    },
  };
}
