import type { FieldRule } from "../model/mapping.ts";
import { rejectedValues } from "./outcome.ts";
import type { SentOperation } from "./prepare.ts";

/** Result of writing a page of plans, in numbers. */
export interface WriteCounts {
  readonly created: number;
  readonly updated: number;
  readonly listed: number;
  /** People opted out of one side's e-mail because they refused it on the other. */
  readonly carried: number;
  readonly refused: number;
  /** Values that a side would not store, of writes that were done without them. */
  readonly rejected: number;
  readonly unanswered: number;
  /** Part of a job that Klaviyo has not finished yet. */
  readonly importing: number;
}

export const NOTHING_WRITTEN: WriteCounts = {
  created: 0,
  updated: 0,
  listed: 0,
  carried: 0,
  refused: 0,
  rejected: 0,
  unanswered: 0,
  importing: 0,
};

/** Two pages' counts together. */
export function addCounts(one: WriteCounts, other: WriteCounts): WriteCounts {
  return {
    created: one.created + other.created,
    updated: one.updated + other.updated,
    listed: one.listed + other.listed,
    carried: one.carried + other.carried,
    refused: one.refused + other.refused,
    rejected: one.rejected + other.rejected,
    unanswered: one.unanswered + other.unanswered,
    importing: one.importing + other.importing,
  };
}

/** Result of the operations of a page. */
export function countWrites(fields: readonly FieldRule[], sent: readonly SentOperation[]): WriteCounts {
  const done = sent.filter((one) => one.result.outcome === "done" && !allRejected(fields, one));
  const ofKind = (...kinds: readonly string[]) =>
    done.filter(({ prepared }) => kinds.includes(prepared.planned.kind)).length;
  const joined = done.flatMap(({ prepared: { operation } }) =>
    operation.kind === "create" ? operation.lists : [],
  );
  return {
    created: ofKind("create"),
    updated: ofKind("update"),
    listed: ofKind("add_to_list", "remove_from_list") + joined.length,
    carried: ofKind("opt_out"),
    refused: sent.filter(({ result }) => result.outcome === "refused").length,
    rejected: sent.reduce(
      (sum, one) => sum + (one.result.outcome === "done" ? rejectedValues(fields, one).length : 0),
      0,
    ),
    unanswered: sent.filter(({ result }) => result.outcome === "unknown").length,
    importing: sent.filter(({ result }) => result.outcome === "pending").length,
  };
}

/** Of an update nothing was stored: a side that leaves out every field has written nothing. */
export function allRejected(fields: readonly FieldRule[], one: SentOperation): boolean {
  const { planned } = one.prepared;
  if (planned.kind !== "update" || one.result.outcome !== "done") return false;
  const left = new Set(rejectedValues(fields, one).map(({ field }) => field));
  return Object.keys(planned.fields).every((key) => left.has(key));
}
