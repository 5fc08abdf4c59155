import * as fc from "fast-check";
import { vi } from "vitest";

// A law is many histories, and on a busy machine each takes longer. A soak takes as long as it takes.
vi.setConfig({ testTimeout: process.env["LAW_RUNS"] === undefined ? 600_000 : 4 * 3_600_000 });

const PLAIN_SEED = 1;

/**
 * Asserts what holds for everything that could be thought of: tried `LAW_RUNS` times (500 unless told), from the seed in
 * `LAW_SEED` (another each time unless told; a failure prints it).
 *
 * @param share the part of the runs that a dear law gets
 */
export function assertLaw<T>(property: fc.IRawProperty<T, false>, share = 1): void {
  fc.assert(property, tries(share));
}

/**
 * The same of a law that waits for something.
 *
 * @param shrinks `false` over PostgreSQL: looking for a smaller history runs thousands of them, and takes an hour
 */
export async function assertLawOf<T>(property: fc.IRawProperty<T>, share = 1, shrinks = true): Promise<void> {
  await fc.assert(property, { ...tries(share), endOnFailure: !shrinks });
}

/**
 * The same of a law whose every history is its own world: the first that breaks it ends it, and is told by its seed
 * alone. Making such a world smaller takes hours, and printing it fills a screen with people to whom nothing happened.
 * Worlds are dear: a plain run tries the same few each time, and a soak (`LAW_RUNS`) tries others.
 */
export async function assertLawOfWorlds<T>(property: fc.IRawProperty<T>, share: number): Promise<void> {
  const seed = process.env["LAW_RUNS"] === undefined ? { seed: PLAIN_SEED } : {};
  const requested = { ...seed, ...tries(share), endOnFailure: true };
  const { failed, seed: tried, numRuns, errorInstance } = await fc.check(property, requested);
  if (!failed) return;
  throw new Error(`world ${numRuns} of LAW_SEED=${tried} breaks the law`, { cause: errorInstance });
}

function tries(share: number): { readonly numRuns: number; readonly seed?: number } {
  const numRuns = Math.max(1, Math.ceil(Number(process.env["LAW_RUNS"] ?? 500) * share));
  const seed = process.env["LAW_SEED"];
  return seed === undefined ? { numRuns } : { numRuns, seed: Number(seed) };
}
