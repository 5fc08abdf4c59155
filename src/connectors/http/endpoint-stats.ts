import type { CallStatus, EndpointHealth, MadeCall } from "../../model/watch/api-health.ts";

/** How the calls of the last hour went, by endpoint. */
export interface EndpointStats {
  /**
   * Makes a call and keeps how it went and how long it took.
   *
   * @param statusOf the HTTP status of an answer or of what was thrown; 0: no usable answer; `null`: nothing was sent
   */
  timed<T>(endpoint: string, send: () => Promise<T>, statusOf: StatusOf<T>): Promise<T>;
  /** An answer that was counted as usable turned out not to be. */
  spoilt(endpoint: string): void;
  /** Endpoints that were called in the last hour, by name. */
  lastHour(): readonly Omit<EndpointHealth, "breaker">[];
}

export type StatusOf<T> = (end: { readonly answer: T } | { readonly error: unknown }) => number | null;

const MINUTE_MS = 60_000;
const MINUTES = 60;
/** Durations are counted by steps of a fifth, from a millisecond to over two minutes. */
const STEP = Math.log(1.2);
const STEPS = 66;

interface Minute {
  /** Which minute of the clock these are of. */
  minute: number;
  calls: number;
  failed: number;
  readonly steps: Uint32Array;
}

/**
 * @param steady milliseconds by a clock that nobody sets
 * @param told called with each call
 */
export function endpointStats(
  steady: () => number,
  told: (call: MadeCall) => void = () => {},
): EndpointStats {
  const endpoints = new Map<string, Minute[]>();

  const minuteOf = (endpoint: string): Minute => {
    const minutes = endpoints.get(endpoint) ?? [];
    endpoints.set(endpoint, minutes);
    const minute = Math.floor(steady() / MINUTE_MS);
    const at = minute % MINUTES;
    const known = minutes[at];
    if (known?.minute === minute) return known;
    const fresh = { minute, calls: 0, failed: 0, steps: new Uint32Array(STEPS) };
    minutes[at] = fresh;
    return fresh;
  };

  const note = (endpoint: string, status: number, ms: number): void => {
    const failed = isFailed(status);
    const minute = minuteOf(endpoint);
    minute.calls += 1;
    if (failed) minute.failed += 1;
    const step = stepOf(ms);
    minute.steps[step] = (minute.steps[step] ?? 0) + 1;
    told({ endpoint, status: classOf(status), failed, ms });
  };

  return {
    async timed(endpoint, send, statusOf) {
      const begun = steady();
      const done = (status: number | null): void => {
        if (status !== null) note(endpoint, status, steady() - begun);
      };
      try {
        const answer = await send();
        done(statusOf({ answer }));
        return answer;
      } catch (error) {
        done(statusOf({ error }));
        throw error;
      }
    },
    spoilt(endpoint) {
      minuteOf(endpoint).failed += 1;
    },
    lastHour() {
      const oldest = Math.floor(steady() / MINUTE_MS) - MINUTES;
      return [...endpoints].flatMap(([endpoint, all]) => {
        const minutes = all.filter(({ minute }) => minute > oldest);
        const calls = sum(minutes, (one) => one.calls);
        if (calls === 0) return [];
        const failed = Math.min(
          calls,
          sum(minutes, (one) => one.failed),
        );
        return [{ endpoint, calls, failed, p50Ms: quantile(minutes, 0.5), p95Ms: quantile(minutes, 0.95) }];
      });
    },
  };
}

function isFailed(status: number): boolean {
  return status === 0 || status === 401 || status === 403 || status === 429 || status >= 500;
}

function classOf(status: number): CallStatus {
  if (status === 429) return "429";
  if (status >= 200 && status < 300) return "2xx";
  if (status >= 400 && status < 500) return "4xx";
  return status >= 500 ? "5xx" : "none";
}

function stepOf(ms: number): number {
  return Math.min(STEPS - 1, Math.max(0, Math.ceil(Math.log(Math.max(ms, 1)) / STEP)));
}

/** The upper end of the step in which the quantile is, less half a step. */
function quantile(minutes: readonly Minute[], part: number): number | null {
  const all = sum(minutes, ({ calls }) => calls);
  let seen = 0;
  for (let step = 0; step < STEPS; step += 1) {
    seen += sum(minutes, ({ steps }) => steps[step] ?? 0);
    if (seen >= all * part) return Math.round(Math.exp((step - 0.5) * STEP));
  }
  return null;
}

function sum(minutes: readonly Minute[], of: (minute: Minute) => number): number {
  return minutes.reduce((total, minute) => total + of(minute), 0);
}
