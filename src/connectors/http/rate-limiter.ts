import type { PaceState } from "../../model/watch/api-health.ts";

/** Time as it is given to a connector, so that a test can make an hour pass at once. */
export interface Timing {
  /** Milliseconds since 1970, UTC: for what a vendor calls a time. */
  readonly now: () => number;
  /**
   * Milliseconds, from any beginning, by a clock that nobody sets: for how long something takes or waits. A wall clock
   * that is set back by 20 minutes would hold a call for 20 minutes. Default: `now`, where nobody sets that either.
   */
  readonly steady?: () => number;
  /** Resolves after so many milliseconds; rejects with the signal's reason when that comes first. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** At most `calls` in `perMs`, as the vendor states it. */
export interface RateWindow {
  readonly name: string;
  /**
   * `rolling`: in any stretch of `perMs`. `fixed`: from one edge to the next. Where a vendor's edges are fixed but
   * unknown, `rolling` is the safe one; `learn` with `resetInMs` tells where they are.
   */
  readonly kind: "fixed" | "rolling";
  readonly calls: number;
  readonly perMs: number;
}

/** What an answer's headers said of one window. */
export interface Learned {
  /** The vendor's limit, before our share is taken of it. */
  readonly calls?: number;
  /** How many calls the vendor would still take now, from anybody. */
  readonly remaining?: number;
  /** Milliseconds until the vendor starts to count again. */
  readonly resetInMs?: number;
}

/** Paces the calls to one endpoint, or to one group of endpoints that share a limit, of one account. */
export interface RateLimiter {
  /** Resolves when a call may go, first come first served; the call counts from then on. Rejects when aborted. */
  take(signal: AbortSignal): Promise<void>;
  /** An unknown window's name is ignored: vendors add headers. */
  learn(window: string, learned: Learned): void;
  /** Nothing goes for so long. A shorter pause never cuts a longer one. Milliseconds. */
  pause(forMs: number): void;
  /** What would go now, for people to see. */
  state(): Omit<PaceState, "name">;
}

interface Counter {
  readonly name: string;
  readonly kind: "fixed" | "rolling";
  readonly perMs: number;
  /** The vendor's limit; ours is `share` of it. */
  calls: number;
  /** When each counted call went, oldest first; in a fixed window those since its last edge. */
  taken: number[];
  /** The next edge of a fixed window. */
  edge: number;
}

interface Waiter {
  readonly signal: AbortSignal;
  readonly go: () => void;
  readonly fail: (reason: unknown) => void;
}

/**
 * A rate limiter over several windows at once: a call goes when every one of them has room.
 *
 * `share` (0 < share ≤ 1) is the part of each limit that may be used, so that the account's other tools keep theirs.
 * Pacing before sending, instead of retrying after a 429, is what keeps the share of errors near zero.
 */
export function rateLimiter(
  windows: readonly RateWindow[],
  { share, now: wall, steady: now = wall, sleep }: Timing & { readonly share: number },
): RateLimiter {
  if (!(share > 0 && share <= 1))
    throw new RangeError(`the share of a quota is above 0 and at most 1, not ${share}`);
  const counters: readonly Counter[] = windows.map((window) => ({ ...window, taken: [], edge: 0 }));
  const waiting: Waiter[] = [];
  let pausedUntil = Number.NEGATIVE_INFINITY;
  let pumping = false;

  function waitMs(time: number): number {
    return Math.max(pausedUntil - time, ...counters.map((counter) => waitOf(counter, share, time)), 0);
  }

  /** One loop serves all who wait, in order; it ends when nobody does. */
  async function pump(): Promise<void> {
    try {
      for (let first = waiting[0]; first !== undefined; first = waiting[0]) {
        const time = now();
        const wait = waitMs(time);
        if (wait <= 0) {
          for (const counter of counters) counter.taken.push(time);
          waiting.shift();
          first.go();
          continue;
        }
        try {
          await sleep(wait, first.signal);
        } catch (reason) {
          // A call that gave up while first in line has left the queue by itself; the next one is looked at afresh.
          if (!first.signal.aborted) waiting.shift()?.fail(reason);
        }
      }
    } finally {
      pumping = false;
    }
  }

  return {
    take(signal) {
      return new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason as Error);
        const leave = (): void => {
          waiting.splice(waiting.indexOf(waiter), 1);
          reject(signal.reason as Error);
        };
        const waiter: Waiter = {
          signal,
          go() {
            signal.removeEventListener("abort", leave);
            resolve();
          },
          fail(reason) {
            signal.removeEventListener("abort", leave);
            reject(reason);
          },
        };
        signal.addEventListener("abort", leave, { once: true });
        waiting.push(waiter);
        if (pumping) return;
        pumping = true;
        void pump();
      });
    },
    learn(name, learned) {
      const counter = counters.find((each) => each.name === name);
      if (counter !== undefined) learn(counter, learned, share, now());
    },
    pause(forMs) {
      pausedUntil = Math.max(pausedUntil, now() + forMs);
    },
    state() {
      const time = now();
      const windows = counters.map((counter) => {
        const { calls, perMs } = quota(counter, share);
        forget(counter, perMs, time);
        return { perMs, allowed: calls, left: Math.max(0, calls - counter.taken.length) };
      });
      return { windows, waiting: waiting.length, pausedMs: Math.max(0, Math.ceil(pausedUntil - time)) };
    },
  };
}

/** Our part of a window. A part below one call is one call in a longer time. */
function quota(counter: Counter, share: number): { calls: number; perMs: number } {
  const exact = counter.calls * share;
  if (exact >= 1) return { calls: Math.floor(exact), perMs: counter.perMs };
  return { calls: 1, perMs: counter.perMs / Math.max(exact, 1e-6) };
}

function forget(counter: Counter, perMs: number, time: number): void {
  if (counter.kind === "rolling") {
    const kept = counter.taken.findIndex((at) => at > time - perMs);
    counter.taken.splice(0, kept < 0 ? counter.taken.length : kept);
    return;
  }
  if (time < counter.edge) return;
  counter.taken = [];
  // Edges repeat: after a quiet stretch the next one is where it would have been, not where we woke up.
  const elapsed = counter.edge === 0 ? 0 : (time - counter.edge) % perMs;
  counter.edge = time - elapsed + perMs;
}

/** Milliseconds until this window has room for one more call; 0 or less: now. */
function waitOf(counter: Counter, share: number, time: number): number {
  const { calls, perMs } = quota(counter, share);
  forget(counter, perMs, time);
  if (counter.taken.length < calls) return 0;
  if (counter.kind === "fixed") return counter.edge - time;
  const leaving = counter.taken[counter.taken.length - calls] ?? time;
  return leaving + perMs - time;
}

function learn(
  counter: Counter,
  { calls, remaining, resetInMs }: Learned,
  share: number,
  time: number,
): void {
  if (calls !== undefined && calls > 0) counter.calls = calls;
  const ours = quota(counter, share);
  forget(counter, ours.perMs, time);
  if (resetInMs !== undefined && resetInMs >= 0 && counter.kind === "fixed") counter.edge = time + resetInMs;
  if (remaining === undefined || !(remaining >= 0)) return;
  // Others use the same quota: what they took is counted as if we had taken it now.
  const free = ours.calls - counter.taken.length;
  for (let missing = free - remaining; missing > 0; missing -= 1) counter.taken.push(time);
}
