import type { Side } from "./side.ts";

/** What a limit of the mapping counts. */
export type LimitedAction = "creates" | "updates" | "clears" | "removals" | "unsubscribes" | "subscribes";

/** A limit or guard that a run would exceed: it does nothing of that kind, and a person must approve. */
export interface ExceededLimit {
  /** `null`: counted over both sides. */
  readonly side: Side | null;
  readonly action: LimitedAction | "leavers" | "deaths" | "people";
  readonly planned: number;
  readonly allowed: number;
  /** Of leavers, the list or segment that they left. */
  readonly collection: string | null;
}

/** An approval lets its changes through for so long; after that the situation is another. */
export const APPROVED_FOR_MS = 86_400_000;
