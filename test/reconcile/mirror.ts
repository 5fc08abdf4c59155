import type { Direction } from "../../src/model/mapping.ts";
import type { PerSide } from "../../src/model/side.ts";
import { otherSide, perSide } from "../../src/model/side.ts";
import type { Decision, Situation } from "./decision.ts";

const MIRRORED: Record<Direction, Direction> = {
  both: "both",
  to_klaviyo: "to_hubspot",
  to_hubspot: "to_klaviyo",
};

/** The same situation with the sides renamed. */
export function mirror({ rule, inScope, agreed, seen }: Situation): Situation {
  return {
    rule: { ...rule, direction: MIRRORED[rule.direction], winner: otherSide(rule.winner) },
    inScope: swap(inScope),
    agreed: agreed === undefined ? undefined : swap(agreed),
    seen: swap(seen),
  };
}

/** A decision with the sides renamed, less the steps that led there. */
export function mirrorOf({ writes, after, base, lost }: Decision): Omit<Decision, "merged"> {
  return {
    writes: swap(writes),
    after: swap(after),
    base: base === undefined ? undefined : swap(base),
    lost: lost === null ? null : { ...lost, winner: otherSide(lost.winner) },
  };
}

function swap<T>(pair: PerSide<T>): PerSide<T> {
  return perSide((side) => pair[otherSide(side)]);
}
