import type { Problem } from "./problem.ts";
import type { Value } from "./value.ts";

/**
 * A value that a side would not take. It is not sent again until it changes, its waiting time is over, or a person asks:
 * what was refused once is refused again.
 */
export interface Refusal {
  readonly value: Value;
  readonly problem: Problem;
}

/** By `refusalKey`. */
export type Refusals = Readonly<Record<string, Refusal>>;
