import type { Schema } from "../connectors/connector.ts";
import type { CollectionRef, ScopeRule } from "../model/mapping.ts";
import type { Problem } from "../model/problem.ts";
import type { ResolvedRule } from "../model/scope.ts";
import type { PerSide, Side } from "../model/side.ts";
import { findCollections } from "./find-collection.ts";

/** A reference of the mapping that nothing in the account answers to. */
export interface Unresolved {
  readonly rule: string;
  readonly side: Side;
  readonly ref: CollectionRef;
}

export interface ResolvedScope {
  readonly rules: readonly ResolvedRule[];
  readonly unresolved: readonly Unresolved[];
}

/**
 * Finds the lists and segments that the rules name, by id or exact name. One that is not found now but was found before
 * keeps its old id, so that a renamed or deleted list freezes its rule instead of emptying it.
 *
 * @param earlier ids found before, by `referenceKey`
 */
export function resolveScope(
  rules: readonly ScopeRule[],
  schemas: PerSide<Schema>,
  earlier: ReadonlyMap<string, string>,
): ResolvedScope {
  const unresolved: Unresolved[] = [];
  const resolve = (rule: string, side: Side, refs: readonly CollectionRef[]): readonly string[] =>
    refs.flatMap((ref) => {
      const found = findCollections(schemas[side].collections, side, ref)[0]?.id;
      if (found === undefined) unresolved.push({ rule, side, ref });
      return found ?? earlier.get(referenceKey(side, ref)) ?? [];
    });
  const resolved = rules.map((rule) => ({
    id: rule.id,
    from: rule.from,
    onEnter: rule.onEnter,
    onLeave: rule.onLeave,
    collections: resolve(rule.id, rule.from, rule.collections),
    lists: resolve(rule.id, "klaviyo", rule.addToLists),
  }));
  return { rules: resolved, unresolved };
}

/** What the store remembers a found reference by. */
export function referenceKey(side: Side, ref: CollectionRef): string {
  return `${side} ${ref.kind} ${ref.nameOrId}`;
}

/** HS-LIST, KL-LIST: the rule is frozen, nobody is removed, a person must look. */
export function listGone({ rule, side, ref }: Unresolved): Problem {
  const system = side === "hubspot" ? "HubSpot" : "Klaviyo";
  return {
    code: side === "hubspot" ? "HS-LIST" : "KL-LIST",
    level: "mapping",
    side,
    field: ref.nameOrId,
    title: `${system} ${ref.kind} "${ref.nameOrId}" does not exist`.slice(0, 60),
    explanation: `Rule "${rule}" names it. To be safe, nobody is removed because of it.`,
    fix: [`Restore the ${ref.kind} in ${system}, or change line ${ref.line} of the mapping.`],
    retry: "soon",
    reference: null,
  };
}
