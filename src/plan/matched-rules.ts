import type { KnownLink } from "../model/link.ts";
import type { ResolvedRule } from "../model/scope.ts";
import type { PerSide } from "../model/side.ts";
import { perSide } from "../model/side.ts";

/** The rules that a person matches, by the list or segment that one of their contacts was seen in. */
export function matchedRules(
  scope: readonly ResolvedRule[],
  { sightings }: Pick<KnownLink, "sightings">,
): readonly ResolvedRule[] {
  return scope.filter((rule) => sightings[rule.from]?.rules.includes(rule.id) === true);
}

/** The sides that lead: on which a person matches a rule. */
export function sidesInScope(matched: readonly ResolvedRule[]): PerSide<boolean> {
  return perSide((side) => matched.some((rule) => rule.from === side));
}
