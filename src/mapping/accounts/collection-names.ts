import type { ScopeRule } from "../../model/mapping.ts";
import type { PerSide } from "../../model/side.ts";
import { referenceKey } from "./resolve-scope.ts";

/**
 * What the mapping calls the lists and segments that its rules name, by id.
 *
 * @param found ids found before, by `referenceKey`
 */
export function collectionNames(
  rules: readonly ScopeRule[],
  found: ReadonlyMap<string, string>,
): PerSide<ReadonlyMap<string, string>> {
  const names = { hubspot: new Map<string, string>(), klaviyo: new Map<string, string>() };
  for (const { from, collections, addToLists } of rules) {
    const refs = [
      ...collections.map((ref) => ({ side: from, ref })),
      ...addToLists.map((ref) => ({ side: "klaviyo" as const, ref })),
    ];
    for (const { side, ref } of refs) {
      const id = found.get(referenceKey(side, ref));
      if (id !== undefined) names[side].set(id, ref.nameOrId);
    }
  }
  return names;
}
