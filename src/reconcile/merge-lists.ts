import type { PerSide, Side } from "../model/side.ts";
import { otherSide, perSide } from "../model/side.ts";
import type { Value } from "../model/value.ts";

export interface JoinedLists {
  readonly items: readonly string[];
  /** One side added what the other removed: the winner's act stood, and the other side's list is to be kept. */
  readonly disputed: boolean;
}

/**
 * Both sides' additions and removals together: what was agreed, plus what either side added, less what either removed.
 * `null` where the lists cannot be joined: a side is empty or shows no list, or their removals together would empty
 * both although nobody did; then one side leads as for any other field.
 *
 * @param agreed each side's list at the last agreement; a side's changes are measured against its own
 */
export function mergeLists(agreed: PerSide<Value>, now: PerSide<Value>, winner: Side): JoinedLists | null {
  if (!Array.isArray(now.hubspot) || !Array.isArray(now.klaviyo)) return null;
  const added = perSide((side) => without(now[side], agreed[side]));
  const removed = perSide((side) => without(agreed[side], now[side]));
  const loser = otherSide(winner);
  const overruled = removed[loser].filter((item) => added[winner].includes(item));
  const gone = new Set([...removed[winner], ...removed[loser].filter((item) => !overruled.includes(item))]);
  const kept = [...items(now.hubspot), ...items(now.klaviyo)].filter((item) => !gone.has(item));
  const disputed = overruled.length > 0 || added[loser].some((item) => removed[winner].includes(item));
  return kept.length === 0 ? null : { items: [...new Set(kept)].sort(), disputed };
}

function without(all: Value, some: Value): readonly string[] {
  return items(all).filter((item) => !items(some).includes(item));
}

function items(value: Value): readonly string[] {
  return Array.isArray(value) ? value : [];
}
