/**
 * When a side came to hold the value that it shows of a field: after `after` and not later than `until`. A system with a
 * history of the property tells the moment itself, and the two are the same; of any other only the looks are known, the
 * last that showed another value and the first that showed this one.
 */
export interface EditTime {
  /** ISO, UTC. `null` where no look showed another value before. */
  readonly after: string | null;
  /** ISO, UTC. */
  readonly until: string;
  /** How far the side's clock was seen to be ahead of ours, in milliseconds; negative if behind. */
  readonly skewMs: number;
}

/** By `FieldRule.key`; only of fields whose winner is the newest. */
export type EditTimes = Readonly<Record<string, EditTime>>;
