import { isDeepStrictEqual } from "node:util";
import type { Base, FieldBase } from "../../src/model/base.ts";
import type { FieldRule } from "../../src/model/mapping.ts";
import type { PerSide, Side } from "../../src/model/side.ts";
import { SIDES, otherSide, perSide } from "../../src/model/side.ts";
import type { Value, Values } from "../../src/model/value.ts";
import type { MergedField, Stored } from "../../src/reconcile/merge-contact.ts";
import { baseAfter, mergeContact, writesTo } from "../../src/reconcile/merge-contact.ts";
import type { LostValue } from "../../src/model/history/lost-value.ts";
import type { Normaliser } from "../support/normaliser.ts";
import { KEEPS } from "../support/normaliser.ts";

/** Everything that one field's merge is decided from. `undefined`: not shown; `null`: empty. */
export interface Situation {
  readonly rule: FieldRule;
  readonly inScope: PerSide<boolean>;
  readonly agreed: FieldBase | undefined;
  readonly seen: PerSide<Value | undefined>;
}

/** What was decided, and what both sides and the base hold once it is done. */
export interface Decision {
  readonly merged: readonly MergedField[];
  readonly writes: PerSide<Value | undefined>;
  readonly lost: LostValue | null;
  readonly after: PerSide<Value | undefined>;
  readonly base: FieldBase | undefined;
}

/** Result of a write: the system's own form of it, or `null` where it refused. */
export type Answer = Normaliser | null;

/** One run over the field, both ends of it cloned as if they came from the database and went there. */
export function decide(
  situation: Situation,
  answers: PerSide<Answer> = { hubspot: KEEPS, klaviyo: KEEPS },
): Decision {
  const { rule, inScope, agreed, seen } = structuredClone(situation);
  const base: Base = agreed === undefined ? {} : { [rule.key]: agreed };
  const values = perSide((side): Values => {
    const value = seen[side];
    return value === undefined ? {} : { [rule.key]: value };
  });
  const merged = mergeContact([rule], inScope, base, values);
  const sent = perSide((side) => writesTo(side, merged));
  const stored = perSide((side): Stored | null => {
    const answer = answers[side];
    if (answer === null) return null;
    const fields = Object.entries(sent[side]).map(([key, value]) => [key, answer(value)] as const);
    return { fields: Object.fromEntries(fields), settling: false };
  });
  const writes = perSide((side) => sent[side][rule.key]);
  const merge = merged[0]?.merge;
  return {
    merged,
    writes,
    lost: merge?.kind === "write" ? merge.lost : null,
    after: perSide((side) => {
      const answer = answers[side];
      return writes[side] === undefined || answer === null ? seen[side] : answer(writes[side]);
    }),
    base: structuredClone(baseAfter(base, merged, stored))[rule.key],
  };
}

/** The run after: from what the first left behind. */
export function again(situation: Situation, decision: Decision): Situation {
  return { ...situation, agreed: decision.base, seen: decision.after };
}

export function mayLead({ rule, inScope }: Situation, side: Side): boolean {
  const away = side === "hubspot" ? "to_hubspot" : "to_klaviyo";
  return inScope[side] && rule.direction !== away;
}

/** Did a person change this side since the last agreement? Without one, an empty side was not changed. */
export function edited({ agreed, seen }: Situation, side: Side): boolean {
  const before = agreed === undefined ? null : agreed[side];
  return seen[side] !== undefined && !equal(seen[side], before);
}

/** A promise of CONTRACT.md: does what was decided keep it? */
export type Promised = (situation: Situation, decision: Decision) => boolean;

/** P5, P7: only what a side that may lead shows is written, only where it changes something, and by items of lists. */
export const inventsNothing: Promised = (situation, { writes }) =>
  SIDES.every((target) => {
    const { rule, seen } = situation;
    const source = otherSide(target);
    const value = writes[target];
    if (value === undefined) return true;
    if (!mayLead(situation, source) || !isShown(seen) || equal(value, seen[target])) return false;
    const joins = rule.merge === "union" && Array.isArray(value);
    const shown = [...items(seen[source]), ...items(seen[target])];
    return joins ? items(value).every((item) => shown.includes(item)) : equal(value, seen[source]);
  });

/** P5: a field is emptied only where it says so, after an agreement, and where a person emptied it or is put back. */
export const emptiesNothingByItself: Promised = (situation, { writes }) =>
  SIDES.every((target) => {
    const { rule, agreed, seen } = situation;
    const source = otherSide(target);
    if (writes[target] !== null) return true;
    const putBack =
      rule.onTargetEdit === "enforce" && !mayLead(situation, target) && edited(situation, target);
    const requested = rule.onEmpty === "clear" && agreed !== undefined && seen[source] === null;
    return requested && (edited(situation, source) || putBack);
  });

/** P4: what a person set is still on its side, or is kept as the loser; of a joined list, item by item. */
export const losesNothing: Promised = (situation, { writes, after, lost }) =>
  SIDES.every((side) => {
    const { agreed, seen, rule } = situation;
    if (writes[side] === undefined || !edited(situation, side)) return true;
    const other = otherSide(side);
    const kept = lost !== null && lost.winner === other && equal(lost.lost, seen[side]);
    const gone = items(seen[side]).filter((item) => !items(after[side]).includes(item));
    const removedOnPurpose = (item: string | boolean) =>
      rule.merge === "union" &&
      items(agreed?.[side]).includes(item) &&
      items(agreed?.[other]).includes(item) &&
      !items(seen[other]).includes(item);
    return kept || gone.every(removedOnPurpose);
  });

/** An edit on one side alone goes over whole, and an emptied field only where it says so. */
export const letsOneEditLead: Promised = (situation, { after, writes }) =>
  SIDES.every((side) => {
    const other = otherSide(side);
    const { seen, rule } = situation;
    const leads = (one: Side) => mayLead(situation, one) && edited(situation, one);
    if (!isShown(seen) || !leads(side) || leads(other)) return true;
    return seen[side] !== null || rule.onEmpty === "clear"
      ? equal(after[other], seen[side])
      : writes.hubspot === undefined && writes.klaviyo === undefined;
  });

/** Of two edits the winner's stands, but a value beats a clear that was not asked for. */
export const letsTheWinnerStand: Promised = (situation, { after }) => {
  const { rule, seen } = situation;
  if (!isShown(seen) || !SIDES.every((side) => mayLead(situation, side) && edited(situation, side)))
    return true;
  const [winner, loser] = [seen[rule.winner], seen[otherSide(rule.winner)]];
  const joins = rule.merge === "union" && Array.isArray(winner) && Array.isArray(loser);
  const stands = winner === null && rule.onEmpty === "keep" ? loser : winner;
  return joins || SIDES.every((side) => equal(after[side], stands));
};

/** P6: a loser is kept exactly where a person's value, or a clear that might have led, had to give way. */
export const makesNoFalseConflict: Promised = (situation, { writes, lost }) => {
  const target = SIDES.find((side) => writes[side] !== undefined);
  if (target === undefined) return lost === null;
  if (situation.rule.merge === "union") return true;
  const source = otherSide(target);
  const value = situation.seen[target];
  const gaveWay = edited(situation, target) && (value !== null || mayLead(situation, target));
  const bothEdited = situation.agreed === undefined ? "first_sync" : "changed_on_both";
  const kind = edited(situation, source) ? bothEdited : "target_edited";
  return equal(lost, gaveWay ? { kind, winner: source, won: writes[target], lost: value } : null);
};

/** A list is a dispute only where one side added what the other removed. */
export const keepsAListOnlyInDispute: Promised = (situation, { lost, merged }) => {
  const [one] = merged;
  if (one?.merge.kind !== "write" || one.merge.why !== "lists_joined") return true;
  const { agreed, seen } = situation;
  const changes = perSide((side) => ({
    added: items(seen[side]).filter((item) => !items(agreed?.[side]).includes(item)),
    removed: items(agreed?.[side]).filter((item) => !items(seen[side]).includes(item)),
  }));
  const disputed = SIDES.some((side) =>
    changes[side].added.some((item) => changes[otherSide(side)].removed.includes(item)),
  );
  return (lost !== null) === disputed;
};

/** P2: once done, there is nothing to do, and nothing to remember again. */
export const isQuietAfterwards: Promised = (situation, decision) => {
  const next = decide(again(situation, decision));
  return SIDES.every((side) => next.writes[side] === undefined) && equal(next.base, decision.base);
};

/** A target edited by hand stays, or is put back where the rule enforces a source that has a value. */
export const treatsTargetEditsAsSet: Promised = (situation, { writes }) =>
  SIDES.every((side) => {
    const { seen, rule } = situation;
    const source = otherSide(side);
    const byHand = edited(situation, side) && !mayLead(situation, side) && !edited(situation, source);
    if (!byHand || !isShown(seen) || equal(seen.hubspot, seen.klaviyo)) return true;
    const enforces = rule.onTargetEdit === "enforce" && mayLead(situation, source);
    if (!enforces) return writes[side] === undefined;
    return seen[source] === null || equal(writes[side], seen[source]);
  });

/** An edit of a side that may not lead stays different from its base, so that it leads once it may. */
export const letsEditsWait: Promised = (situation, { writes, base }) =>
  SIDES.every((side) => {
    const { agreed, seen } = situation;
    const waits = !mayLead(situation, side) && edited(situation, side) && writes[side] === undefined;
    if (!waits || base === undefined || equal(seen.hubspot, seen.klaviyo)) return true;
    return equal(base[side], agreed?.[side] ?? null);
  });

/** Do both sides show the field? */
export function isShown(seen: PerSide<Value | undefined>): seen is PerSide<Value> {
  return seen.hubspot !== undefined && seen.klaviyo !== undefined;
}

/** By content; both are plain data. */
export function equal(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(one, other);
}

/** A list's items; any other value as the only one. */
export function items(value: Value | undefined): readonly (string | boolean)[] {
  if (value === null || value === undefined) return [];
  return typeof value === "object" ? value : [value];
}
