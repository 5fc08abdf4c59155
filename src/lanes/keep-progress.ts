import type { Progress } from "../pull/run-context.ts";
import type { RunProgress } from "../store/runs/run-progress.ts";
import { saveProgress } from "../store/runs/run-progress.ts";
import type { Store } from "../store/database/store.ts";

/** Pages look no more often; a step tells many times a second. */
const EVERY_MS = 2_000;

/**
 * Keeps in the database how far a run has come, for a page in whichever process: at most every two seconds, and each new
 * step at once. What cannot be kept is not missed: the run itself tells of a database that is away.
 */
export function keepProgress(store: Store, now: () => Date): (step: Progress) => void {
  let last: RunProgress | null = null;
  return ({ step, side, done, total }) => {
    const at = now();
    const same = last !== null && last.step === step && last.side === side && done >= last.done;
    if (same && at.getTime() - (last?.at.getTime() ?? 0) < EVERY_MS) return;
    const since = same && last !== null ? last.since : at;
    const from = same && last !== null ? last.from : done;
    last = { step, side, done, total, since, from, at };
    saveProgress(store, last).catch(() => {});
  };
}
