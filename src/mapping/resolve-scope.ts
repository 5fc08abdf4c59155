import type { Schema } from "../connectors/connector.ts";
import type { CollectionRef, ScopeRule } from "../model/mapping.ts";
import type { Problem } from "../model/problem.ts";
import type { ResolvedRule } from "../model/scope.ts";
import type { PerSide, Side } from "../model/side.ts";
import { findCollections } from "./find-collection.ts";
import { clip } from "../model/clip.ts";

/** A reference of the mapping that nothing in the account answers to, or more than one. */
export interface Unresolved {
  readonly rule: string;
  readonly side: Side;
  readonly ref: CollectionRef;
  /** The ids of all that have this name. */
  readonly candidates: readonly string[];
}

export interface ResolvedScope {
  readonly rules: readonly ResolvedRule[];
  readonly unresolved: readonly Unresolved[];
}

/**
 * Finds the lists and segments that the rules name, by id or exact name. One that is not found now but was found before
 * keeps its old id, so that a renamed or deleted list freezes its rule instead of emptying it. A rule with one that was
 * never found takes nobody off a list: whoever seems to have left may be in the one that is meant. Of two with one name
 * none is taken.
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
      const candidates = findCollections(schemas[side].collections, side, ref).map(({ id }) => id);
      const [only] = candidates;
      if (only !== undefined && candidates.length === 1) return only;
      unresolved.push({ rule, side, ref, candidates });
      return earlier.get(referenceKey(side, ref)) ?? [];
    });
  const resolved = rules.map((rule): ResolvedRule => {
    const collections = resolve(rule.id, rule.from, rule.collections);
    const known = collections.length === rule.collections.length;
    return {
      id: rule.id,
      from: rule.from,
      onEnter: rule.onEnter,
      onLeave: known ? rule.onLeave : "stop",
      subscribe: rule.subscribe,
      collections,
      lists: resolve(rule.id, "klaviyo", rule.addToLists),
    };
  });
  return { rules: resolved, unresolved };
}

/** What the store remembers a found reference by. */
export function referenceKey(side: Side, ref: CollectionRef): string {
  return `${side} ${ref.kind} ${ref.nameOrId}`;
}

/** HS-LIST, KL-LIST: the rule is frozen, nobody is removed, a person must look. */
export function listGone({ rule, side, ref, candidates }: Unresolved): Problem {
  const system = side === "hubspot" ? "HubSpot" : "Klaviyo";
  const several = candidates.length > 1;
  return {
    code: side === "hubspot" ? "HS-LIST" : "KL-LIST",
    level: "mapping",
    side,
    field: ref.nameOrId,
    title: several
      ? `${system} has ${candidates.length} ${ref.kind}s with one name`
      : clip(`${system} ${ref.kind} "${ref.nameOrId}" does not exist`, 60),
    explanation: several
      ? `Rule "${rule}" names "${ref.nameOrId}", and it is not plain which is meant. None of them is used, and nobody is removed because of it.`
      : `Rule "${rule}" names it. To be safe, nobody is removed because of it.`,
    fix: [
      several
        ? `Write the id of the right one in line ${ref.line} of the mapping: ${candidates.join(" or ")}.`
        : `Restore the ${ref.kind} in ${system}, or change line ${ref.line} of the mapping.`,
    ],
    retry: "soon",
    reference: null,
  };
}
