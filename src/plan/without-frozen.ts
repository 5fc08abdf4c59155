import type { FieldRule } from "../model/mapping.ts";
import { EMAIL_FIELD } from "../model/mapping.ts";
import type { PastWrite } from "../model/history/past-write.ts";
import type { Problem } from "../model/problem.ts";
import { SIDES } from "../model/side.ts";
import type { Value } from "../model/value.ts";
import type { MergedField } from "../reconcile/merge-contact.ts";
import type { Frozen } from "./oscillation.ts";
import { frozenBy } from "./oscillation.ts";
import { keepsChanging } from "./problems.ts";
import type { PlannedOperation } from "./planned.ts";

/** What is left to do without the fields of a fight, why, and when to look again. */
export interface WithoutFrozen {
  readonly operations: readonly PlannedOperation[];
  readonly problems: readonly Problem[];
  /** `null`: nothing is frozen. */
  readonly thawsInMs: number | null;
}

/** Leaves out of the operations what would continue a fight over a field. */
export function withoutFrozen(
  operations: readonly PlannedOperation[],
  merged: readonly MergedField[],
  writes: readonly PastWrite[],
): WithoutFrozen {
  const fields = merged.flatMap(({ rule, merge }) => {
    const values = merge.kind === "write" ? SIDES.map((side) => merge.values[side]) : [];
    const frozen = values
      .filter((value) => value !== undefined)
      .map((value) => frozenBy(withoutSteps(writes), rule.key, value))
      .find((found) => found !== null);
    return frozen === undefined ? [] : [{ rule, frozen }];
  });
  if (fields.length === 0) return { operations, problems: [], thawsInMs: null };
  const keys = new Set(fields.map(({ rule }) => rule.key));
  return {
    operations: operations.flatMap((operation) => without(operation, keys)),
    problems: fields.map(problemOf),
    thawsInMs: Math.min(...fields.map(({ frozen }) => frozen.thawsInMs)),
  };
}

/** Would writing this email address continue a fight over it? */
export function isAddressFrozen(writes: readonly PastWrite[], address: Value): boolean {
  return frozenBy(withoutSteps(writes), EMAIL_FIELD.key, address) !== null;
}

/** Making room for a swap is a step of one change, and none that anybody fights over. */
function withoutSteps(writes: readonly PastWrite[]): readonly PastWrite[] {
  return writes.filter(({ field, after }) => field !== EMAIL_FIELD.key || after !== null);
}

function problemOf({ rule, frozen }: { readonly rule: FieldRule; readonly frozen: Frozen }): Problem {
  return keepsChanging(rule, frozen.writes);
}

function without(operation: PlannedOperation, keys: ReadonlySet<string>): readonly PlannedOperation[] {
  if (operation.kind !== "update") return [operation];
  const fields = Object.entries(operation.fields).filter(([key]) => !keys.has(key));
  return fields.length === 0 ? [] : [{ ...operation, fields: Object.fromEntries(fields) }];
}
