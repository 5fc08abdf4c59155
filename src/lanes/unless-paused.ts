import { openStore } from "../store/runs/connections.ts";
import { readPause } from "../store/runs/pauses.ts";
import type { Deps } from "./deps.ts";
import { keepProgress } from "./keep-progress.ts";
/** So soon a run notices that somebody paused, in whichever process they did. */
const CHECK_EVERY_MS = 3_000;

/**
 * Runs a lane unless the connection is paused; one that is paused meanwhile ends at its next page, with all that it sent
 * settled. How far it comes is kept for the pages.
 *
 * @returns `null` where the pause had it
 */
export async function unlessPaused<T>(
  deps: Deps,
  name: string,
  work: (deps: Deps) => Promise<T>,
): Promise<T | null> {
  const { database, now } = deps;
  const store = await openStore(database, name);
  const isPaused = async (): Promise<boolean> => (await readPause(store, now())) !== null;
  if (await isPaused()) return null;
  const paused = new AbortController();
  const watch = setInterval(() => {
    // A database that is away is told by the run.
    isPaused().then(
      (yes) => yes && paused.abort(new Error("paused by a person")),
      () => {},
    );
  }, CHECK_EVERY_MS);
  const keep = keepProgress(store, now);
  try {
    return await work({
      ...deps,
      stopping: AbortSignal.any([deps.stopping, paused.signal]),
      progress: (step) => {
        deps.progress(step);
        keep(step);
      },
    });
  } catch (error) {
    if (error === paused.signal.reason && !deps.stopping.aborted) return null;
    throw error;
  } finally {
    clearInterval(watch);
  }
}
