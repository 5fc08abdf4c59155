import type { Collection } from "../../connectors/connector.ts";
import type { CollectionRef } from "../../model/mapping.ts";
import type { Side } from "../../model/side.ts";

/**
 * The lists or segments that a rule may mean: the one with this id, else every one with exactly this name. More than
 * one is for the mapping's author to decide. HubSpot has one kind under two names (its pages say segments, its API
 * says lists), so there either word finds it; at Klaviyo they are two things.
 */
export function findCollections(
  collections: readonly Collection[],
  side: Side,
  ref: Pick<CollectionRef, "kind" | "nameOrId">,
): readonly Collection[] {
  const known = side === "hubspot" ? collections : collections.filter((each) => each.kind === ref.kind);
  const byId = known.filter((each) => each.id === ref.nameOrId);
  return byId.length > 0 ? byId : known.filter((each) => each.name === ref.nameOrId);
}
