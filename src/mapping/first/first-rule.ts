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

/** Lists and segments of a side that somebody may mean, largest first. Klaviyo's have sizes once they were counted. */
export function sensibleLists(schemas: PerSide<Schema>, side: Side): readonly Collection[] {
  return schemas[side].collections
    .filter((collection) => (collection.size ?? 0) > 0 && mayBeMeant(collection))
    .toSorted((a, b) => (b.size ?? 0) - (a.size ?? 0));
}

/** By its name alone. */
export function mayBeMeant({ name }: Collection): boolean {
  return !OTHER_PURPOSE.test(name);
}

/** The list or segment of a side that is clearly the one; `null` where a person has to say. */
export function obviousRule(schemas: PerSide<Schema>, side: Side): FirstRule | null {
  const [largest, next] = sensibleLists(schemas, side);
  if (largest === undefined) return null;
  const clear = next === undefined || (largest.size ?? 0) >= CLEARLY_LARGER * (next.size ?? 0);
  return clear ? { from: side, collection: largest } : null;
}
