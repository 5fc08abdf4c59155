/** How far a system's clock is from ours, from the `Date` of its answers. */
export interface ClockSkew {
  /** @param date the header as it came; `begun` and `ended` are ours, milliseconds since 1970 */
  note(date: string | null | undefined, begun: number, ended: number): void;
  /** At the last answer that told: how far theirs is ahead of ours, negative where it is behind. */
  ms(): number;
}

/** The header has whole seconds, cut off. */
const SECOND = 1_000;

/** The clock of an answer was read at some moment of its call: only what the call and a second do not explain counts. */
export function clockSkew(): ClockSkew {
  let last = 0;
  return {
    note(date, begun, ended) {
      const theirs = Date.parse(date ?? "");
      if (Number.isNaN(theirs)) return;
      const behind = Math.max(0, begun - (theirs + SECOND));
      last = behind > 0 ? -behind : Math.max(0, theirs - ended);
    },
    ms: () => last,
  };
}
