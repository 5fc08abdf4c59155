import type { Limits } from "../model/mapping.ts";
import type { ExceededLimit } from "../model/hold.ts";
import type { PerSide } from "../model/side.ts";
import type { UndoFindings } from "../lanes/plans/undo.ts";
import type { PlanTotals } from "../plan/limits.ts";
import type { ContactPlan } from "../plan/planned.ts";

/** Work that a page starts and that takes longer than a request. The daemon does it, one piece at a time. */
export type PageWork =
  /** What would a run do now? */
  | { readonly kind: "dry_run" }
  /** What do both sides hold of this person now? One read a side, and nothing is written. */
  | { readonly kind: "read"; readonly linkId: bigint }
  /** What would putting back a run do? */
  | { readonly kind: "undo"; readonly runId: bigint }
  /** Does exactly what the undo with this hash showed. */
  | {
      readonly kind: "put_back";
      readonly runId: bigint;
      readonly hash: string;
      readonly overLimits: boolean;
    };

/** Result of a dry run. */
export interface DryRun {
  readonly kind: "dry_run";
  readonly totals: PlanTotals;
  /** Contacts that were compared. */
  readonly contacts: number;
  readonly linked: number;
  readonly firstSync: boolean;
  /** What one run may do now. */
  readonly limits: Limits;
  /** How often each field would be written on each side, and emptied, by key. */
  readonly fields: PerSide<{
    readonly written: ReadonlyMap<string, number>;
    readonly emptied: ReadonlyMap<string, number>;
  }>;
  readonly problems: ReadonlyMap<string, number>;
  readonly examples: readonly ContactPlan[];
  readonly exceeded: readonly ExceededLimit[];
  readonly cost: PerSide<{ readonly requests: number; readonly seconds: number }>;
}

/** Both contacts of a person were read, and what was there is shown. */
export interface ReadPerson {
  readonly kind: "read";
  readonly linkId: bigint;
}

/** What an undo of a run would put back. */
export interface PlannedUndo extends UndoFindings {
  readonly kind: "undo";
  readonly runId: bigint;
}

/** Result of an undo that was applied. */
export interface PutBack {
  readonly kind: "put_back";
  /** Of the run that was put back. */
  readonly undone: bigint;
  /** The run that did it; `null` where it would exceed a limit and nobody approved that. */
  readonly runId: bigint | null;
  readonly done: number;
  readonly planned: number;
  /** What was so already. */
  readonly already: number;
  readonly moved: number;
  readonly refused: number;
  readonly exceeded: readonly ExceededLimit[];
  readonly hash: string;
}

/** Result of a piece of work. */
export type Found = DryRun | ReadPerson | PlannedUndo | PutBack;

/** A piece of work and how far it is. */
export interface PageTask {
  readonly work: PageWork;
  readonly by: string;
  readonly at: Date;
  readonly state:
    /** Waits for the run under way, or is being done. */
    | { readonly kind: "working" }
    | { readonly kind: "ready"; readonly found: Found; readonly at: Date }
    /** Nothing was done, and why. */
    | { readonly kind: "failed"; readonly why: string };
}

/** Starts page tasks and has their results, which are kept until the process ends. */
export interface PageTasks {
  /** @returns false while something else is being worked on */
  begin(work: PageWork, by: string): boolean;
  /** The latest dry run. */
  dryRun(): PageTask | null;
  /** The latest read of this person. */
  readOf(linkId: bigint): PageTask | null;
  /** The latest that is about putting back this run. */
  undoOf(runId: bigint): PageTask | null;
}
