import type { ExceededLimit, LimitedAction } from "../model/hold.ts";
import type { Limit } from "../model/watch/limit.ts";
import type { Limits } from "../model/mapping.ts";
import type { PerSide } from "../model/side.ts";
import { SIDES, perSide } from "../model/side.ts";
import type { Values } from "../model/value.ts";
import type { Change } from "./changes.ts";
import { LIMITED_ACTIONS, changesBy, changesOf } from "./changes.ts";
import type { ContactPlan, PlannedOperation } from "./planned.ts";

/** How much a run would do to each side, and to how many people in all. */
export interface PlanTotals extends PerSide<Readonly<Record<LimitedAction | "list_additions", number>>> {
  readonly people: number;
}

/** A share of a handful is no share: below this many, nothing counts as a mass change (CONTRACT.md, Guards). */
const FEWEST_FOR_A_SHARE = 20;
/** What cannot be taken back by Tandem counts as many sooner: nobody may be subscribed again. */
const FEWEST_IRREVOCABLE = 10;

/** 29 % of 100 people is 28.999… in binary, and 29 people are not more than 29 % of 100. */
const ROUNDING = 1e-6;

const NOTHING = {
  creates: 0,
  updates: 0,
  clears: 0,
  removals: 0,
  unsubscribes: 0,
  subscribes: 0,
  list_additions: 0,
};

export const NO_CHANGES: PlanTotals = { ...perSide(() => NOTHING), people: 0 };

/** The totals with one more person's changes counted. */
export function addToTotals(totals: PlanTotals, changes: readonly Change[]): PlanTotals {
  if (changes.length === 0) return totals;
  const counts = perSide((side) => ({ ...totals[side] }));
  for (const { side, action } of changes) {
    if (action !== "leavers" && action !== "deaths" && action !== "repointed") counts[side][action] += 1;
  }
  return { ...counts, people: totals.people + 1 };
}

/**
 * The limits that a run would exceed. On a first sync creates and updates are not limited by themselves: the other side
 * is being filled, which is what was asked for; `approval_above` holds there as everywhere.
 *
 * @param linked how many people are linked: what a share is a share of
 */
export function exceededLimits(
  totals: PlanTotals,
  limits: Limits,
  linked: number,
  firstSync: boolean,
): readonly ExceededLimit[] {
  const ofSides = SIDES.flatMap((side) =>
    LIMITED_ACTIONS.flatMap((action): readonly ExceededLimit[] => {
      if (firstSync && (action === "creates" || action === "updates")) return [];
      const planned = totals[side][action];
      const allowed = allowedOf(action, limits, linked);
      return planned > allowed ? [{ side, action, planned, allowed, collection: null }] : [];
    }),
  );
  const most = limits.approvalAbove;
  const all: readonly ExceededLimit[] =
    most !== null && totals.people > most
      ? [{ side: null, action: "people", planned: totals.people, allowed: most, collection: null }]
      : [];
  return [...ofSides, ...all];
}

/** How much of an action one run may come to on a side, with so many linked people. */
export function allowedOf(action: LimitedAction, limits: Limits, linked: number): number {
  const irrevocable = action === "unsubscribes" || action === "subscribes";
  return allowance(limits[action], linked, irrevocable ? FEWEST_IRREVOCABLE : FEWEST_FOR_A_SHARE);
}

function allowance(limit: Limit, linked: number, fewest: number): number {
  if ("count" in limit) return limit.count;
  return Math.max(fewest - 1, Math.floor(limit.share * linked + ROUNDING));
}

/** A run is stopped for errors at fifty, if that is over the mapping's share: fewer are mended one by one. */
const FEWEST_ERRORS = 50;

/** How many of so many planned people may be refused before a run is stopped. */
export function errorsAllowed(limits: Limits, planned: number): number {
  return Math.max(FEWEST_ERRORS - 1, allowance(limits.errors, planned, FEWEST_FOR_A_SHARE));
}

/** Is a change of a kind that one of these limits holds back? */
export function isHeldBy(exceeded: readonly ExceededLimit[], change: Change): boolean {
  return exceeded.some(
    ({ side, action }) => action === "people" || (side === change.side && action === change.action),
  );
}

/** The plan without what is held back, and that. An update keeps the fields that it does not empty. */
export function withhold(
  plan: ContactPlan,
  isHeld: (change: Change) => boolean,
): { readonly plan: ContactPlan; readonly held: readonly Change[] } {
  const held = changesOf(plan).filter(isHeld);
  if (held.length === 0) return { plan, held };
  const operations = plan.operations.flatMap((operation): readonly PlannedOperation[] => {
    const kept = changesBy(plan.known.link.email, operation).filter((change) => !isHeld(change));
    const whole = kept.some(({ action }) => action !== "clears");
    if (!whole) return [];
    if (operation.kind !== "update") return [operation];
    return withoutHeldClears(plan.known.link.email, operation, isHeld);
  });
  return { plan: { ...plan, operations }, held };
}

function withoutHeldClears(
  email: string,
  operation: Extract<PlannedOperation, { kind: "update" }>,
  isHeld: (change: Change) => boolean,
): readonly PlannedOperation[] {
  const kept = Object.keys(operation.fields).filter((field) => {
    if (operation.fields[field] !== null) return true;
    const alone = { ...operation, fields: { [field]: null } };
    return !changesBy(email, alone).some((change) => change.action === "clears" && isHeld(change));
  });
  if (kept.length === 0) return [];
  return [{ ...operation, fields: pick(operation.fields, kept), pre: pick(operation.pre, kept) }];
}

function pick(values: Values, keys: readonly string[]): Values {
  return Object.fromEntries(keys.map((key) => [key, values[key] ?? null]));
}
