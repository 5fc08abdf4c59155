import type { z } from "zod";
import { PermitExpired } from "../../permit.ts";
import type { ApiHealth, MadeCall, Quota } from "../../../model/watch/api-health.ts";
import type { ConnectorLog } from "../../http/connector-log.ts";
import { clockSkew } from "../../http/clock-skew.ts";
import { endpointStats } from "../../http/endpoint-stats.ts";
import type { DayCount } from "../../http/day-budget.ts";
import { countHere, dayBudget } from "../../http/day-budget.ts";
import { rateLimiter } from "../../http/rate-limiter.ts";
import type { RateLimiter, Timing } from "../../http/rate-limiter.ts";
import { backoffMs, callWithRetry } from "../../http/retry.ts";
import type { RetryDecision } from "../../http/retry.ts";
import { circuitBreaker } from "../../http/circuit-breaker.ts";
import type { Call, Mutation } from "./put-together.ts";
import { CallFailed } from "../problems/failure.ts";
import type { Failure } from "../problems/failure.ts";
import { isAboutRequest, isPassing, limitedForMs, mayBeDone, staysAway } from "../problems/failure-kinds.ts";
import { PER_DAY, learn, quotasOf } from "./limit-headers.ts";
import type { VendorError } from "./parse.ts";
import { dayUsedUp } from "./day-used-up.ts";
import { quotaDay, untilMidnightMs } from "./midnight.ts";
import type { RawAnswer } from "./transport.ts";
import type { Answer } from "./understood.ts";
import { isUsable, statusOf, understood } from "./understood.ts";
import { isNoSuchPath, NO_WORDS, toldMs, unavailable } from "../problems/unavailable.ts";

/** Which refusals a read may end with: the rest is about the account, and stops the side. */
export type Expected = (status: number, error: VendorError) => boolean;

/** Calls that are paced, retried, counted and understood. */
export interface Calls {
  /**
   * Retries whatever may pass. Rejects with `CallFailed` where HubSpot refuses as is `expected`, by status or otherwise,
   * and with `SystemUnavailable` where it does not.
   */
  read<T>(
    call: Call,
    schema: z.ZodType<T>,
    signal: AbortSignal,
    expected?: readonly number[] | Expected,
  ): Promise<Answer<T>>;
  /**
   * Retries only what was certainly not done. Rejects with `CallFailed` where HubSpot refuses this very request (400, 404,
   * 409…), or where the write may be done (no answer, a 5xx); with `SystemUnavailable` where the account is out.
   *
   * @param prepare asked before each attempt, once its budget is granted; `null`: there is nothing left to send
   * @returns `null` where nothing was sent
   */
  write<T>(prepare: Prepare, schema: z.ZodType<T>, signal: AbortSignal): Promise<Answer<T> | null>;
  /** The account's time zone, once known: its daily quota starts again at its midnight. */
  learnTimeZone(timeZone: string | null): void;
  requests(): ReadonlyMap<string, number>;
  /** How far HubSpot's clock is from ours, in milliseconds. */
  skewMs(): number;
  /** See `Connector.quotas`. */
  quotas(): readonly Quota[];
  /** See `Connector.health`. */
  health(): ApiHealth;
}

/** Gets a permit and builds the request with it; `null` where there is nothing left to send. */
export type Prepare = () => Promise<Mutation | null>;

export interface CallsDeps extends Timing {
  /** The part of the account's quota that may be used, 0–1. */
  readonly apiShare: number;
  /** Default: counts only what this process calls. */
  readonly dayCount?: DayCount;
  readonly log: ConnectorLog;
  readonly told?: ((call: MadeCall) => void) | undefined;
}

/** The smallest plan's burst; the headers tell the true one with the first answer. */
export const BURST = { name: "burst", kind: "rolling", calls: 90, perMs: 10_000 } as const;
/** 5 a second for all apps of the account together; its answers carry no header to learn from. */
const SEARCH = { name: "search", kind: "rolling", calls: 4, perMs: 1_000 } as const;
const ATTEMPTS = 5;
const LIMITED_ATTEMPTS = 6;
const LATE_ATTEMPTS = 3; // Each costs its whole 30 s, and the lane's watchdog waits for two minutes.

/** Pacing, retries and counting for one account. */
export function calls(deps: CallsDeps): Calls {
  const { apiShare, now, steady = now, sleep, log, dayCount = countHere() } = deps;
  const timing = { now, steady, sleep };
  const burst = rateLimiter([BURST], { ...timing, share: apiShare });
  const search = rateLimiter([SEARCH], { ...timing, share: apiShare });
  const made = new Map<string, number>();
  const quotas = new Map<string, Quota>();
  const skew = clockSkew();
  const breaker = circuitBreaker(timing);
  const stats = endpointStats(steady, deps.told);
  let timeZone: string | null = null;
  // By HubSpot's clock: at its midnight, not at ours.
  const vendorNow = (): number => now() + skew.ms();
  const day = dayBudget({
    share: apiShare,
    count: dayCount,
    now: vendorNow,
    today: (time) => quotaDay(time, timeZone),
    out: (usedUp) => dayUsedUp(usedUp, vendorNow(), timeZone),
  });

  /** Waits for the budget of one attempt. */
  async function turn(pace: RateLimiter, signal: AbortSignal): Promise<void> {
    await pace.take(signal);
    // After the wait: a call that waited while the circuit opened is not sent either.
    breaker.pass();
    await day.take();
  }

  /** One attempt that changes something. Its permit comes after the wait for its turn, never before. */
  async function attemptWrite<T>(
    prepare: Prepare,
    schema: z.ZodType<T>,
    signal: AbortSignal,
  ): Promise<Answer<T> | null> {
    await turn(burst, signal);
    const mutation = await prepare();
    if (mutation === null) return null;
    return answered(mutation.operation, burst, () => mutation.mutate(signal), schema);
  }

  /** One request: counted, and its answer understood. */
  async function answered<T>(
    operation: string,
    pace: RateLimiter,
    send: () => Promise<RawAnswer>,
    schema: z.ZodType<T>,
  ): Promise<Answer<T>> {
    made.set(operation, (made.get(operation) ?? 0) + 1);
    const begun = now();
    const raw = await stats.timed(operation, send, statusOf);
    learn(pace, raw);
    for (const quota of quotasOf(raw, now())) {
      quotas.set(quota.name, quota);
      if (quota.name === PER_DAY) day.learn(quota);
    }
    skew.note(raw.headers["date"], begun, now());
    try {
      const answer = understood(operation, raw, schema, now(), skew);
      breaker.worked();
      return answer;
    } catch (error) {
      if (isUsable(raw.status)) stats.spoilt(operation);
      throw error;
    }
  }

  function classify(
    error: unknown,
    attemptNumber: number,
    writing: boolean,
    pace: RateLimiter,
  ): RetryDecision {
    if (error instanceof PermitExpired) return { retry: true, waitMs: 0, attempts: ATTEMPTS };
    if (!(error instanceof CallFailed)) return { retry: false };
    const { failure } = error;
    const decision = retryOf(failure, attemptNumber, writing, pace);
    if (decision.retry && attemptNumber < decision.attempts) {
      log("a call to HubSpot failed and is repeated", {
        system: "hubspot",
        operation: failure.operation,
        attempt: attemptNumber,
        kind: failure.kind,
        status: "status" in failure ? failure.status : null,
        waitMs: decision.waitMs,
      });
    }
    return decision;
  }

  function retryOf(
    failure: Failure,
    attemptNumber: number,
    writing: boolean,
    pace: RateLimiter,
  ): RetryDecision {
    if (failure.kind === "no_token" || staysAway(failure) || (!writing && isNoSuchPath(failure)))
      return { retry: false };
    const limited = limitedForMs(failure);
    if (limited !== null) {
      pace.pause(limited);
      return { retry: true, waitMs: limited, attempts: LIMITED_ATTEMPTS };
    }
    const told = toldMs(failure) ?? 0;
    pace.pause(told);
    if (!isPassing(failure) || (writing && mayBeDone(failure))) return { retry: false };
    const waitMs = Math.max(backoffMs(attemptNumber, { first: 1_000, longest: 60_000 }), told);
    const isLate = failure.kind === "lost" && failure.late === true;
    return { retry: true, waitMs, attempts: isLate ? LATE_ATTEMPTS : ATTEMPTS };
  }

  /** `expected`: how a read may end; `null` for a write. */
  async function make<A>(
    attempt: () => Promise<A>,
    pace: RateLimiter,
    signal: AbortSignal,
    expected: Expected | null,
  ): Promise<A> {
    const writing = expected === null;
    try {
      return await callWithRetry(attempt, {
        classify: (error, attemptNumber) => classify(error, attemptNumber, writing, pace),
        sleep,
        signal,
      });
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      const out = unavailable(error, () => untilMidnightMs(now(), timeZone));
      if (staysAway(error.failure)) breaker.trip(out);
      const { failure } = error;
      if (writing && mayBeDone(failure)) throw error;
      const mayEnd = expected ?? isAboutRequest;
      if (!writing && isNoSuchPath(failure) && mayEnd(404, NO_WORDS)) {
        const { operation, retryAfterMs: told } = failure;
        throw new CallFailed({
          kind: "answered",
          operation,
          status: 404,
          error: NO_WORDS,
          retryAfterMs: told,
        });
      }
      if (failure.kind === "answered" && mayEnd(failure.status, failure.error)) throw error;
      throw out;
    }
  }

  return {
    async read(call, schema, signal, expected = []) {
      const pace = call.pace === "search" ? search : burst;
      const attempt = async () => {
        await turn(pace, signal);
        return answered(call.operation, pace, () => call.send(signal), schema);
      };
      const mayEnd: Expected =
        typeof expected === "function" ? expected : (status) => expected.includes(status);
      return make(attempt, pace, signal, mayEnd);
    },
    async write(prepare, schema, signal) {
      try {
        return await make(() => attemptWrite(prepare, schema, signal), burst, signal, null);
      } catch (error) {
        if (error instanceof PermitExpired) return null;
        throw error;
      }
    },
    learnTimeZone: (zone) => void (timeZone = zone),
    requests: () => new Map(made),
    skewMs: () => skew.ms(),
    quotas() {
      const own = day.state();
      const share =
        own === null
          ? []
          : [{ name: "Tandem's share per day", limit: own.allowed, left: own.left, at: now() }];
      return [...quotas.values(), ...share];
    },
    health() {
      const state = breaker.state();
      return {
        endpoints: stats.lastHour().map((endpoint) => ({ ...endpoint, breaker: state })),
        paces: [
          { name: "all but searches", ...burst.state() },
          { name: "searches", ...search.state() },
        ],
      };
    },
  };
}
