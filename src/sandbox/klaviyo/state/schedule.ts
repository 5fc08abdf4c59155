import type { VendorTime } from "./vendor-time.ts";

/** What Klaviyo does later: jobs, lags, merges. Nothing runs by itself; due work is done before the next look. */
export interface Schedule {
  after(milliseconds: number, act: () => void): void;
  /** Does everything that has fallen due, in the order it fell due, each at its own time. */
  settle(): void;
}

export function schedule(time: VendorTime): Schedule {
  const waiting: { due: number; act: () => void }[] = [];
  return {
    after(milliseconds, act) {
      const due = time.millis() + milliseconds;
      let at = waiting.length;
      while (at > 0 && (waiting[at - 1]?.due ?? 0) > due) at -= 1;
      waiting.splice(at, 0, { due, act });
    },
    settle() {
      const now = time.millis();
      for (let next = waiting[0]; next !== undefined && next.due <= now; next = waiting[0]) {
        waiting.shift();
        time.asOf(next.due, next.act);
      }
    },
  };
}
