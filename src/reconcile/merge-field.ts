import type { FieldBase } from "../model/base.ts";
import { NO_AGREEMENT } from "../model/base.ts";
import type { LostValue } from "../model/history/lost-value.ts";
import type { FieldRule } from "../model/mapping.ts";
import type { PerSide, Side } from "../model/side.ts";
import { SIDES, otherSide, withSide } from "../model/side.ts";
import type { Value } from "../model/value.ts";
import { sameValue } from "../model/value.ts";
import type { JoinedLists } from "./merge-lists.ts";
import { mergeLists } from "./merge-lists.ts";
import { sameAfterNormalising } from "./normalising.ts";

/** Why a field is written, in one word that `plan` and `explain` turn into a sentence. */
export type Why =
  "changed" | "first_sync" | "changed_on_both" | "target_edited" | "lists_joined" | "put_back";

export type FieldMerge =
  /** A side did not show the field: nothing is known, nothing is done, the base stays. */
  | { readonly kind: "unseen" }
  /** Nothing to write; `base` is what is agreed from now on, `null` where nothing ever was. */
  | {
      readonly kind: "settled";
      readonly base: FieldBase | null;
      readonly because: "same" | "unchanged" | "empty_kept" | "may_not_lead";
    }
  /** `values` has a value for each side to write; usually one. */
  | {
      readonly kind: "write";
      readonly values: Partial<PerSide<Value>>;
      readonly why: Why;
      readonly lost: LostValue | null;
    };

export type MergeRule = Pick<FieldRule, "winner" | "onEmpty" | "onTargetEdit" | "merge">;

/**
 * Three-way merge of one field: total, without clock or chance (CONTRACT.md, Merge).
 *
 *   hubspot   klaviyo    outcome
 *   same value           settled, agreed at it
 *   unchanged unchanged  settled: a side may keep its own form of the value
 *   changed   unchanged  hubspot's value goes to klaviyo
 *   unchanged changed    klaviyo's value goes to hubspot
 *   changed   changed    the winner's value goes to the other side; a value beats a clear, unless the side that
 *                        cleared is the winner and the field says `clear`
 *
 * Changed means different from what the same side held at the last agreement. A side that may not lead (its direction
 * or its scope forbids it) does not count as changed, and its base stays, so that its edit leads once it may.
 */
export function mergeField(
  rule: MergeRule,
  mayLead: PerSide<boolean>,
  before: FieldBase | undefined,
  seen: PerSide<Value | undefined>,
): FieldMerge {
  const { hubspot, klaviyo } = seen;
  if (hubspot === undefined || klaviyo === undefined) return { kind: "unseen" };
  const now: PerSide<Value> = { hubspot, klaviyo };
  const agreed = before !== undefined && neverArrived(before, now) ? undefined : before;
  if (sameValue(hubspot, klaviyo)) return { kind: "settled", base: now, because: "same" };

  const base = settle(agreed ?? NO_AGREEMENT, now);
  const differs: PerSide<boolean> = {
    hubspot: !sameValue(hubspot, base.hubspot),
    klaviyo: !sameValue(klaviyo, base.klaviyo),
  };
  const changed: PerSide<boolean> = {
    hubspot: mayLead.hubspot && differs.hubspot,
    klaviyo: mayLead.klaviyo && differs.klaviyo,
  };
  if (changed.hubspot && changed.klaviyo) return bothChanged(rule, agreed === undefined, base, now);
  if (changed.hubspot || changed.klaviyo) {
    const leader: Side = changed.hubspot ? "hubspot" : "klaviyo";
    return oneChanged(rule, leader, agreed === undefined, base, now, differs[otherSide(leader)]);
  }
  return neitherChanged(rule, mayLead, agreed === undefined ? null : base, now, differs);
}

function oneChanged(
  rule: MergeRule,
  leader: Side,
  first: boolean,
  base: FieldBase,
  now: PerSide<Value>,
  targetEdited: boolean,
): FieldMerge {
  const target = otherSide(leader);
  const value = now[leader];
  if (value === null && rule.onEmpty === "keep") {
    return { kind: "settled", base: withSide<Value>(base, leader, null), because: "empty_kept" };
  }
  const lostOne = targetEdited && now[target] !== null;
  const kind = first ? "first_sync" : "changed_on_both";
  return {
    kind: "write",
    values: { [target]: value },
    why: first ? "first_sync" : "changed",
    lost: lostOne ? { kind, winner: leader, won: value, lost: now[target] } : null,
  };
}

function bothChanged(rule: MergeRule, first: boolean, base: FieldBase, now: PerSide<Value>): FieldMerge {
  const joined = rule.merge === "union" ? mergeLists(base, now, rule.winner) : null;
  if (joined !== null) return listsJoined(rule, joined, now);
  const leader = leaderOfBoth(rule, now);
  const target = otherSide(leader);
  const kind = first ? "first_sync" : "changed_on_both";
  return {
    kind: "write",
    values: { [target]: now[leader] },
    why: kind,
    lost: { kind, winner: leader, won: now[leader], lost: now[target] },
  };
}

function leaderOfBoth(rule: MergeRule, now: PerSide<Value>): Side {
  const cleared = SIDES.find((side) => now[side] === null);
  if (cleared === undefined || (cleared === rule.winner && rule.onEmpty === "clear")) return rule.winner;
  return otherSide(cleared);
}

function listsJoined(rule: MergeRule, joined: JoinedLists, now: PerSide<Value>): FieldMerge {
  const values: Partial<Record<Side, Value>> = {};
  for (const side of SIDES) if (!sameValue(now[side], joined.items)) values[side] = joined.items;
  const lost = now[otherSide(rule.winner)];
  return {
    kind: "write",
    values,
    why: "lists_joined",
    lost: joined.disputed ? { kind: "changed_on_both", winner: rule.winner, won: joined.items, lost } : null,
  };
}

/** Only a side that may not lead can differ here: its edit waits, or is put back where the rule enforces its source. */
function neitherChanged(
  rule: MergeRule,
  mayLead: PerSide<boolean>,
  base: FieldBase | null,
  now: PerSide<Value>,
  differs: PerSide<boolean>,
): FieldMerge {
  if (!differs.hubspot && !differs.klaviyo) return { kind: "settled", base, because: "unchanged" };
  const leader = SIDES.find((side) => mayLead[side]);
  if (leader === undefined || rule.onTargetEdit === "keep") {
    return { kind: "settled", base, because: "may_not_lead" };
  }
  // What a target held before anything was agreed was no edit of it: enforcing never empties at first contact.
  if (now[leader] === null && (base === null || rule.onEmpty === "keep")) {
    return { kind: "settled", base, because: "empty_kept" };
  }
  const target = otherSide(leader);
  const lost: LostValue | null =
    now[target] === null
      ? null
      : { kind: "target_edited", winner: leader, won: now[leader], lost: now[target] };
  return { kind: "write", values: { [target]: now[leader] }, why: "target_edited", lost };
}

/**
 * A side was sent a value, never told what it stored, and shows none: nobody emptied what was never seen there (
 * P5). It may have been dropped, or the contact is another one by now.
 */
function neverArrived(base: FieldBase, now: PerSide<Value>): boolean {
  return SIDES.some((side) => base.settling?.[side] === true && base[side] !== null && now[side] === null);
}

/** Takes over what a side made of a value that it was sent without telling. */
function settle(base: FieldBase, now: PerSide<Value>): FieldBase {
  if (base.settling === undefined) return base;
  const settled = (side: Side): Value =>
    base.settling?.[side] === true && sameAfterNormalising(base[side], now[side]) ? now[side] : base[side];
  return { hubspot: settled("hubspot"), klaviyo: settled("klaviyo") };
}
