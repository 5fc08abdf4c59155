import { SIDE_NAMES, SIDES, otherSide } from "../../model/side.ts";
import type { Side } from "../../model/side.ts";
import type { Meaning, PlacedField } from "./meaning-fields.ts";

/**
 * Fields that sync both ways, of which one way never happens: a side leads for the people whom a rule from it matches, and
 * there is no such rule. Said once for all of them.
 */
export function directionMeanings(
  fields: readonly PlacedField[],
  leading: ReadonlySet<Side>,
): readonly Meaning[] {
  const both = fields.filter(({ direction }) => direction === "both");
  if (both.length === 0 || leading.size === 0) return [];
  return SIDES.filter((side) => !leading.has(side)).map((side): Meaning => {
    const [name, other] = [SIDE_NAMES[side], otherSide(side)];
    const what = both.length === 1 ? "1 field syncs" : `${both.length} fields sync`;
    return {
      path: ["rules"],
      part: "key",
      finding: {
        code: "M228",
        severity: "warning",
        message: `edits in ${name} never reach ${SIDE_NAMES[other]}: ${what} both ways, and no rule has \`from: ${side}\``,
        help: `add a rule with \`from: ${side}\`, or say \`defaults: { direction: to_${side} }\` if one way is meant`,
      },
    };
  });
}
