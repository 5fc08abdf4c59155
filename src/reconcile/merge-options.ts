import type { FieldBase } from "../model/base.ts";
import { spelled } from "../model/own-spelling.ts";
import type { PerSide } from "../model/side.ts";
import { otherSide, perSide } from "../model/side.ts";
import type { Value } from "../model/value.ts";
import { sameValue } from "../model/value.ts";
import type { FieldMerge, MergeRule } from "./merge-field.ts";
import { mergeField } from "./merge-field.ts";

/**
 * The merge of a field whose values match these words in any letter case. What is seen and what was agreed are compared
 * alike, by the words as they are now; what is agreed from now on, and what is lost, are as the sides show them.
 */
export function mergeOptions(
  words: readonly string[],
  rule: MergeRule,
  mayLead: PerSide<boolean>,
  agreed: FieldBase | undefined,
  seen: PerSide<Value | undefined>,
): FieldMerge {
  const own = <V extends Value | undefined>(value: V) =>
    value === undefined ? value : spelled(words, value);
  const before = agreed && { ...agreed, ...perSide((side) => spelled(words, agreed[side])) };
  const now = perSide((side) => own(seen[side]));
  const merge = mergeField(rule, mayLead, before, now);
  if (merge.kind === "settled" && merge.base !== null) {
    const { base } = merge;
    const shown = perSide((side): Value => {
      const value = seen[side] ?? null;
      return sameValue(spelled(words, value), base[side]) ? value : (agreed?.[side] ?? null);
    });
    return { ...merge, base: shown };
  }
  if (merge.kind !== "write" || merge.lost === null) return merge;
  return { ...merge, lost: { ...merge.lost, lost: seen[otherSide(merge.lost.winner)] ?? null } };
}
