import type { Side } from "./side.ts";

/** What a problem stops: everything with a side, one field for everybody, one contact, or one field of one contact. */
export type ProblemLevel = "connection" | "mapping" | "contact" | "field";

/** When the same thing is tried again without anybody asking. */
export type RetryPolicy = "soon" | "on_change" | "never";

/** Something a person can act on, in words that need no manual. A value: stored, counted, shown; never thrown. */
export interface Problem {
  /** Stable: `HS-…` HubSpot's, `KL-…` Klaviyo's, `SK-…` our own. */
  readonly code: string;
  readonly level: ProblemLevel;
  readonly side: Side | null;
  /** `FieldRule.key` where one field is meant, otherwise the side's property name if one was named. */
  readonly field: string | null;
  /** At most 60 characters. */
  readonly title: string;
  /** One or two sentences with the real values in them. */
  readonly explanation: string;
  /** What to do, a step each. Empty where nothing is to be done. */
  readonly fix: readonly string[];
  readonly retry: RetryPolicy;
  /** The vendor's own reference for its support (HubSpot correlationId, Klaviyo error id). */
  readonly reference: string | null;
}

/** A side cannot be used for now: the lane stops for that side, nothing becomes a row, one banner says so. */
export class SystemUnavailable extends Error {
  readonly side: Side;
  readonly problem: Problem;
  /** When to look again; `null` where only a person can help. */
  readonly retryAfterMs: number | null;

  constructor(side: Side, problem: Problem, retryAfterMs: number | null, cause?: unknown) {
    super(`${problem.code}: ${problem.title}`, { cause });
    this.name = "SystemUnavailable";
    this.side = side;
    this.problem = problem;
    this.retryAfterMs = retryAfterMs;
  }
}
