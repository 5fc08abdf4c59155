import type { FieldRule } from "../model/mapping.ts";
import type { Side } from "../model/side.ts";
import { SIDES, otherSide } from "../model/side.ts";
import type { Value, Values } from "../model/value.ts";
import type { ContactPlan, PlannedOperation } from "../plan/plan-contact.ts";
import { heldByLimit } from "../plan/problems.ts";
import type { Why } from "../reconcile/merge-field.ts";
import type { PlanFindings } from "./plan.ts";

const NAMES: Readonly<Record<Side, string>> = { hubspot: "HubSpot", klaviyo: "Klaviyo" };

/** The plan as a person reads it: totals by side, people in full, limits, and the sum in the last line. */
export function planReport({ totals, contacts, examples, exceeded, mapping }: PlanFindings): string {
  const changed = SIDES.reduce((sum, side) => sum + totals[side].creates + totals[side].updates, 0);
  if (examples.length === 0)
    return `Nothing to change: ${contacts} contacts compared. Nothing has been written.\n`;
  const sides = SIDES.map((side) => {
    const { creates, updates, clears, list_additions: additions, removals } = totals[side];
    return `  ${NAMES[side]}  + ${creates} to create  ~ ${updates} to change  ! ${clears} values to empty  » ${additions} onto lists, ${removals} off`;
  });
  const limits = exceeded.map(heldByLimit).map(({ title }) => `  ✖ ${title}`);
  return [
    "tandem would make these changes. Nothing has been written.",
    "",
    ...sides,
    "",
    ...examples.flatMap((plan) => [...person(plan, mapping.fields), ""]),
    ...(limits.length > 0 ? [...limits, ""] : []),
    `Plan: ${changed} contacts to create or change, ${examples.length} shown, 0 people to subscribe.`,
    "",
  ].join("\n");
}

function person(plan: ContactPlan, fields: readonly FieldRule[]): readonly string[] {
  const { email, ids } = plan.known.link;
  const head = `${plan.operations.some(({ kind }) => kind === "create") ? "+" : "~"} ${email}   HubSpot ${ids.hubspot ?? "(none)"} ↔ Klaviyo ${ids.klaviyo ?? "(none)"}`;
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
      return [`    + ${side} contact`, ...changes(operation.fields, {}, plan, fields)];
    case "update":
      return [`    ~ ${side}`, ...changes(operation.fields, operation.pre, plan, fields)];
    case "add_to_list":
      return [`    » onto ${side} list ${operation.list}`];
    case "remove_from_list":
      return [`    » off ${side} list ${operation.list}`];
  }
}

function changes(
  after: Values,
  before: Values,
  plan: ContactPlan,
  fields: readonly FieldRule[],
): readonly string[] {
  return Object.entries(after).map(([key, value]) => {
    const merged = plan.merged.find(({ rule }) => rule.key === key);
    const merge = merged?.merge;
    const target =
      plan.operations.find((operation) => "fields" in operation && operation.fields === after)?.side ??
      "klaviyo";
    const name = fields.find((rule) => rule.key === key)?.property[target] ?? key;
    const why = merge?.kind === "write" ? `   ${because(merge.why, otherSide(target))}` : "";
    return `        ${name.padEnd(20)} ${shown(before[key] ?? null)} -> ${shown(value)}${why}`;
  });
}

function because(why: Why, source: Side): string {
  const sentences: Readonly<Record<Why, string>> = {
    changed: `${NAMES[source]} changed`,
    first_sync: "first sync",
    changed_on_both: `both changed, ${NAMES[source]} wins`,
    target_edited: "edited by hand, put back",
    lists_joined: "both sides' additions joined",
  };
  return sentences[why];
}

/** A value as a person reads it. */
export function shown(value: Value): string {
  if (value === null) return "(empty)";
  return Array.isArray(value) ? value.join(", ") : JSON.stringify(value);
}
