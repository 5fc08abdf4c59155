import type { KnownLink } from "../model/link.ts";
import type { FieldRule } from "../model/mapping.ts";
import { directionAllows } from "../model/mapping.ts";
import type { Problem } from "../model/problem.ts";
import type { PerSide } from "../model/side.ts";
import { SIDES } from "../model/side.ts";
import { twoContactsOneAddress } from "./problems.ts";

/** Only values that would lead matter: one that cannot be read on a side that only receives stops nothing. */
export function problemsOf(
  fields: readonly FieldRule[],
  known: KnownLink,
  inScope: PerSide<boolean>,
): readonly Problem[] {
  const unreadable = leadingUnreadable(fields, known, inScope).map(([, problem]) => problem);
  const duplicates = SIDES.flatMap((side) => {
    const kept = known.sightings[side];
    const others = known.duplicates[side];
    return kept === null || others.length === 0
      ? []
      : [twoContactsOneAddress(side, known.link.email, kept.id, others)];
  });
  return [...unreadable, ...duplicates];
}

/** The first value that holds the whole contact, where the mapping says that such a value does. */
export function holdingProblem(
  fields: readonly FieldRule[],
  known: KnownLink,
  inScope: PerSide<boolean>,
): Problem | undefined {
  return leadingUnreadable(fields, known, inScope).find(([rule]) => rule.onInvalid === "error")?.[1];
}

function leadingUnreadable(
  fields: readonly FieldRule[],
  known: KnownLink,
  inScope: PerSide<boolean>,
): readonly (readonly [FieldRule, Problem])[] {
  return SIDES.flatMap((side) =>
    fields.flatMap((rule): readonly (readonly [FieldRule, Problem])[] => {
      const problem = known.sightings[side]?.unreadable[rule.key];
      const leads = inScope[side] && directionAllows(rule.direction, side);
      return leads && problem !== undefined ? [[rule, problem]] : [];
    }),
  );
}
