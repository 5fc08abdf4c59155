import type { Limit, Limits } from "../model/mapping.ts";
import type { PerSide, Side } from "../model/side.ts";
import { SIDES, perSide } from "../model/side.ts";
import type { Values } from "../model/value.ts";
import type { ContactPlan, PlannedOperation } from "./plan-contact.ts";

/** The kinds of change that a limit can stop. */
export type ActionClass = "creates" | "updates" | "clears" | "removals";

export const ACTION_CLASSES: readonly ActionClass[] = ["creates", "updates", "clears", "removals"];

/** How much a run would do to each side. */
export type PlanTotals = PerSide<Readonly<Record<ActionClass | "list_additions", number>>>;

/** A limit that a run would exceed: it makes no call of that class on that side, and a person must approve. */
export interface ExceededLimit {
  readonly side: Side;
  readonly action: ActionClass;
  readonly planned: number;
  readonly allowed: number;
}

/** A share of a handful is no share: below this many, nothing counts as a mass change (contract, guards). */
const FEWEST_FOR_A_SHARE = 20;

/** 29 % of 100 people is 28.999… in binary, and 29 people are not more than 29 % of 100. */
const ROUNDING = 1e-6;

export const NO_CHANGES: PlanTotals = perSide(() => ({
  creates: 0,
  updates: 0,
  clears: 0,
  removals: 0,
  list_additions: 0,
}));

/** The totals with one more person's plan counted: `clears` counts emptied fields, the other classes operations. */
export function addToTotals(totals: PlanTotals, plan: ContactPlan): PlanTotals {
  if (plan.operations.length === 0) return totals;
  const counts = perSide((side) => ({ ...totals[side] }));
  for (const operation of plan.operations) {
    const side = counts[operation.side];
    if (operation.kind === "add_to_list") side.list_additions += 1;
    for (const action of classesOf(operation)) side[action] += action === "clears" ? clearsIn(operation) : 1;
  }
  return counts;
}

/**
 * The limits that a run would exceed. Nothing is held back on a first sync but removals and clears: the other side is
 * being filled, which is what was asked for.
 *
 * @param linked how many people are linked: what a share is a share of
 */
export function exceededLimits(
  totals: PlanTotals,
  limits: Limits,
  linked: number,
  firstSync: boolean,
): readonly ExceededLimit[] {
  return SIDES.flatMap((side) =>
    ACTION_CLASSES.flatMap((action): readonly ExceededLimit[] => {
      if (firstSync && (action === "creates" || action === "updates")) return [];
      const planned = totals[side][action];
      const allowed = allowance(limits[action], linked);
      return planned > allowed ? [{ side, action, planned, allowed }] : [];
    }),
  );
}

function allowance(limit: Limit, linked: number): number {
  if ("count" in limit) return limit.count;
  return Math.max(FEWEST_FOR_A_SHARE - 1, Math.floor(limit.share * linked + ROUNDING));
}

/** The plan without what a limit holds back. An update keeps the fields that it does not empty. */
export function withhold(plan: ContactPlan, exceeded: readonly ExceededLimit[]): ContactPlan {
  if (exceeded.length === 0) return plan;
  const held = (side: Side, action: ActionClass) =>
    exceeded.some((one) => one.side === side && one.action === action);
  const operations = plan.operations.flatMap((operation): readonly PlannedOperation[] => {
    const classes = classesOf(operation).filter((action) => held(operation.side, action));
    if (classes.length === 0) return [operation];
    if (operation.kind !== "update" || classes.some((action) => action !== "clears")) return [];
    const kept = Object.keys(operation.fields).filter((key) => operation.fields[key] !== null);
    return kept.length === 0
      ? []
      : [{ ...operation, fields: pick(operation.fields, kept), pre: pick(operation.pre, kept) }];
  });
  return { ...plan, operations };
}

function pick(values: Values, keys: readonly string[]): Values {
  return Object.fromEntries(keys.map((key) => [key, values[key] ?? null]));
}

function classesOf(operation: PlannedOperation): readonly ActionClass[] {
  switch (operation.kind) {
    case "create":
      return ["creates"];
    case "update":
      return clearsIn(operation) > 0 ? ["updates", "clears"] : ["updates"];
    case "remove_from_list":
      return ["removals"];
    case "add_to_list":
      return [];
  }
}

function clearsIn(operation: PlannedOperation): number {
  return operation.kind === "update"
    ? Object.values(operation.fields).filter((value) => value === null).length
    : 0;
}
