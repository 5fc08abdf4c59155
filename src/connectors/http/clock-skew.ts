/** How far a system's clock is from ours, from the `Date` of its answers. */
export interface ClockSkew {
  /** @param date the header as it came; `begun` and `ended` are ours, milliseconds since 1970 */
  note(date: string | null | undefined, begun: number, ended: number): void;
  /** At the last answer that told: how far theirs is ahead of ours, negative where it is behind. */
  ms(): number;
  /**
   * The system's time of an answer that came at `now` of ours, for a cursor. A `Date` that differs from our clock and from
   * its own earlier answers by more than ten minutes moves none, until three answers running say the same.
   */
  at(date: string | null | undefined, now: number): number;
}

/** The header has whole seconds, cut off. */
const SECOND = 1_000;
const LARGEST_JUMP_MS = 10 * 60_000;
/** So many answers that agree are the system's clock, or ours, having been set. */
const AGREED = 3;

/** The clock of an answer was read at some moment of its call: only what the call and a second do not explain counts. */
export function clockSkew(): ClockSkew {
  let last = 0;
  let told = false;
  /** What answers say that are not trusted yet, and how many of them in a row. */
  let other = { ms: 0, times: 0 };

  const isJump = (ahead: number): boolean =>
    told && Math.abs(ahead) > LARGEST_JUMP_MS && Math.abs(ahead - last) > LARGEST_JUMP_MS;
  return {
    note(date, begun, ended) {
      const theirs = Date.parse(date ?? "");
      if (Number.isNaN(theirs)) return;
      const behind = Math.max(0, begun - (theirs + SECOND));
      const ahead = behind > 0 ? -behind : Math.max(0, theirs - ended);
      if (isJump(ahead)) {
        const same = other.times > 0 && Math.abs(ahead - other.ms) <= LARGEST_JUMP_MS;
        other = { ms: ahead, times: same ? other.times + 1 : 1 };
        if (other.times < AGREED) return;
      }
      other = { ms: 0, times: 0 };
      told = true;
      last = ahead;
    },
    ms: () => last,
    at(date, now) {
      const theirs = Date.parse(date ?? "");
      if (Number.isNaN(theirs)) return now;
      // The earlier of the two, because what is read twice costs nothing.
      return isJump(theirs - now) ? Math.min(theirs, now + last, now) : theirs;
    },
  };
}
