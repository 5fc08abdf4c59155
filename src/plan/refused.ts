import type { Problem } from "../model/problem.ts";
import type { RejectedValues } from "../model/rejected-value.ts";
import type { Side } from "../model/side.ts";
import { SIDES, otherSide } from "../model/side.ts";
import type { Value, Values } from "../model/value.ts";
import { sameValue } from "../model/value.ts";
import type { MergedField } from "../reconcile/merge-contact.ts";
import type { PlannedOperation } from "./planned.ts";

/** Names what was refused: one field of a side, or a whole operation where `field` is null. */
export function rejectedKey(side: Side, field: string | null): string {
  return `${side} ${field ?? "*"}`;
}

/** What a whole operation asked for, as one value: it is the same operation as long as this is the same. */
export function fieldsSent(fields: Values): Value {
  return JSON.stringify(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The operations without what was refused before and is still the same, and the problems that stay because of it. */
export function withoutRefused(
  operations: readonly PlannedOperation[],
  refused: RejectedValues,
): { readonly operations: readonly PlannedOperation[]; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const left = operations.flatMap((operation): readonly PlannedOperation[] => {
    if (operation.kind !== "create" && operation.kind !== "update") return [operation];
    const whole = refused[rejectedKey(operation.side, null)];
    if (whole !== undefined && sameValue(whole.value, fieldsSent(operation.fields))) {
      problems.push(whole.problem);
      return [];
    }
    const fields = Object.entries(operation.fields).filter(([key, value]) => {
      const rejected = refused[rejectedKey(operation.side, key)];
      if (rejected === undefined || !sameValue(rejected.value, value)) return true;
      problems.push(rejected.problem);
      return false;
    });
    if (fields.length === 0) return [];
    return [{ ...operation, fields: Object.fromEntries(fields) }];
  });
  return { operations: left, problems };
}

/**
 * The problems of values that a create or update left out, where the target has not been read since: the field is not
 * shown there, so nothing would be written, and still the value has not arrived.
 */
export function rejectedUnseen(merged: readonly MergedField[], refused: RejectedValues): readonly Problem[] {
  return merged.flatMap(({ rule, seen, merge }) =>
    SIDES.flatMap((side): readonly Problem[] => {
      const rejected = refused[rejectedKey(side, rule.key)];
      const value = seen[otherSide(side)];
      const same = rejected !== undefined && value !== undefined && sameValue(rejected.value, value);
      return merge.kind === "unseen" && seen[side] === undefined && same ? [rejected.problem] : [];
    }),
  );
}
