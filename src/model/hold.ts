import type { Side } from "./side.ts";

/** What a limit of the mapping counts. */
export type LimitedAction = "creates" | "updates" | "clears" | "removals" | "unsubscribes" | "subscribes";

/** A limit or guard that a run would exceed: it does nothing of that kind, and a person must approve. */
export interface ExceededLimit {
  /** `null`: counted over both sides. */
  readonly side: Side | null;
  readonly action: LimitedAction | "leavers" | "deaths" | "people" | "repointed";
  readonly planned: number;
  readonly allowed: number;
  /** Of leavers, the list or segment that they left; of a name that stands for another one, that name. */
  readonly collection: string | null;
  /** Of a name that stands for another list or segment: which, and how many people it would move. */
  readonly repointed?: {
    readonly from: string;
    readonly to: string;
    readonly gone: boolean;
    readonly enters: number;
    readonly leaves: number;
  };
}

/** An approval lets its changes through for so long; after that the situation is another. */
export const APPROVED_FOR_MS = 86_400_000;
