import type { RunCounts } from "../store/runs/runs.ts";

/** How old the readings of a run were when the writes that rest on them went. */
export interface ReadAges {
  /** @param count writes of that age */
  note(ageMs: number, count: number): void;
  /** Empty where nothing rested on a reading. */
  counts(): RunCounts;
}

/** No write rests on an older reading. Milliseconds. */
export const OLDEST_READ_MS = 10_000;

const STEP_MS = 10;

/** Kept as a histogram: a run may write millions of contacts. */
export function readAges(): ReadAges {
  const steps = new Map<number, number>();
  let [total, oldest] = [0, 0];
  return {
    note(age, count) {
      if (count === 0) return;
      const step = Math.ceil(age / STEP_MS);
      steps.set(step, (steps.get(step) ?? 0) + count);
      total += count;
      oldest = Math.max(oldest, Math.ceil(age));
    },
    counts() {
      if (total === 0) return {};
      return { oldest_read_ms: oldest, oldest_read_p99_ms: Math.min(percentile(steps, total, 0.99), oldest) };
    },
  };
}

function percentile(steps: ReadonlyMap<number, number>, total: number, share: number): number {
  let below = 0;
  for (const [step, count] of [...steps].sort(([one], [other]) => one - other)) {
    below += count;
    if (below >= total * share) return step * STEP_MS;
  }
  return 0;
}
