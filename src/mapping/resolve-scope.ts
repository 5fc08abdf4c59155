import type { Schema } from "../connectors/connector.ts";
import type { CollectionRef, ScopeRule } from "../model/mapping.ts";
import type { Problem } from "../model/problem.ts";
import type { ResolvedRule } from "../model/scope.ts";
import type { PerSide, Side } from "../model/side.ts";
import { clip } from "../model/clip.ts";
import type { Repointing } from "./resolve-name.ts";
import { resolveName } from "./resolve-name.ts";

/** A reference of the mapping that nothing in the account answers to, or more than one. */
export interface Unresolved {
  readonly rule: string;
  readonly side: Side;
  readonly ref: CollectionRef;
  /** The ids of all that have this name. */
  readonly candidates: readonly string[];
}

/** A reference whose name stands for another list or segment than before. */
export interface RepointedRef extends Repointing {
  readonly rule: string;
  readonly side: Side;
  readonly ref: CollectionRef;
  /** Does it say who is in scope, or where people are put? */
  readonly role: "source" | "target";
}

/** A reference whose list or segment has another name by now. */
export interface RenamedRef {
  readonly side: Side;
  readonly ref: CollectionRef;
  readonly id: string;
  readonly name: string;
}

export interface ResolvedScope {
  readonly rules: readonly ResolvedRule[];
  readonly unresolved: readonly Unresolved[];
  /** Each name once. */
  readonly repointed: readonly RepointedRef[];
  readonly renamed: readonly RenamedRef[];
}

/** Everything keeps the id under which it was found. */
const NOTHING_ACCEPTED = (): boolean => false;

/**
 * Finds the lists and segments that the rules name, by id or exact name. One that was found before keeps its id, so that
 * a renamed or deleted list freezes its rule instead of emptying it, and another one that takes the name waits for a
 * person. A rule with one that was never found takes nobody off a list: whoever seems to have left may be in the one that
 * is meant. Of two with one name none is taken that was not in use before. Nobody is put on a list that no longer exists.
 *
 * @param earlier ids found before, by `referenceKey`
 * @param accepts may this name stand for its new list or segment from now on?
 */
export function resolveScope(
  rules: readonly ScopeRule[],
  schemas: PerSide<Schema>,
  earlier: ReadonlyMap<string, string>,
  accepts: (repointed: RepointedRef) => boolean = NOTHING_ACCEPTED,
): ResolvedScope {
  const unresolved: Unresolved[] = [];
  const repointed = new Map<string, RepointedRef>();
  const renamed = new Map<string, RenamedRef>();
  const resolve = (
    rule: string,
    side: Side,
    role: RepointedRef["role"],
    refs: readonly CollectionRef[],
  ): readonly string[] =>
    refs.flatMap((ref) => {
      const key = referenceKey(side, ref);
      const { collections } = schemas[side];
      const found = resolveName(collections, side, ref, earlier.get(key) ?? null);
      const { id, candidates, repointing } = found;
      if (repointing !== null) {
        const change = { rule, side, ref, role, ...repointing };
        repointed.set(key, change);
        if (accepts(change)) return change.to;
      } else if (found.renamed !== null && id !== null) {
        renamed.set(key, { side, ref, id, name: found.renamed });
      } else if (candidates.length !== 1) {
        unresolved.push({ rule, side, ref, candidates });
      }
      const gone = collections.length > 0 && collections.every((one) => one.id !== id);
      return id === null || (role === "target" && gone) ? [] : id;
    });
  const resolved = rules.map((rule): ResolvedRule => {
    const collections = resolve(rule.id, rule.from, "source", rule.collections);
    const known = collections.length === rule.collections.length;
    return {
      id: rule.id,
      from: rule.from,
      onEnter: rule.onEnter,
      onLeave: known ? rule.onLeave : "stop",
      subscribe: rule.subscribe,
      collections,
      lists: resolve(rule.id, "klaviyo", "target", rule.addToLists),
    };
  });
  return {
    rules: resolved,
    unresolved,
    repointed: [...repointed.values()],
    renamed: [...renamed.values()],
  };
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
      ? `Rule "${rule}" names "${ref.nameOrId}", and it is not plain which is meant. Only the one that was found first is used, if any, and nobody is removed because of it.`
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

/** HS-LIST, KL-LIST: nothing is wrong, and whoever reads the mapping would look for a name that is no more. */
export function listRenamed({ side, ref, id, name }: RenamedRef): Problem {
  const system = side === "hubspot" ? "HubSpot" : "Klaviyo";
  return {
    code: side === "hubspot" ? "HS-LIST" : "KL-LIST",
    level: "mapping",
    side,
    field: ref.nameOrId,
    title: clip(`${system} ${ref.kind} "${ref.nameOrId}" is now called "${name}"`, 60),
    explanation: `${ref.kind === "list" ? "List" : "Segment"} "${ref.nameOrId}" is now called "${name}". Tandem knows it by its id ${id} and continues with it.`,
    fix: [`Write the new name, or the id ${id}, in line ${ref.line} of the mapping.`],
    retry: "soon",
    reference: null,
  };
}
