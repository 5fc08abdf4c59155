import type { Call } from "../../route.ts";
import { microsFrom, secondsOf } from "../state/vendor-time.ts";
import type { Clause, Literal } from "./filter-syntax.ts";
import { parseFilter } from "./filter-syntax.ts";
import { invalidParameter } from "./vendor-error.ts";

export type Operator =
  | "any"
  | "equals"
  | "contains"
  | "starts-with"
  | "ends-with"
  | "greater-than"
  | "greater-or-equal"
  | "less-than"
  | "less-or-equal"
  | "has";

/** What one field of an endpoint may be asked. Times are compared in whole seconds unless they are `micros`. */
export interface FilterField {
  readonly operators: readonly Operator[];
  readonly type: "text" | "seconds" | "micros" | "number" | "boolean" | "presence";
}
export type FilterFields = Readonly<Record<string, FilterField>>;

/** A clause whose field, operator and value have been checked; values in the units the field is compared in. */
export interface Condition {
  readonly field: string;
  readonly operator: Operator;
  readonly values: readonly (string | number | boolean)[];
}

export const FOUR_COMPARISONS: readonly Operator[] = [
  "greater-or-equal",
  "greater-than",
  "less-or-equal",
  "less-than",
];

/** Verbatim, and all that Klaviyo tells of a filter it cannot read: an unquoted address, a quoted time. */
const INVALID_FILTER = "Invalid filter provided.";

/** The call's filter, checked against what the endpoint allows; refused with 400 otherwise. */
export function filterOf(call: Call, fields: FilterFields): readonly Condition[] {
  const text = call.query.get("filter");
  if (text === null || text === "") return [];
  const clauses = parseFilter(text);
  if (clauses === null) throw invalidParameter(INVALID_FILTER, "filter");
  return clauses.map((clause) => conditionOf(clause, fields));
}

function conditionOf(clause: Clause, fields: FilterFields): Condition {
  const rule = Object.hasOwn(fields, clause.field) ? fields[clause.field] : undefined;
  if (rule === undefined) {
    throw invalidParameter(`'${clause.field}' is not a filterable field for this endpoint.`, "filter");
  }
  const operator = rule.operators.find((allowed) => allowed === clause.operator);
  if (operator === undefined) {
    const allowed = rule.operators.join(", ");
    const detail = `'${clause.operator}' is not an allowed operator for the field '${clause.field}'. Allowed: ${allowed}.`;
    throw invalidParameter(detail, "filter");
  }
  const given = Array.isArray(clause.value)
    ? (clause.value as readonly Literal[])
    : [clause.value as Literal];
  // The specification's own examples write `equals(name,['example'])`, so a list of one passes for equals.
  const count = operator === "has" ? 0 : operator === "any" ? null : 1;
  if (count !== null && given.length !== count) {
    throw invalidParameter(`'${operator}' takes exactly one value for '${clause.field}'.`, "filter");
  }
  return {
    field: clause.field,
    operator,
    values: given.map((literal) => valueOf(literal, rule)),
  };
}

function valueOf(literal: Literal, rule: FilterField): string | number | boolean {
  const wrong = (): Error => invalidParameter(INVALID_FILTER, "filter");
  switch (rule.type) {
    case "text":
      if (!literal.quoted) throw wrong();
      return literal.text;
    case "number":
      if (literal.quoted || !/^-?\d+(\.\d+)?$/.test(literal.text)) throw wrong();
      return Number(literal.text);
    case "boolean":
      if (literal.quoted || !/^(true|false)$/i.test(literal.text)) throw wrong();
      return literal.text.toLowerCase() === "true";
    case "seconds":
    case "micros": {
      // A `+` that was not encoded arrives as a space and fails here, as it does there.
      const micros = literal.quoted ? null : microsFrom(literal.text);
      if (micros === null) throw wrong();
      return rule.type === "micros" ? micros : secondsOf(micros);
    }
    case "presence":
      throw wrong();
  }
}

/** Whether a value (or any of several) satisfies a condition. Text is compared without case where told so. */
export function holds(condition: Condition, actual: unknown, { foldCase = false } = {}): boolean {
  if (Array.isArray(actual)) return actual.some((one: unknown) => holds(condition, one, { foldCase }));
  if (actual === null || actual === undefined) return false;
  const fold = (value: unknown): unknown =>
    foldCase && typeof value === "string" ? value.toLowerCase() : value;
  const bound = condition.values[0];
  switch (condition.operator) {
    case "any":
    case "equals":
      return condition.values.some((value) => fold(value) === fold(actual));
    case "contains":
      return typeof actual === "string" && actual.toLowerCase().includes(String(bound).toLowerCase());
    case "starts-with":
      return typeof actual === "string" && actual.toLowerCase().startsWith(String(bound).toLowerCase());
    case "ends-with":
      return typeof actual === "string" && actual.toLowerCase().endsWith(String(bound).toLowerCase());
    case "greater-than":
      return Number(actual) > Number(bound);
    case "greater-or-equal":
      return Number(actual) >= Number(bound);
    case "less-than":
      return Number(actual) < Number(bound);
    case "less-or-equal":
      return Number(actual) <= Number(bound);
    case "has":
      return true;
  }
}

/** The range of a numeric field that conditions leave, both ends included. */
export function rangeOf(
  conditions: readonly Condition[],
  field: string,
): { readonly min: number; readonly max: number } {
  let min = Number.NEGATIVE_INFINITY;
  let max = Number.POSITIVE_INFINITY;
  for (const condition of conditions) {
    if (condition.field !== field) continue;
    const bound = Number(condition.values[0]);
    if (condition.operator === "greater-than" || condition.operator === "greater-or-equal")
      min = Math.max(min, bound);
    if (condition.operator === "less-than" || condition.operator === "less-or-equal")
      max = Math.min(max, bound);
  }
  return { min, max };
}
