/** A repeatable source of chance: the same seed gives the same people, ids and edits, on every machine. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  /** A whole number in [0, below). */
  below(below: number): number;
  pick<T>(items: readonly T[]): T;
  chance(probability: number): boolean;
}

/** How far a source of chance has come: all there is to keep of it. */
export interface RandomData {
  state: number;
}

export function seededRandom(seed: number): Random {
  return randomFrom({ state: seed >>> 0 });
}

/** mulberry32: 32 bits of state are plenty for made-up people, and it has no dependency to drift. */
export function randomFrom(data: RandomData): Random {
  const next = (): number => {
    const state = (data.state + 0x6d2b79f5) >>> 0;
    data.state = state;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    below,
    pick(items) {
      const item = items[below(items.length)];
      if (item === undefined) throw new RangeError("nothing to pick from");
      return item;
    },
    chance: (probability) => next() < probability,
  };
}
