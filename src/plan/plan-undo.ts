import type { KnownLink } from "../model/link.ts";
import type { FieldRule } from "../model/mapping.ts";
import type { PerSide, Side } from "../model/side.ts";
import { SIDES, perSide } from "../model/side.ts";
import type { Value, Values } from "../model/value.ts";
import { sameValue } from "../model/value.ts";
import type { MergedField } from "../reconcile/merge-contact.ts";
import type { ContactPlan, PlannedOperation } from "./planned.ts";

/** What Tandem did to one side of one person, and what was there before. */
export interface UndoableWrite {
  readonly side: Side;
  readonly kind: PlannedOperation["kind"];
  /** By `FieldRule.key`: what the side held before the first of these deeds. */
  readonly before: Values;
  /** Of list changes. */
  readonly list: string | null;
  /** The run that did it. */
  readonly run: string;
}

/** Why something of a person is not put back. */
export interface NotUndone {
  readonly side: Side;
  readonly field: string | null;
  readonly why:
    "changed_since" | "made" | "not_mapped" | "gone" | "consent" | "differed_before" | "unanswered";
}

/**
 * Every change of the deeds is counted once: it is put back, is so already, or is left with a reason. A change is a value
 * of one side, one list, or one contact that was made.
 */
export interface UndoPlan {
  readonly operations: readonly PlannedOperation[];
  readonly putBack: number;
  readonly already: number;
  readonly left: readonly NotUndone[];
}

/** The undo of somebody of whom nothing can be put back now. */
export function undoNothing(writes: readonly UndoableWrite[], why: NotUndone["why"]): UndoPlan {
  const left = SIDES.flatMap((side) => changesOn(side, writes).map((field) => ({ side, field, why })));
  return { operations: [], putBack: 0, already: 0, left };
}

/** What was changed on one side: its fields by key, and `null` for each list and for a contact that was made. */
function changesOn(side: Side, writes: readonly UndoableWrite[]): readonly (string | null)[] {
  const own = writes.filter((write) => write.side === side);
  const lists = new Set(own.flatMap(({ list }) => list ?? []));
  return [
    ...(own.some(({ kind }) => kind === "create") ? [null] : []),
    ...new Set(own.flatMap(({ before }) => Object.keys(before))),
    ...[...lists].map(() => null),
  ];
}

/**
 * Puts back what was there before some deeds. What somebody changed since stays: the side must still hold what it held
 * at the last agreement. A contact that was made is never deleted, and consent is none of these deeds: there is no
 * operation for it.
 *
 * A field that syncs both ways gets the old value on both sides. On one side alone the two would differ for good,
 * because neither moves away from what was agreed. A one-way field gets its old value on its target, and keeps it until its
 * source changes.
 *
 * @param writes oldest first; of a field the first one's `before` is what it held before all of them
 * @param touchedSince fields, as `side field`, that Tandem itself has written after these deeds
 */
export function planUndo(
  fields: readonly FieldRule[],
  known: KnownLink,
  writes: readonly UndoableWrite[],
  touchedSince: ReadonlySet<string>,
): UndoPlan {
  const left: NotUndone[] = [];
  const back = perSide((): [string, Value][] => []);
  const open = SIDES.filter((side) => {
    const why = whyNoSide(known, side, writes);
    if (why !== null) left.push(...changesOn(side, writes).map((field) => ({ side, field, why })));
    return why === null;
  });
  let [putBack, already] = [0, 0];
  const put = (side: Side, field: string, value: Value): boolean => {
    if (sameValue(known.sightings[side]?.fields[field] ?? null, value)) return false;
    back[side].push([field, value]);
    return true;
  };
  const count = (changes: number, isWritten: boolean): void => {
    if (isWritten) putBack += changes;
    else already += changes;
  };
  const usable = writes.filter(({ side }) => open.includes(side));
  for (const field of new Set(usable.flatMap(({ before }) => Object.keys(before)))) {
    const oldest = SIDES.flatMap((side) => oldestOf(usable, side, field) ?? []);
    const bothWays = fields.find(({ key }) => key === field)?.direction === "both";
    const sides = bothWays ? SIDES.filter((side) => isThere(known, side)) : oldest.map(({ side }) => side);
    const reasons = sides.flatMap((side) => {
      const why = whyNot(fields, known, side, field, touchedSince);
      return why === null ? [] : [{ side, field, why }];
    });
    if (!bothWays) {
      left.push(...reasons);
      const kept = new Set(reasons.map(({ side }) => side));
      for (const { side, value } of oldest) if (!kept.has(side)) count(1, put(side, field, value));
      continue;
    }
    const [first, second] = oldest.toSorted((one, other) => one.place - other.place);
    if (first === undefined) continue;
    const differed = second?.run === first.run && !sameValue(first.value, second.value);
    const why = reasons[0]?.why ?? (differed ? "differed_before" : null);
    if (why !== null) left.push(...oldest.map(({ side }) => ({ side, field, why })));
    else count(oldest.length, sides.filter((side) => put(side, field, first.value)).length > 0);
  }
  const operations = SIDES.flatMap((side): readonly PlannedOperation[] => {
    const seen = known.sightings[side];
    if (seen === null) return [];
    const own = writes.filter((write) => write.side === side);
    const lists = open.includes(side) ? listsBack(known, side, seen.id, own) : [];
    putBack += lists.length;
    if (open.includes(side)) already += new Set(own.flatMap(({ list }) => list ?? [])).size - lists.length;
    if (back[side].length === 0) return lists;
    const pre = Object.fromEntries(back[side].map(([field]) => [field, seen.fields[field] ?? null]));
    return [{ kind: "update", side, id: seen.id, fields: Object.fromEntries(back[side]), pre }, ...lists];
  });
  return { operations, putBack, already, left };
}

/** Why no write to this side can be undone; `null` where it can, or nothing was written. */
function whyNoSide(known: KnownLink, side: Side, writes: readonly UndoableWrite[]): NotUndone["why"] | null {
  const own = writes.filter((write) => write.side === side);
  if (own.some(({ kind }) => kind === "create")) return "made";
  return own.length > 0 && !isThere(known, side) ? "gone" : null;
}

/** A contact that was deleted is kept as it was last seen, and nothing can be written to it. */
function isThere({ link, sightings }: KnownLink, side: Side): boolean {
  return sightings[side] !== null && link.deletedOn !== side && link.missingOn !== side;
}

/** A field's value on a side before the first of these writes. */
interface Oldest {
  readonly side: Side;
  readonly value: Value;
  readonly run: string;
  /** Its place among the deeds. */
  readonly place: number;
}

function oldestOf(writes: readonly UndoableWrite[], side: Side, field: string): Oldest | null {
  const place = writes.findIndex((write) => write.side === side && Object.hasOwn(write.before, field));
  const write = writes[place];
  return write === undefined ? null : { side, value: write.before[field] ?? null, run: write.run, place };
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
  writes: readonly UndoableWrite[],
): readonly PlannedOperation[] {
  const first = new Map<string, PlannedOperation["kind"]>();
  for (const { kind, list } of writes) if (list !== null && !first.has(list)) first.set(list, kind);
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
