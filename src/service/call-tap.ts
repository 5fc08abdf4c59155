import type { MadeCall } from "../model/watch/api-health.ts";
import type { Side } from "../model/side.ts";

/** Passes on every call that a process makes, whichever connector makes it. */
export interface CallTap {
  told(side: Side, call: MadeCall): void;
  /** @returns ends it */
  listen(listener: (side: Side, call: MadeCall) => void): () => void;
}

export function callTap(): CallTap {
  const listeners = new Set<(side: Side, call: MadeCall) => void>();
  return {
    told(side, call) {
      for (const listener of listeners) listener(side, call);
    },
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
