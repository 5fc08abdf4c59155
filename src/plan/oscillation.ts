import type { PastWrite } from "../model/history/past-write.ts";
import type { Value } from "../model/value.ts";
import { sameValue } from "../model/value.ts";

const DAY_MS = 86_400_000;
/** So often a day a field of one person is written back to what it was; who does it more often is fighting somebody. */
const MOST_FLIPS = 3;

/** A field that is not written for now. */
export interface Frozen {
  /** The flips of the last day and the write before them, oldest first. */
  readonly writes: readonly PastWrite[];
  /** After so many milliseconds it may be written again. */
  readonly thawsInMs: number;
}

/**
 * Would writing this value continue a fight? A flip is a write of a value that an earlier write, of less than a day
 * before, had sent or replaced: A→B→A…, on either side. With three of them in a day the field is frozen for every value
 * of the fight; a value that is new to it passes.
 *
 * @param writes Tandem's writes of two days, whatever their order; a flip a day old has its cause in the day before
 */
export function frozenBy(writes: readonly PastWrite[], field: string, value: Value): Frozen | null {
  const ours = oncePerRun(writes.filter((write) => write.field === field));
  const flips = ours.filter((write, index) => write.ageMs < DAY_MS && isFlip(ours.slice(0, index), write));
  const oldest = flips.at(-MOST_FLIPS);
  if (oldest === undefined || !isFlip(ours, { after: value, ageMs: 0 })) return null;
  const from = Math.max(0, ours.indexOf(oldest) - 1);
  return { writes: ours.slice(from), thawsInMs: DAY_MS - oldest.ageMs };
}

function isFlip(earlier: readonly PastWrite[], write: Pick<PastWrite, "after" | "ageMs">): boolean {
  return earlier.some(
    ({ before, after, ageMs }) =>
      ageMs - write.ageMs < DAY_MS && (sameValue(before, write.after) || sameValue(after, write.after)),
  );
}

/** Oldest first. A joined list goes to both sides in one run, and that is one write. */
function oncePerRun(writes: readonly PastWrite[]): readonly PastWrite[] {
  const sorted = writes.toSorted((one, other) => other.ageMs - one.ageMs);
  return sorted.filter((write, index) => {
    const before = sorted.slice(0, index);
    return !before.some(({ run, after }) => run === write.run && sameValue(after, write.after));
  });
}
