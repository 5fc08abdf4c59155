import type { Collection } from "../../connectors/connector.ts";
import type { CollectionRef } from "../../model/mapping.ts";
import type { Side } from "../../model/side.ts";
import { findCollections } from "./find-collection.ts";

/** A name that stands for another list or segment than the one it was first found as. */
export interface Repointing {
  readonly from: string;
  readonly to: string;
  /** The first one no longer exists. */
  readonly gone: boolean;
}

/** What a name of the mapping stands for now. */
export interface ResolvedName {
  /** The id to use; `null` where there is none, or more than one and none was found before. */
  readonly id: string | null;
  /** The ids of all that have this name now. */
  readonly candidates: readonly string[];
  readonly repointing: Repointing | null;
  /** What the one in use is called now, where it was renamed and nothing else has its old name. */
  readonly renamed: string | null;
}

/**
 * A name resolves to an id once; from then on the id is meant. Should the name stand for another one later, that is a
 * change of the mapping, for a person to approve: the first one stays in use until then.
 *
 * @param remembered the id under which the name was found before
 */
export function resolveName(
  collections: readonly Collection[],
  side: Side,
  ref: Pick<CollectionRef, "kind" | "nameOrId">,
  remembered: string | null,
): ResolvedName {
  const candidates = findCollections(collections, side, ref).map(({ id }) => id);
  const only = candidates.length === 1 ? (candidates[0] ?? null) : null;
  const nothing = { candidates, repointing: null, renamed: null };
  if (remembered === null || candidates.includes(remembered)) return { ...nothing, id: remembered ?? only };
  const still = collections.find(({ id }) => id === remembered);
  if (only !== null) {
    const repointing = { from: remembered, to: only, gone: still === undefined };
    return { ...nothing, id: remembered, repointing };
  }
  return { ...nothing, id: remembered, renamed: candidates.length === 0 ? (still?.name ?? null) : null };
}
