import type { z } from "zod";
import { PermitExpired } from "../../permit.ts";
import type { ConnectorLog } from "../../http/connector-log.ts";
import type { ApiHealth, MadeCall, Quota } from "../../../model/watch/api-health.ts";
import { endpointStats } from "../../http/endpoint-stats.ts";
import { clockSkew } from "../../http/clock-skew.ts";
import type { RateLimiter, Timing } from "../../http/rate-limiter.ts";
import { rateLimiter } from "../../http/rate-limiter.ts";
import type { RetryDecision } from "../../http/retry.ts";
import { backoffMs, callWithRetry } from "../../http/retry.ts";
import type { CircuitBreaker } from "../../http/circuit-breaker.ts";
import { circuitBreaker, LONGEST_WAIT_MS } from "../../http/circuit-breaker.ts";
import type { Call, Mutation, RawAnswer } from "./put-together.ts";
import { KlaviyoFailure, TOO_LATE, malformed } from "../problems/failure.ts";
import type { OperationName } from "./operations.ts";
import { windowsOf } from "./operations.ts";
import { stopsTheSide, unavailable } from "../problems/problems.ts";

export interface CallsDeps extends Timing {
  /** The part of each of the account's limits that may be used, 0–1. */
  readonly share: number;
  readonly log: ConnectorLog;
  readonly told?: ((call: MadeCall) => void) | undefined;
}

export interface Answer<T> {
  readonly data: T;
  /** The server's time of the answer in milliseconds since 1970; our own where it did not say. */
  readonly at: number;
}

export interface Calls {
  /**
   * A call that changes nothing, repeated while that may help. Rejects with `SystemUnavailable`, but for a refusal with
   * one of the `expected` statuses: with `KlaviyoFailure`. A 403 may be expected too, unless a firewall sent it.
   */
  read<T>(
    call: Call,
    schema: z.ZodType<T>,
    signal: AbortSignal,
    expected?: readonly number[],
  ): Promise<Answer<T>>;
  /**
   * A call that changes something; repeated only where it certainly was not done, or where doing it twice is doing it
   * once (`idempotent`). Rejects with `SystemUnavailable` where nothing was done and nobody can, otherwise with
   * `KlaviyoFailure`; with `DoneBefore` where it ends so, or by the signal, after an attempt that may have been done. The signal ends the waiting, never a call under way: an answer that is lost must be looked for.
   *
   * @param prepare asked before each attempt, once its budget is granted; `null`: there is nothing left to send
   * @returns `null` where nothing was sent
   */
  write<T>(
    operation: OperationName,
    prepare: Prepare,
    schema: z.ZodType<T>,
    signal: AbortSignal,
    options?: { readonly idempotent: boolean },
  ): Promise<Answer<T> | null>;
  requests(): ReadonlyMap<string, number>;
  /** How far Klaviyo's clock is from ours, in milliseconds. */
  skewMs(): number;
  /** See `Connector.quotas`. */
  quotas(): readonly Quota[];
  /** See `Connector.health`. */
  health(): ApiHealth;
  readonly log: ConnectorLog;
}

/** Gets a permit and builds the request with it; `null` where there is nothing left to send. */
export type Prepare = () => Promise<Mutation | null>;

/** A call that was repeated has ended by its cause, and an earlier attempt of it may have been done. */
export class DoneBefore extends Error {
  constructor(reason: unknown) {
    super("an earlier attempt may have been done", { cause: reason });
    this.name = "DoneBefore";
  }
}

const ATTEMPTS = 4;
/** A throttled call was not done and will be let in: it is worth more patience than a broken one. */
const THROTTLED_ATTEMPTS = 8;
/** Each costs its whole time: three of 30 s, and the lane's watchdog need not come. */
const LATE_ATTEMPTS = 3;
const BACKOFF = { first: 500, longest: 20_000 };

/** Paces, repeats, counts and understands calls to one account. */
export function calls({ share, now, steady = now, sleep, log, told: toldOf }: CallsDeps): Calls {
  const timing = { now, steady, sleep };
  const limiters = new Map<string, RateLimiter>();
  /** Klaviyo's limits, and so its Retry-After, are each operation's own. */
  const breakers = new Map<string, CircuitBreaker>();
  const counts = new Map<string, number>();
  const quotas = new Map<string, Quota>();
  const skew = clockSkew();
  const stats = endpointStats(steady, toldOf);

  const limiterOf = (operation: Call["operation"]): RateLimiter => {
    const known = limiters.get(operation);
    if (known !== undefined) return known;
    const made = rateLimiter(windowsOf(operation), { ...timing, share });
    limiters.set(operation, made);
    return made;
  };

  const breakerOf = (operation: Call["operation"]): CircuitBreaker => {
    const known = breakers.get(operation) ?? circuitBreaker(timing);
    breakers.set(operation, known);
    return known;
  };

  /** Waits for the budget of one attempt. */
  async function turn(operation: OperationName, signal: AbortSignal): Promise<void> {
    await limiterOf(operation).take(signal);
    breakerOf(operation).pass();
  }

  /** One attempt that changes something. Its permit comes after the wait for its turn, never before. */
  async function onceWritten<T>(
    operation: OperationName,
    prepare: Prepare,
    schema: z.ZodType<T>,
    signal: AbortSignal,
  ): Promise<Answer<T> | null> {
    await turn(operation, signal);
    const mutation = await prepare();
    return mutation === null ? null : answered(operation, () => mutation.mutate(), schema);
  }

  /** One request: counted, and its answer understood. */
  async function answered<T>(
    operation: OperationName,
    send: () => Promise<RawAnswer>,
    schema: z.ZodType<T>,
  ): Promise<Answer<T>> {
    const pace = limiterOf(operation);
    counts.set(operation, (counts.get(operation) ?? 0) + 1);
    const begun = now();
    const answer = await stats.timed(operation, send, statusOf);
    const told = learn(pace, answer);
    if (told !== null) {
      const name = `${operation}, ${told.seconds === "1" ? "per second" : "per minute"}`;
      quotas.set(name, { name, limit: told.limit, left: told.left, at: now() });
    }
    skew.note(answer.header("date"), begun, now());
    const parsed = schema.safeParse(answer.body);
    if (!parsed.success) {
      stats.spoilt(operation);
      throw malformed(operation, answer.body);
    }
    breakerOf(operation).worked();
    return { data: parsed.data, at: skew.at(answer.header("date"), now()) };
  }

  const classify =
    (pace: RateLimiter, operation: string, repeatable: boolean) =>
    (error: unknown, attempt: number): RetryDecision => {
      if (error instanceof PermitExpired) return { retry: true, waitMs: 0, attempts: ATTEMPTS };
      if (!(error instanceof KlaviyoFailure)) return { retry: false };
      const { kind, status, retryAfterMs, notSent, ambiguous, code } = error;
      const waitMs = retryAfterMs ?? backoffMs(attempt, BACKOFF);
      if (waitMs > LONGEST_WAIT_MS) return { retry: false };
      if (status === 429) {
        pace.pause(waitMs);
        if (attempt < THROTTLED_ATTEMPTS)
          log("Klaviyo throttled a call, which is repeated", { operation, attempt, waitMs });
        return { retry: true, waitMs, attempts: THROTTLED_ATTEMPTS };
      }
      if (kind === "unsendable" || !(notSent || (repeatable && ambiguous))) return { retry: false };
      const attempts = code === TOO_LATE ? LATE_ATTEMPTS : ATTEMPTS;
      if (attempt < attempts)
        log("a call to Klaviyo failed and is repeated", { operation, attempt, status, code });
      return { retry: true, waitMs, attempts };
    };

  const repeated = async <A>(
    operation: OperationName,
    once: () => Promise<A>,
    signal: AbortSignal,
    repeatable: boolean,
  ): Promise<A> => {
    try {
      return await callWithRetry(once, {
        classify: classify(limiterOf(operation), operation, repeatable),
        sleep,
        signal,
      });
    } catch (error) {
      const told = error instanceof KlaviyoFailure ? (error.retryAfterMs ?? 0) : 0;
      if (told > LONGEST_WAIT_MS) breakerOf(operation).trip(unavailable(error as KlaviyoFailure));
      throw error;
    }
  };

  return {
    async read(call, schema, signal, expected = []) {
      try {
        const once = async () => {
          await turn(call.operation, signal);
          return answered(call.operation, () => call.send(signal), schema);
        };
        return await repeated(call.operation, once, signal, true);
      } catch (error) {
        if (!(error instanceof KlaviyoFailure)) throw error;
        const { status, html, kind } = error;
        const forbidden = kind === "answered" && status === 403 && !html;
        const stops = stopsTheSide(error) && !forbidden;
        throw expected.includes(status ?? 0) && !stops ? error : unavailable(error);
      }
    },
    async write(operation, prepare, schema, signal, { idempotent } = { idempotent: false }) {
      let mayBeDone = false;
      const once = async () => {
        try {
          return await onceWritten(operation, prepare, schema, signal);
        } catch (error) {
          mayBeDone ||= error instanceof KlaviyoFailure && error.ambiguous;
          throw error;
        }
      };
      try {
        return await repeated(operation, once, signal, idempotent);
      } catch (error) {
        // Only what was certainly not sent, or may be sent twice, is followed by another attempt.
        if (error instanceof PermitExpired) return null;
        const reason = error instanceof KlaviyoFailure && stopsTheSide(error) ? unavailable(error) : error;
        throw mayBeDone && !(reason instanceof KlaviyoFailure) ? new DoneBefore(reason) : reason;
      }
    },
    requests: () => new Map(counts),
    skewMs: () => skew.ms(),
    quotas: () => [...quotas.values()],
    health: () => ({
      endpoints: stats.lastHour().map((endpoint) => ({
        ...endpoint,
        breaker: breakers.get(endpoint.endpoint)?.state() ?? { state: "closed" },
      })),
      paces: [...limiters].map(([name, limiter]) => ({ name, ...limiter.state() })),
    }),
    log,
  };
}

/** What of a call counts: 200 for an answer, since others are thrown; of a failure, whether anything was sent at all. */
function statusOf(end: { readonly answer: RawAnswer } | { readonly error: unknown }): number | null {
  if ("answer" in end) return 200;
  if (!(end.error instanceof KlaviyoFailure) || end.error.kind === "unsendable") return null;
  return end.error.status ?? 0;
}

/** Which limit an answer says how much is left of. */
interface Told {
  /** Of its window, as the header has it. */
  readonly seconds: string;
  readonly limit: number;
  readonly left: number;
}

/**
 * `RateLimit-Limit: 75, 75;w=1, 750;w=60`: the limit that the other two headers are about, then all of them. The
 * documentation says those are about the minute, recordings show the second; the first number tells.
 */
function learn(pace: RateLimiter, { header }: RawAnswer): Told | null {
  let told: Told | null = null;
  const [current, ...policies] = (header("ratelimit-limit") ?? "").split(",").map((part) => part.trim());
  const remaining = header("ratelimit-remaining");
  for (const policy of policies) {
    const parts = /^(\d+);w=(\d+)$/.exec(policy);
    if (parts === null) continue;
    const [, limit = "", seconds = ""] = parts;
    const left =
      limit === current && remaining !== null && /^\d+$/.test(remaining) ? Number(remaining) : null;
    pace.learn(seconds, { calls: Number(limit), ...(left === null ? {} : { remaining: left }) });
    if (left !== null) told = { seconds, limit: Number(limit), left };
  }
  return told;
}
