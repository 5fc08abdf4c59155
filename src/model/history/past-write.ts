import type { Value } from "../value.ts";

/** A field that Tandem wrote to a contact not long ago, on either side. */
export interface PastWrite {
  /** `FieldRule.key` */
  readonly field: string;
  /** What the side showed, and what it was sent. */
  readonly before: Value;
  readonly after: Value;
  /** ISO, UTC. */
  readonly at: string;
  /** How long ago that is, in milliseconds. */
  readonly ageMs: number;
  readonly run: string;
}
