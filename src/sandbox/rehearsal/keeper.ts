/** Saves from time to time, and once more at the end. */
export interface Keeper {
  /** Resolves when what was there at the call is on the disk. */
  save(): Promise<void>;
  /** Saves for the last time. */
  stop(): Promise<void>;
}

/** What changed is saved soon, so that a killed process loses next to nothing; */
const SOON_MS = 2_000;
/** what is only counted, such as calls and time, less often; */
const LATEST_MS = 30_000;
/** and however much there is to write, it must not take more than a tenth of the time. */
const SHARE = 10;

/**
 * @param write takes what is there at the call and writes it; `final` when nothing comes after it
 * @param changes how many changes there were so far
 * @param failed told why a save did not work; the next one is tried as usual
 */
export function keeper(
  write: (final: boolean) => Promise<void>,
  changes: () => number,
  failed: (error: unknown) => void,
): Keeper {
  let saved = { changes: changes(), at: performance.now(), tookMs: 0 };
  let writing: Promise<void> = Promise.resolve();
  const save = (final: boolean): Promise<void> => {
    const before = writing;
    const now = async (): Promise<void> => {
      await before.catch(() => {});
      const [count, begun] = [changes(), performance.now()];
      await write(final);
      const at = performance.now();
      saved = { changes: count, at, tookMs: at - begun };
    };
    return (writing = now());
  };
  let busy = false;
  const timer = setInterval(() => {
    const idle = performance.now() - saved.at;
    if (busy || idle < Math.max(saved.tookMs * SHARE, saved.changes === changes() ? LATEST_MS : SOON_MS))
      return;
    busy = true;
    save(false)
      .catch(failed)
      .finally(() => void (busy = false));
  }, SOON_MS / 4);
  timer.unref();
  return {
    save: () => save(false),
    stop() {
      clearInterval(timer);
      return save(true);
    },
  };
}
