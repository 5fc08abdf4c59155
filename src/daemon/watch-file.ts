import { watch } from "node:fs";
import { basename, dirname } from "node:path";

/** Editors write a file in several steps: what is told within this time is one change. */
const SETTLE_MS = 300;

/**
 * Calls `changed` when a file was written, replaced or removed, until the answer is called. Its folder is watched: most
 * editors replace a file, and a watch on the file itself would stay with the old one. Never calls while a call is under
 * way; what happens meanwhile is one more call after it.
 */
export function watchFile(path: string, changed: () => Promise<void>): () => void {
  const name = basename(path);
  let timer: NodeJS.Timeout | null = null;
  let running = false;
  let again = false;
  const run = async (): Promise<void> => {
    if (running) {
      again = true;
      return;
    }
    running = true;
    do {
      again = false;
      await changed();
    } while (again);
    running = false;
  };
  const watcher = watch(dirname(path), (_event, file) => {
    if (file !== name) return;
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(() => void run(), SETTLE_MS);
  });
  return () => {
    watcher.close();
    if (timer !== null) clearTimeout(timer);
  };
}
