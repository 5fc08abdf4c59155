import type { Random } from "../../src/sandbox/random.ts";

/**
 * When a process is to be killed. `nth` counts what the process does from its start; where it speaks to both vendors at
 * once, either may come first.
 *
 * - `write`: its nth mutating request is on the way. `lost`: it never arrives. `late`: it arrives after the death.
 *   `applied`: it is done, and its answer never leaves.
 * - `answered`: the answer to its nth mutating, or reading, request was passed on, and then it says something to the
 *   database: its `next` word, or the nth commit from there, before or after PostgreSQL carries it out.
 * - `read`: its nth reading request is on the way, before or after the vendor answers.
 * - `commit`, `statement`: somewhere in its talk with PostgreSQL.
 */
export type Moment =
  | { readonly at: "write"; readonly nth: number; readonly how: "lost" | "late" | "applied" }
  | {
      readonly at: "answered";
      readonly of: "write" | "read";
      readonly nth: number;
      readonly when: "next" | CommitPhase;
      readonly commits: number;
    }
  | { readonly at: "read"; readonly nth: number; readonly how: "lost" | "applied" }
  | { readonly at: "commit"; readonly nth: number; readonly when: CommitPhase }
  | { readonly at: "statement"; readonly nth: number };

export type CommitPhase = "before_commit" | "after_commit";

const PHASES = ["before_commit", "after_commit"] as const;

/** While a page is being kept: it was read, and what it showed and how far it went are not there yet. */
export function whileReading(random: Random): Moment {
  const [nth, commits] = [10 + random.below(8), 1 + random.below(4)];
  return { at: "answered", of: "read", nth, when: "before_commit", commits };
}

/**
 * A moment out of the seed: seven of eight are about a write.
 *
 * @param writes how many mutating requests the life is likely to make
 */
export function someMoment(random: Random, writes: number): Moment {
  const nth = random.chance(0.6) ? 1 : 1 + random.below(writes);
  const kind = random.below(100);
  if (kind < 14) return { at: "write", nth, how: "lost" };
  if (kind < 24) return { at: "write", nth, how: "late" };
  if (kind < 54) return { at: "write", nth, how: "applied" };
  if (kind < 88) {
    const when = random.pick(["next", ...PHASES, "after_commit"] as const);
    return { at: "answered", of: "write", nth, when, commits: 1 + random.below(2) };
  }
  if (kind < 91) return { at: "read", nth: 1 + random.below(16), how: random.pick(["lost", "applied"]) };
  if (kind < 93) return whileReading(random);
  if (kind < 98) return { at: "commit", nth: 1 + random.below(8), when: random.pick(PHASES) };
  return { at: "statement", nth: 1 + random.below(80) };
}
