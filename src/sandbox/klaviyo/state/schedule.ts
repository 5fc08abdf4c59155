import type { Task } from "./task.ts";
import type { VendorTime } from "./vendor-time.ts";

/** What Klaviyo does later: jobs, lags, merges. Nothing runs by itself; due work is done before the next look. */
export interface Schedule {
  after(milliseconds: number, task: Task): void;
  /** Does everything that has fallen due, in the order it fell due, each at its own time. */
  settle(): void;
}

/** Work that is not due yet. `due`: milliseconds since 1970. */
export interface Waiting {
  readonly due: number;
  readonly task: Task;
}

/** @param waiting in the order it falls due; changed in place */
export function schedule(time: VendorTime, waiting: Waiting[], run: (task: Task) => void): Schedule {
  return {
    after(milliseconds, task) {
      const due = time.millis() + milliseconds;
      let at = waiting.length;
      while (at > 0 && (waiting[at - 1]?.due ?? 0) > due) at -= 1;
      waiting.splice(at, 0, { due, task });
    },
    settle() {
      const now = time.millis();
      for (let next = waiting[0]; next !== undefined && next.due <= now; next = waiting[0]) {
        waiting.shift();
        const { due, task } = next;
        time.asOf(due, () => run(task));
      }
    },
  };
}
