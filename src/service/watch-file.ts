import { statSync, watch } from "node:fs";
import { dirname } from "node:path";

/** Editors write a file in several steps: what is told within this time is one change. */
const SETTLE_MS = 300;
/** What could not be taken up is tried again: a database that is away now may be back. */
const AGAIN_MS = 5_000;

interface WatchOptions {
  /** Told why a change could not be taken up; it is tried again. */
  readonly failed: (error: unknown) => void;
  readonly againMs?: number;
}

/**
 * Calls `changed` when a file was written, replaced or removed, until the answer is called. Its folder is watched: most
 * editors replace a file, and a watch on the file itself would stay with the old one. What is told of the folder is held
 * against the file itself: where it is a link, as in a container's mounted configuration, only what it leads to changes.
 * Never calls while a call is under way; what happens meanwhile is one more call after it.
 */
export function watchFile(
  path: string,
  changed: () => Promise<void>,
  { failed, againMs = AGAIN_MS }: WatchOptions,
): () => void {
  let known = stamp(path);
  let timer: NodeJS.Timeout | null = null;
  let running = false;
  let again = false;
  let ended = false;
  const soon = (ms: number): void => {
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(() => void run(), ms);
  };
  const run = async (): Promise<void> => {
    if (running) {
      again = true;
      return;
    }
    running = true;
    again = false;
    try {
      await changed();
    } catch (error) {
      failed(error);
      if (!ended) soon(againMs);
    }
    running = false;
    if (again) await run();
  };
  const watcher = watch(dirname(path), () => {
    const now = stamp(path);
    if (now === known) return;
    known = now;
    soon(SETTLE_MS);
  });
  return () => {
    ended = true;
    watcher.close();
    if (timer !== null) clearTimeout(timer);
  };
}

/** Another one for every state of the file that could be told apart without reading it. */
function stamp(path: string): string {
  const there = statSync(path, { throwIfNoEntry: false });
  return there === undefined ? "gone" : `${there.ino} ${there.mtimeMs} ${there.ctimeMs} ${there.size}`;
}
