/** The sandbox's own time: real time plus whatever a test has added, so that nobody has to wait for an hour to pass. */
export interface SandboxClock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
  /** Moves time on; it never goes back. */
  advance(milliseconds: number): void;
}

export function sandboxClock(realNow: () => number = Date.now): SandboxClock {
  let added = 0;
  return {
    now: () => realNow() + added,
    advance(milliseconds) {
      if (!(milliseconds >= 0)) throw new RangeError(`time cannot move by ${milliseconds} ms`);
      added += milliseconds;
    },
  };
}
