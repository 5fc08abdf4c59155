import type { SortedIndex } from "./sorted-index.ts";
import { sortedIndex } from "./sorted-index.ts";
import { secondsOf } from "./vendor-time.ts";

/** Who is in a list or segment, and since when. */
export interface Members {
  readonly size: number;
  has(profileId: string): boolean;
  /** Microseconds of the most recent join. */
  joinedAt(profileId: string): number | undefined;
  ids(): Iterable<string>;
  readonly joined: ReadonlyMap<string, number>;
  /** By the second of joining, then id. */
  readonly order: SortedIndex;
  /** False when already a member: the time of joining then stays. */
  add(profileId: string, micros: number): boolean;
  remove(profileId: string): boolean;
}

/** @param joined microseconds of joining by id: all that there is to keep */
export function members(joined: Map<string, number> = new Map()): Members {
  const order = sortedIndex();
  for (const [id, micros] of joined) order.add(secondsOf(micros), id);
  return {
    joined,
    get size() {
      return joined.size;
    },
    has: (profileId) => joined.has(profileId),
    joinedAt: (profileId) => joined.get(profileId),
    ids: () => joined.keys(),
    order,
    add(profileId, micros) {
      if (joined.has(profileId)) return false;
      joined.set(profileId, micros);
      order.add(secondsOf(micros), profileId);
      return true;
    },
    remove(profileId) {
      const micros = joined.get(profileId);
      if (micros === undefined) return false;
      joined.delete(profileId);
      order.remove(secondsOf(micros), profileId);
      return true;
    },
  };
}
