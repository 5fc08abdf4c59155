import type { Connector } from "../connectors/connector.ts";
import type { FieldRule, Identity } from "../model/mapping.ts";
import type { ResolvedConsent, ResolvedRule } from "../model/scope.ts";
import type { SystemUnavailable } from "../model/problem.ts";
import type { PerSide, Side } from "../model/side.ts";
import type { Comparison } from "../store/snapshots/comparisons.ts";
import type { Store } from "../store/database/store.ts";

/** The world that a run works in. Time and chance come with it, so that a test can own both. */
export interface World {
  readonly connectors: PerSide<Connector>;
  readonly now: () => Date;
  /** Milliseconds that only go forward, also when the clock is set; default: the process's own. */
  readonly monotonic?: (() => number) | undefined;
  readonly newId: () => string;
  readonly progress: (step: Progress) => void;
  /** Asks to stop at the next page: what is under way is finished and settled. */
  readonly stopping: AbortSignal;
  /** Ends calls under way. The next run settles them by reading. */
  readonly signal: AbortSignal;
  /**
   * Called between pages of reading, comparing and writing, for work that must not wait for the end of a run.
   *
   * @returns why a side kept it from being done, if one did
   */
  readonly betweenPages?: () => Promise<SystemUnavailable | null>;
}

/** What every step of a run of one connection knows. */
export interface RunContext extends World {
  readonly store: Store;
  /** With `EMAIL_FIELD`. */
  readonly fields: readonly FieldRule[];
  readonly scope: readonly ResolvedRule[];
  /** Lists and segments that a name of the rules stands for now, not approved yet. They are read but not used. */
  readonly candidates: PerSide<readonly string[]>;
  readonly consent: ResolvedConsent;
  /** How a snapshot of each side is read with this mapping, in these accounts. */
  readonly shapes: PerSide<string>;
  readonly identity: Identity;
  /** A full comparison is under way: everybody linked is read, whatever the cursors say. */
  readonly comparison: Comparison | null;
}

/**
 * Between two pages of reading, comparing or writing: opt-outs are carried there, and a stop ends the run there.
 *
 * @throws the reason of `stopping`
 */
export async function pageDone({
  betweenPages,
  stopping,
}: Pick<RunContext, "betweenPages" | "stopping">): Promise<void> {
  stopping.throwIfAborted();
  await betweenPages?.();
  stopping.throwIfAborted();
}

/** How far a step is. `total` is null until it is known. */
export interface Progress {
  readonly step: "read" | "look_up" | "link" | "compare" | "write";
  readonly side: Side | null;
  readonly done: number;
  readonly total: number | null;
}

/** The collections that the rules of a side name. */
export function collectionsOf(scope: readonly ResolvedRule[], side: Side): readonly string[] {
  return [...new Set(scope.filter((rule) => rule.from === side).flatMap((rule) => rule.collections))].sort();
}
