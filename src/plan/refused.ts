import type { Problem } from "../model/problem.ts";
import type { Refusals } from "../model/refusal.ts";
import type { Side } from "../model/side.ts";
import { SIDES, otherSide } from "../model/side.ts";
import type { Value, Values } from "../model/value.ts";
import { sameValue } from "../model/value.ts";
import type { MergedField } from "../reconcile/merge-contact.ts";
import type { PlannedOperation } from "./planned.ts";

/** Names what was refused: one field of a side, or a whole operation where `field` is null. */
export function refusalKey(side: Side, field: string | null): string {
  return `${side} ${field ?? "*"}`;
}

/** What a whole operation asked for, as one value: it is the same operation as long as this is the same. */
export function askedFor(fields: Values): Value {
  return JSON.stringify(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The operations without what was refused before and is still the same, and the problems that stay because of it. */
export function withoutRefused(
  operations: readonly PlannedOperation[],
  refused: Refusals,
): { readonly operations: readonly PlannedOperation[]; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const left = operations.flatMap((operation): readonly PlannedOperation[] => {
    if (operation.kind !== "create" && operation.kind !== "update") return [operation];
    const whole = refused[refusalKey(operation.side, null)];
    if (whole !== undefined && sameValue(whole.value, askedFor(operation.fields))) {
      problems.push(whole.problem);
      return [];
    }
    const fields = Object.entries(operation.fields).filter(([key, value]) => {
      const refusal = refused[refusalKey(operation.side, key)];
      if (refusal === undefined || !sameValue(refusal.value, value)) return true;
      problems.push(refusal.problem);
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
export function rejectedUnseen(merged: readonly MergedField[], refused: Refusals): readonly Problem[] {
  return merged.flatMap(({ rule, seen, merge }) =>
    SIDES.flatMap((side): readonly Problem[] => {
      const refusal = refused[refusalKey(side, rule.key)];
      const value = seen[otherSide(side)];
      const same = refusal !== undefined && value !== undefined && sameValue(refusal.value, value);
      return merge.kind === "unseen" && seen[side] === undefined && same ? [refusal.problem] : [];
    }),
  );
}
