import type { Problem } from "./problem.ts";
import type { Value } from "./value.ts";

/**
 * A value that a side would not take. It is not sent again until it changes, its waiting time is over, or a person asks:
 * what was refused once is refused again.
 */
export interface RejectedValue {
  readonly value: Value;
  readonly problem: Problem;
}

/** By `refusalKey`. */
export type RejectedValues = Readonly<Record<string, RejectedValue>>;
