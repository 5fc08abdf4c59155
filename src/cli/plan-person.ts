import { propertiesOf } from "../mapping/field-codec.ts";
import type { OptOutFrom } from "../model/consent.ts";
import type { FieldRule } from "../model/mapping.ts";
import type { Side } from "../model/side.ts";
import { otherSide } from "../model/side.ts";
import type { Value, Values } from "../model/value.ts";
import type { ContactPlan, PlannedOperation } from "../plan/plan-contact.ts";
import type { Ages } from "../reconcile/merge-contact.ts";
import type { Why } from "../reconcile/merge-field.ts";
import { newerWords } from "./newer-words.ts";

const NAMES: Readonly<Record<Side, string>> = { hubspot: "HubSpot", klaviyo: "Klaviyo" };

/** Longer texts are cut: a plan is read by people, and the whole value is in the saved one. */
const LONGEST_SHOWN = 120;

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
  const side = NAMES[operation.side];
  switch (operation.kind) {
    case "create":
      return [`    + ${side} contact`, ...changes(operation.side, operation.fields, null, plan, fields)];
    case "update":
      return [`    ~ ${side}`, ...changes(operation.side, operation.fields, operation.pre, plan, fields)];
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

function optOutWords(side: Side, from: OptOutFrom): string {
  switch (from.kind) {
    case "all":
      return `unsubscribe from ALL e-mail in ${NAMES[side]}: refused in ${NAMES[otherSide(side)]}`;
    case "type":
      return `opt out of ${NAMES[side]} subscription type ${from.type}: refused in ${NAMES[otherSide(side)]}`;
    case "list":
      return `unsubscribe from ${NAMES[side]} list ${from.list}: left the rule`;
  }
}

function changes(
  side: Side,
  after: Values,
  before: Values | null,
  plan: ContactPlan,
  fields: readonly FieldRule[],
): readonly string[] {
  return Object.entries(after).map(([key, value]) => {
    const { merge, ages = null } = plan.merged.find(({ rule }) => rule.key === key) ?? {};
    const rule = fields.find((one) => one.key === key);
    const name = (rule?.property[side] ?? key).padEnd(20);
    const asStored = (agreed: Value): string => shown(inTheSidesWords(rule, side, agreed));
    if (before === null) return `        ${name} ${asStored(value)}`;
    const mark = value === null ? "!" : " ";
    const why = merge?.kind === "write" ? `   ${because(merge.why, otherSide(side), ages)}` : "";
    return `      ${mark} ${name} ${asStored(before[key] ?? null)} -> ${asStored(value)}${why}`;
  });
}

/** A value as its side gets it: with the way back of its transforms, in its own options. */
function inTheSidesWords(rule: FieldRule | undefined, side: Side, value: Value): Value {
  if (rule === undefined) return value;
  return propertiesOf([rule], side, { [rule.key]: value }).values[rule.property[side]] ?? value;
}

/** Why a field is written to the other side of `source`. */
export function because(why: Why, source: Side, ages: Ages | null = null): string {
  if (why === "changed_on_both" && ages !== null) return `both changed, ${newerWords(ages, source)}`;
  const sentences: Readonly<Record<Why, string>> = {
    changed: `${NAMES[source]} changed`,
    first_sync: "first sync",
    changed_on_both: `both changed, ${NAMES[source]} wins`,
    target_edited: "edited by hand, put back",
    lists_joined: "both sides' additions joined",
    put_back: "put back",
  };
  return sentences[why];
}

/** A value as a person reads it. */
export function shown(value: Value): string {
  if (value === null) return "(empty)";
  const text = Array.isArray(value) ? value.join(", ") : JSON.stringify(value);
  return text.length <= LONGEST_SHOWN ? text : `${text.slice(0, LONGEST_SHOWN - 1).toWellFormed()}…`;
}
