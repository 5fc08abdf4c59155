import type { FieldSpec } from "../../connectors/connector.ts";
import type { RollUpProperty } from "../../model/engagement-mapping.ts";
import { ROLL_UP_TYPES } from "../../model/engagement-mapping.ts";

/** A roll-up property that cannot be written, and why, in words that follow its name. */
export interface RollUpProblem {
  readonly rollUp: RollUpProperty;
  readonly why: string;
}

/** Properties that are missing, that nobody may write, or that are of another type. Text holds any of them. */
export function rollUpProblems(
  rollUps: readonly RollUpProperty[],
  fields: readonly FieldSpec[],
): readonly RollUpProblem[] {
  // Every portal has hundreds of properties: none at all says only that nobody was told of them.
  if (fields.length === 0) return [];
  const specs = new Map(fields.map((spec) => [spec.property, spec]));
  return rollUps.flatMap((rollUp): readonly RollUpProblem[] => {
    const spec = specs.get(rollUp.property);
    const wanted = ROLL_UP_TYPES[rollUp.rollUp];
    if (spec === undefined) return [{ rollUp, why: "does not exist" }];
    if (spec.readOnly) return [{ rollUp, why: "is read-only" }];
    if (spec.type === wanted || spec.type === "text") return [];
    return [{ rollUp, why: `is \`${spec.type}\`, not \`${wanted}\`` }];
  });
}
