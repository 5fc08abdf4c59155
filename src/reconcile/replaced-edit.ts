import { perSide, otherSide } from "../model/side.ts";
import type { FieldBase } from "../model/base.ts";
import type { LostValue } from "../model/history/lost-value.ts";
import type { FieldRule } from "../model/mapping.ts";
import type { PerSide, Side } from "../model/side.ts";
import type { Value } from "../model/value.ts";
import { sameValue } from "../model/value.ts";
import type { FieldMerge } from "./merge-field.ts";
import { mergeContact } from "./merge-contact.ts";

/** A write of one field that was done, and what everybody held when it was decided. */
export interface DoneWrite {
  readonly rule: FieldRule;
  readonly side: Side;
  /** What the side showed right before, and what it has stored. */
  readonly before: Value;
  readonly stored: Value;
  /** What the other side showed. */
  readonly source: Value;
  readonly agreed: FieldBase | undefined;
  readonly inScope: PerSide<boolean>;
}

/** An edit that a write went over unseen. */
export interface ReplacedEdit {
  readonly lost: LostValue;
  /** Had it been seen, it would have stood: `lost.lost` is to be put back. */
  readonly putBack: boolean;
}

/**
 * The value that somebody set between the last reading and a write, and that the write therefore replaced; `undefined`
 * where there is none, or the history does not reach that far.
 *
 * @param past the values of the property, the newest first
 */
export function replacedValue(
  past: readonly (Value | undefined)[],
  { before, stored }: Pick<DoneWrite, "before" | "stored">,
): Value | undefined {
  const isOurs = (value: Value | undefined) => value !== undefined && sameValue(value, stored);
  const ours = past.findIndex(isOurs);
  if (ours === -1) return undefined;
  // A write that was sent twice may stand there twice.
  const older = past.slice(ours).find((value) => !isOurs(value));
  return older === undefined || sameValue(older, before) ? undefined : older;
}

function standing(merge: FieldMerge, side: Side, edit: Value, stored: Value): Value {
  if (merge.kind === "write") return merge.values[side] ?? edit;
  return merge.kind === "settled" && merge.because === "same" ? edit : stored;
}

/** What the merge would have made of the edit, had it been seen. */
export function replacedEdit(
  { rule, side, stored, source, agreed, inScope }: DoneWrite,
  edit: Value,
): ReplacedEdit {
  const other = otherSide(side);
  const both = (own: Value, others: Value): PerSide<{ readonly [key: string]: Value }> => {
    const [mine, theirs] = [{ [rule.key]: own }, { [rule.key]: others }];
    return perSide((one) => (one === side ? mine : theirs));
  };
  // Nothing of the other side that was seen is as new as what was set a moment ago.
  const told: FieldRule = rule.newest ? { ...rule, newest: false, winner: side } : rule;
  const base = agreed === undefined ? {} : { [rule.key]: agreed };
  const [merged] = mergeContact([told], inScope, base, both(edit, source));
  const stands = merged === undefined ? stored : standing(merged.merge, side, edit, stored);
  const putBack = !sameValue(stands, stored);
  const lost = { kind: "written_over", winner: other, won: source, lost: putBack ? stands : edit } as const;
  return { lost, putBack };
}
