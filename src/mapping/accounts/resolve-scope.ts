import type { Schema } from "../../connectors/connector.ts";
import type { CollectionRef, ScopeRule } from "../../model/mapping.ts";
import type { Problem } from "../../model/problem.ts";
import type { ResolvedRule } from "../../model/scope.ts";
import type { PerSide, Side } from "../../model/side.ts";
import { SIDE_NAMES } from "../../model/side.ts";
import { clip } from "../../model/clip.ts";
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

/** May this name stand for its new list or segment from now on? */
export type Accepts = (repointed: RepointedRef) => boolean;

/** What the names of some rules stand for. */
export interface ResolvedScope {
  readonly unresolved: readonly Unresolved[];
  /** Each name once. */
  readonly repointed: readonly RepointedRef[];
  readonly renamed: readonly RenamedRef[];
  /** The rules with ids in place of names. */
  readonly rules: (accepts: Accepts) => readonly ResolvedRule[];
  /** The id that each name stands for, by `referenceKey`. A name without one is absent. */
  readonly ids: (accepts: Accepts) => ReadonlyMap<string, string>;
}

/** Every name keeps the id under which it was found. */
export const NOTHING_ACCEPTED: Accepts = () => false;
export const EVERYTHING_ACCEPTED: Accepts = () => true;

interface FoundRef {
  readonly id: string | null;
  readonly isGone: boolean;
  readonly repointed: RepointedRef | null;
}

/**
 * Finds the lists and segments that the rules name, by id or exact name. One that was found before keeps its id, so that
 * a renamed or deleted list freezes its rule instead of emptying it, and another one that takes the name waits for a
 * person. A rule with a name that was never found removes nobody: people who seem to have left may be in the list that is
 * meant. Of two with one name, none is used that was not in use before. Nobody is added to a list that no longer exists.
 *
 * @param earlier ids found before, by `referenceKey`
 */
export function resolveScope(
  rules: readonly ScopeRule[],
  schemas: PerSide<Schema>,
  earlier: ReadonlyMap<string, string>,
): ResolvedScope {
  const unresolved: Unresolved[] = [];
  const repointed = new Map<string, RepointedRef>();
  const renamed = new Map<string, RenamedRef>();
  const names = new Map<string, FoundRef>();
  const find = (rule: string, side: Side, role: RepointedRef["role"], ref: CollectionRef): void => {
    const key = referenceKey(side, ref);
    const { collections } = schemas[side];
    const found = resolveName(collections, side, ref, earlier.get(key) ?? null);
    const { id, candidates } = found;
    const change = found.repointing === null ? null : { rule, side, ref, role, ...found.repointing };
    if (change !== null) repointed.set(key, change);
    else if (found.renamed !== null && id !== null) renamed.set(key, { side, ref, id, name: found.renamed });
    else if (candidates.length !== 1) unresolved.push({ rule, side, ref, candidates });
    const isGone = collections.length > 0 && collections.every((one) => one.id !== id);
    names.set(key, { id, isGone, repointed: change });
  };
  for (const rule of rules) {
    for (const ref of rule.collections) find(rule.id, rule.from, "source", ref);
    for (const ref of rule.addToLists) find(rule.id, "klaviyo", "target", ref);
  }

  const accepted = ({ repointed: change }: FoundRef, accepts: Accepts): string | null =>
    change !== null && accepts(change) ? change.to : null;
  const idsOf = (side: Side, refs: readonly CollectionRef[], accepts: Accepts, isTarget: boolean) =>
    refs.flatMap((ref) => {
      const found = names.get(referenceKey(side, ref));
      if (found === undefined) return [];
      return accepted(found, accepts) ?? (isTarget && found.isGone ? [] : (found.id ?? []));
    });
  return {
    unresolved,
    repointed: [...repointed.values()],
    renamed: [...renamed.values()],
    rules: (accepts) =>
      rules.map((rule): ResolvedRule => {
        const collections = idsOf(rule.from, rule.collections, accepts, false);
        const known = collections.length === rule.collections.length;
        return {
          id: rule.id,
          from: rule.from,
          onEnter: rule.onEnter,
          onLeave: known ? rule.onLeave : "stop",
          subscribe: rule.subscribe,
          collections,
          lists: idsOf("klaviyo", rule.addToLists, accepts, true),
        };
      }),
    ids: (accepts) =>
      new Map(
        [...names].flatMap(([key, found]): [string, string][] => {
          const id = accepted(found, accepts) ?? found.id;
          return id === null ? [] : [[key, id]];
        }),
      ),
  };
}

/** What the store remembers a found reference by. */
export function referenceKey(side: Side, ref: CollectionRef): string {
  return `${side} ${ref.kind} ${ref.nameOrId}`;
}

/** HS-LIST, KL-LIST: the rule is frozen, nobody is removed, a person must look. */
export function listGone({ rule, side, ref, candidates }: Unresolved): Problem {
  const system = SIDE_NAMES[side];
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
      ? `Rule "${rule}" names "${ref.nameOrId}", and more than one ${ref.kind} has that name. Tandem uses only the one that it found first, if any, and removes nobody because of this.`
      : `Rule "${rule}" names this ${ref.kind}. To be safe, Tandem removes nobody because of it.`,
    fix: [
      several
        ? `Write the id of the right one in line ${ref.line} of the mapping: ${candidates.join(" or ")}.`
        : `Restore the ${ref.kind} in ${system}, or change line ${ref.line} of the mapping.`,
    ],
    retry: "soon",
    reference: null,
  };
}

/** HS-LIST, KL-LIST: nothing is wrong, and anybody who reads the mapping would look for a name that is no more. */
export function listRenamed({ side, ref, id, name }: RenamedRef): Problem {
  const system = SIDE_NAMES[side];
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
