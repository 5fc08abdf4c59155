/** The sandbox's own time: real time plus whatever a test has added, so that nobody has to wait for an hour to pass. */
export interface SandboxClock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
  /** Moves time on; it never goes back. */
  advance(milliseconds: number): void;
}

/** @param added milliseconds that this clock is ahead from the start */
export function sandboxClock(realNow: () => number = Date.now, added = 0): SandboxClock {
  return {
    now: () => realNow() + added,
    advance(milliseconds) {
      if (!(milliseconds >= 0)) throw new RangeError(`time cannot move by ${milliseconds} ms`);
      added += milliseconds;
    },
  };
}
