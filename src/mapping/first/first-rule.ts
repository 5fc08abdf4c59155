import type { Collection, Schema } from "../../connectors/connector.ts";
import type { PerSide, Side } from "../../model/side.ts";

/** Whom a first mapping keeps in step: a list of one side. */
export interface FirstRule {
  readonly from: Side;
  readonly collection: Collection;
}

/** Lists that no sync is meant for, whatever their size. */
const OTHER_PURPOSE =
  /unsub|suppress|bounce|opt(?:ed)?[ -]?out|do not|\btest\b|spam|complain|invalid|internal|employee|deleted/i;

/** The largest has to be this much larger than the next, or it is anybody's guess which one is meant. */
const CLEARLY_LARGER = 1.25;

/** HubSpot's lists that somebody may mean, largest first. */
export function sensibleLists({ hubspot }: PerSide<Schema>): readonly Collection[] {
  return hubspot.collections
    .filter(({ name, size }) => (size ?? 0) > 0 && !OTHER_PURPOSE.test(name))
    .toSorted((a, b) => (b.size ?? 0) - (a.size ?? 0));
}

/** The list that is clearly the one; `null` where a person has to say. */
export function obviousRule(schemas: PerSide<Schema>): FirstRule | null {
  const [largest, next] = sensibleLists(schemas);
  if (largest === undefined) return null;
  const clear = next === undefined || (largest.size ?? 0) >= CLEARLY_LARGER * (next.size ?? 0);
  return clear ? { from: "hubspot", collection: largest } : null;
}
