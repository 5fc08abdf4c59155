import { propertiesOf } from "../../values/field-codec.ts";
import type { FieldRule } from "../../model/mapping.ts";
import type { Side } from "../../model/side.ts";
import { SIDE_NAMES, otherSide } from "../../model/side.ts";
import type { Value, Values } from "../../model/value.ts";
import type { ContactPlan, PlannedOperation } from "../../plan/planned.ts";
import type { MergedField } from "../../reconcile/merge-contact.ts";
import { because, optOutWords, shown } from "../../words/field-words.ts";

/** Most names are shorter, so that the values of most people stand in one column. */
const NARROWEST = 20;

/** What would be done about one person, old → new, each with its reason. */
export function personLines(plan: ContactPlan, fields: readonly FieldRule[]): readonly string[] {
  const { email, ids } = plan.known.link;
  const mark = plan.operations.some(({ kind }) => kind === "create") ? "+" : "~";
  const head = `${mark} ${email}   HubSpot ${ids.hubspot ?? "(none)"} ↔ Klaviyo ${ids.klaviyo ?? "(none)"}`;
  const problems = plan.problems.map(({ title, explanation }) => `    ✕ ${title}: ${explanation}`);
  return [head, ...plan.operations.flatMap((operation) => lines(operation, plan, fields)), ...problems];
}

function lines(
  operation: PlannedOperation,
  plan: ContactPlan,
  fields: readonly FieldRule[],
): readonly string[] {
  const side = SIDE_NAMES[operation.side];
  switch (operation.kind) {
    case "create":
      return [`    + ${side} contact`, ...changes(operation.side, operation.fields, null, plan, fields)];
    case "update":
      return [`    ~ ${side}`, ...changes(operation.side, operation.fields, operation.pre, plan, fields)];
    case "stamp":
      return stamped(operation.fields, operation.pre);
    case "add_to_list":
      return [`    » onto ${side} list ${operation.list}`];
    case "remove_from_list":
      return [`    » off ${side} list ${operation.list}`];
    case "opt_out":
      return [`    ⊘ ${optOutWords(operation.side, operation.from)}`];
    case "subscribe":
      return [`    ✓ subscribe to ${side} list ${operation.list}, if nothing speaks against it then`];
  }
}

/** What would be put back of somebody's last activity, old → new. */
export function stampLines(
  email: string,
  { id, fields, pre }: Extract<PlannedOperation, { readonly kind: "stamp" }>,
): readonly string[] {
  return [`~ ${email}   HubSpot ${id}`, ...stamped(fields, pre)];
}

function stamped(fields: Values, pre: Values): readonly string[] {
  const values = Object.entries(fields).map(
    ([name, value]) => `        ${name.padEnd(NARROWEST)} ${shown(pre[name] ?? null)} -> ${shown(value)}`,
  );
  return ["    ~ HubSpot, last activity", ...values];
}

function changes(
  side: Side,
  after: Values,
  before: Values | null,
  plan: ContactPlan,
  fields: readonly FieldRule[],
): readonly string[] {
  const rules = Object.keys(after).map((key) => fields.find((one) => one.key === key));
  const width = Math.max(NARROWEST, ...rules.map((rule) => rule?.property[side].length ?? 0));
  return Object.entries(after).map(([key, value], at) => {
    const { merge, ages = null } = plan.merged.find(({ rule }) => rule.key === key) ?? {};
    const rule = rules[at];
    const name = (rule?.property[side] ?? key).padEnd(width);
    const asStored = (agreed: Value): string => shown(inTheSidesWords(rule, side, agreed));
    if (before === null) return `        ${name} ${asStored(value)}`;
    const mark = value === null ? "!" : " ";
    const why = merge?.kind === "write" ? `   ${reason(merge, side, ages)}` : "";
    return `      ${mark} ${name} ${asStored(before[key] ?? null)} -> ${asStored(value)}${why}`;
  });
}

/** Where only one side leads, what the other had changed is replaced all the same: that is not to be found out afterwards. */
function reason(
  merge: Extract<MergedField["merge"], { kind: "write" }>,
  side: Side,
  ages: MergedField["ages"],
): string {
  const replaced = merge.why === "changed" && merge.lost !== null;
  return because(replaced ? "changed_on_both" : merge.why, otherSide(side), ages);
}

/** A value as its side gets it: with the way back of its transforms, in its own options. */
function inTheSidesWords(rule: FieldRule | undefined, side: Side, value: Value): Value {
  if (rule === undefined) return value;
  return propertiesOf([rule], side, { [rule.key]: value }).values[rule.property[side]] ?? value;
}
