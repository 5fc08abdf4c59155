import type { Timing } from "../../src/connectors/http/rate-limiter.ts";

/** A clock that jumps to the next sleeper's time whenever nothing else is left to do. */
export interface VirtualTime extends Timing {
  /** Every wait asked for, in milliseconds. */
  readonly slept: number[];
  advance(milliseconds: number): void;
}

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

export function virtualTime(start = Date.parse("2026-11-22T10:00:00Z")): VirtualTime {
  let time = start;
  const sleepers = new Set<Sleeper>();
  const slept: number[] = [];
  let scheduled = false;

  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      const [next] = [...sleepers].sort((one, other) => one.at - other.at);
      if (next === undefined) return;
      time = Math.max(time, next.at);
      sleepers.delete(next);
      next.wake();
      if (sleepers.size > 0) schedule();
    });
  }

  return {
    slept,
    now: () => time,
    advance: (milliseconds) => void (time += milliseconds),
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason as Error);
        slept.push(milliseconds);
        const sleeper: Sleeper = { at: time + milliseconds, wake: resolve };
        sleepers.add(sleeper);
        signal.addEventListener("abort", () => sleepers.delete(sleeper) && reject(signal.reason as Error), {
          once: true,
        });
        schedule();
      }),
  };
}
