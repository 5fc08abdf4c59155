import type { KnownLink } from "../model/link.ts";
import type { FieldRule } from "../model/mapping.ts";
import type { PerSide, Side } from "../model/side.ts";
import { SIDES, perSide } from "../model/side.ts";
import type { Value, Values } from "../model/value.ts";
import { sameValue } from "../model/value.ts";
import type { MergedField } from "../reconcile/merge-contact.ts";
import type { ContactPlan, PlannedOperation } from "./plan-contact.ts";

/** What Tandem did to one side of one person, and what was there before. */
export interface Deed {
  readonly side: Side;
  readonly kind: PlannedOperation["kind"];
  /** By `FieldRule.key`: what the side held before the first of these deeds. */
  readonly before: Values;
  /** Of list changes. */
  readonly list: string | null;
}

/** Why something of a person is not put back. */
export interface NotUndone {
  readonly side: Side;
  readonly field: string | null;
  readonly why: "changed_since" | "made" | "not_mapped" | "gone" | "consent";
}

export interface UndoPlan {
  readonly operations: readonly PlannedOperation[];
  readonly left: readonly NotUndone[];
}

/**
 * Puts back what was there before some deeds. What somebody changed since stays: the side must still hold what it held
 * at the last agreement. A contact that was made is never deleted, and consent is none of these deeds: there is no
 * operation for it.
 *
 * @param deeds oldest first; of a field the first one's `before` is what it held before all of them
 * @param touchedSince fields, as `side field`, that Tandem itself has written after these deeds
 */
export function planUndo(
  fields: readonly FieldRule[],
  known: KnownLink,
  deeds: readonly Deed[],
  touchedSince: ReadonlySet<string>,
): UndoPlan {
  const parts = SIDES.map((side) => {
    const own = deeds.filter((deed) => deed.side === side);
    return undoSide(fields, known, side, own, touchedSince);
  });
  return {
    operations: parts.flatMap(({ operations }) => operations),
    left: parts.flatMap(({ left }) => left),
  };
}

function undoSide(
  fields: readonly FieldRule[],
  known: KnownLink,
  side: Side,
  deeds: readonly Deed[],
  touchedSince: ReadonlySet<string>,
): UndoPlan {
  const seen = known.sightings[side];
  const made = deeds.some(({ kind }) => kind === "create");
  if (made) return { operations: [], left: [{ side, field: null, why: "made" }] };
  if (seen === null) {
    return { operations: [], left: deeds.length > 0 ? [{ side, field: null, why: "gone" }] : [] };
  }
  const before: Record<string, Value> = {};
  for (const deed of deeds.toReversed()) Object.assign(before, deed.before);
  const left: NotUndone[] = [];
  const back: [string, Value][] = [];
  for (const [field, value] of Object.entries(before)) {
    const why = whyNot(fields, known, side, field, touchedSince);
    if (why !== null) left.push({ side, field, why });
    else if (!sameValue(seen.fields[field] ?? null, value)) back.push([field, value]);
  }
  const pre = Object.fromEntries(back.map(([field]) => [field, seen.fields[field] ?? null]));
  const update: readonly PlannedOperation[] =
    back.length === 0 ? [] : [{ kind: "update", side, id: seen.id, fields: Object.fromEntries(back), pre }];
  return { operations: [...update, ...listsBack(known, side, seen.id, deeds)], left };
}

function whyNot(
  fields: readonly FieldRule[],
  known: KnownLink,
  side: Side,
  field: string,
  touchedSince: ReadonlySet<string>,
): NotUndone["why"] | null {
  const rule = fields.find(({ key }) => key === field);
  if (rule === undefined) return "not_mapped";
  // What shows a refusal is true as long as the refusal is.
  if (rule.showsConsent === true) return "consent";
  const now = known.sightings[side]?.fields[field];
  const agreed = known.link.base[field];
  const untouched = now !== undefined && agreed !== undefined && sameValue(now, agreed[side]);
  return untouched && !touchedSince.has(`${side} ${field}`) ? null : "changed_since";
}

/** Off the lists that these deeds put them on, and back on those that they took them off: membership, never consent. */
function listsBack(
  known: KnownLink,
  side: Side,
  id: string,
  deeds: readonly Deed[],
): readonly PlannedOperation[] {
  const first = new Map<string, PlannedOperation["kind"]>();
  for (const { kind, list } of deeds) if (list !== null && !first.has(list)) first.set(list, kind);
  return [...first].flatMap(([list, kind]): readonly PlannedOperation[] => {
    const isOn = known.link.lists.includes(list);
    if (kind === "add_to_list") return isOn ? [{ kind: "remove_from_list", side, id, list }] : [];
    return isOn ? [] : [{ kind: "add_to_list", side, id, list }];
  });
}

/**
 * The plan that carries operations out as they are. A field's agreement becomes what a written side answers, and on a
 * side that is not written stays what it was: what was put back stays so until one of the sides moves.
 */
export function asContactPlan(
  fields: readonly FieldRule[],
  known: KnownLink,
  operations: readonly PlannedOperation[],
): ContactPlan {
  const merged = fields.flatMap((rule): readonly MergedField[] => {
    const values: Partial<Record<Side, Value>> = {};
    for (const operation of operations) {
      const value = operation.kind === "update" ? operation.fields[rule.key] : undefined;
      if (value !== undefined) values[operation.side] = value;
    }
    return Object.keys(values).length === 0 ? [] : [putBack(known, rule, values)];
  });
  return { known, merged, operations, problems: [], state: "in_sync", reason: "" };
}

function putBack(known: KnownLink, rule: FieldRule, values: Partial<PerSide<Value>>): MergedField {
  const agreed = known.link.base[rule.key];
  const seen: PerSide<Value | undefined> = perSide((side) =>
    values[side] === undefined && agreed !== undefined
      ? agreed[side]
      : known.sightings[side]?.fields[rule.key],
  );
  const merge = { kind: "write", values, why: "put_back", lost: null } as const;
  return { rule, seen, agreed, ages: null, merge };
}
