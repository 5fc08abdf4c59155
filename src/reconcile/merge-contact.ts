import type { Base, FieldBase } from "../model/base.ts";
import type { EditTime, EditTimes } from "../model/history/edit-time.ts";
import type { FieldRule } from "../model/mapping.ts";
import { directionAllows } from "../model/mapping.ts";
import { fieldWords } from "../model/own-spelling.ts";
import type { PerSide, Side } from "../model/side.ts";
import { SIDES, perSide } from "../model/side.ts";
import type { Value, Values } from "../model/value.ts";
import { sameValue } from "../model/value.ts";
import type { FieldMerge } from "./merge-field.ts";
import { mergeField } from "./merge-field.ts";
import { mergeOptions } from "./merge-options.ts";
import { newerSide } from "./newer-side.ts";

/** One field of one person: both values, and what the merge makes of them. */
export interface MergedField {
  readonly rule: FieldRule;
  readonly seen: PerSide<Value | undefined>;
  readonly agreed: FieldBase | undefined;
  readonly merge: FieldMerge;
  /** Only of a field whose winner is the newest. */
  readonly ages: Ages | null;
}

/** When each side's value came to be, and which of them is newer: `null` where that cannot be told. */
export interface Ages {
  readonly times: PerSide<EditTime | null>;
  readonly newer: Side | null;
}

const NO_TIMES: PerSide<EditTimes> = { hubspot: {}, klaviyo: {} };

/**
 * Merges every field of one person. Scope leads: only a side that the person is in scope on may lead, and
 * only the fields whose direction goes that way. Which value is the newer one is settled here: the merge of a field
 * knows a winner, no times.
 */
export function mergeContact(
  rules: readonly FieldRule[],
  inScope: PerSide<boolean>,
  base: Base,
  seen: PerSide<Values>,
  edited: PerSide<EditTimes> = NO_TIMES,
): readonly MergedField[] {
  return rules.map((rule) => {
    const mayLead = perSide(
      (side) => (inScope[side] || rule.showsConsent === true) && directionAllows(rule.direction, side),
    );
    const both = perSide((side): Value | undefined => own(seen[side], rule.key));
    const agreed = Object.hasOwn(base, rule.key) ? base[rule.key] : undefined;
    const ages = rule.newest ? agesOf(rule.key, edited) : null;
    const winner = ages?.newer ?? rule.winner;
    const words = fieldWords(rule);
    const merge =
      words === null
        ? mergeField({ ...rule, winner }, mayLead, agreed, both)
        : mergeOptions(words, { ...rule, winner }, mayLead, agreed, both);
    return { rule, seen: both, agreed, ages, merge };
  });
}

function agesOf(key: string, edited: PerSide<EditTimes>): Ages {
  const times = perSide((side) => (Object.hasOwn(edited[side], key) ? (edited[side][key] ?? null) : null));
  return { times, newer: newerSide(times) };
}

/** The fields that a side has to be written and can be, by `FieldRule.key`. */
export function writesTo(side: Side, merged: readonly MergedField[]): Values {
  const writes: Record<string, Value> = {};
  for (const { rule, merge } of merged) {
    const value = merge.kind === "write" ? merge.values[side] : undefined;
    if (rule.unwritable?.includes(side) === true) continue;
    if (value !== undefined) writes[rule.key] = value;
  }
  return writes;
}

/** Result of a write to one side: what it stores now by field, or nothing where it was not done. */
export interface Stored {
  /** By `FieldRule.key`; a field that was written and is not here was refused and keeps its old base. */
  readonly fields: Values;
  /** The values are what was sent: the side did not tell what it made of them. */
  readonly settling: boolean;
}

/**
 * The agreement after a run. A field moves on when nothing had to be written, or when everything it needed was; the
 * base is then what the written side answered it holds, and on the other side what was seen when the plan was made,
 * never a newer value (CONTRACT.md, Base). A field of which no write was done keeps its old base and is tried again.
 */
export function baseAfter(base: Base, merged: readonly MergedField[], stored: PerSide<Stored | null>): Base {
  const next: Record<string, FieldBase> = { ...base };
  for (const { rule, seen, merge } of merged) {
    const agreed = merge.kind === "write" ? afterWrite(rule.key, merge, seen, stored) : settledAt(merge);
    if (agreed !== null) next[rule.key] = agreed;
  }
  return next;
}

function afterWrite(
  key: string,
  merge: Extract<FieldMerge, { kind: "write" }>,
  seen: PerSide<Value | undefined>,
  stored: PerSide<Stored | null>,
): FieldBase | null {
  const written = perSide((side) => merge.values[side] !== undefined);
  const { hubspot, klaviyo } = perSide((side) =>
    written[side] ? own(stored[side]?.fields ?? {}, key) : seen[side],
  );
  if (hubspot === undefined) return written.klaviyo && klaviyo !== undefined ? owedTo(seen.hubspot) : null;
  if (klaviyo === undefined) return written.hubspot ? owedTo(seen.klaviyo) : null;
  const settling = perSide((side) => written[side] && stored[side]?.settling === true);
  return settling.hubspot || settling.klaviyo ? { hubspot, klaviyo, settling } : { hubspot, klaviyo };
}

/**
 * Of a joined list one side took its part and the other, which showed `value`, did not: all that the first has beyond
 * it is owed to the other, as if somebody had edited it there. Were the old base kept, a removal made on the first side
 * before the next run would be undone.
 */
export function owedTo(value: Value | undefined): FieldBase | null {
  return value === undefined ? null : { hubspot: value, klaviyo: value };
}

function settledAt(merge: FieldMerge): FieldBase | null {
  return merge.kind === "settled" ? merge.base : null;
}

/** Do two agreements say the same? A row that would not change is not written. */
export function sameBase(left: Base, right: Base): boolean {
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...keys].every((key) => {
    const [one, other] = [left[key], right[key]];
    if (one === undefined || other === undefined) return false;
    return SIDES.every(
      (side) => sameValue(one[side], other[side]) && one.settling?.[side] === other.settling?.[side],
    );
  });
}

function own(values: Values, key: string): Value | undefined {
  return Object.hasOwn(values, key) ? values[key] : undefined;
}

/**
 * The agreement after a contact was made on `target` from what `source` showed: the fields that were sent are agreed,
 * the others were never looked at and start from empty when the target shows something.
 */
export function baseAfterCreate(base: Base, target: Side, sent: Values, stored: Stored): Base {
  const next: Record<string, FieldBase> = { ...base };
  for (const [key, value] of Object.entries(sent)) {
    const answered = own(stored.fields, key);
    if (answered === undefined) continue;
    const both = perSide((side) => (side === target ? answered : value));
    const settling = perSide((side) => side === target);
    next[key] = stored.settling ? { ...both, settling } : both;
  }
  return next;
}
