/** Slips of the finger that are still believed to be one: more than two are another word. */
const MOST_SLIPS = 2;

/** Which of these was probably meant; `null` where none is near enough. */
export function alike(written: string, known: readonly string[]): string | null {
  let best: { readonly word: string; readonly slips: number } | null = null;
  for (const word of known) {
    if (Math.abs(word.length - written.length) > MOST_SLIPS) continue;
    const slips = distance(written, word);
    if (slips <= MOST_SLIPS && (best === null || slips < best.slips)) best = { word, slips };
  }
  return best?.word ?? null;
}

/** Letters put in, left out or changed, and neighbours that changed places (optimal string alignment). */
function distance(one: string, other: string): number {
  let before: number[] = [];
  let above = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row += 1) {
    const line = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const same = one[row - 1] === other[column - 1] ? 0 : 1;
      const swapped =
        row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      line.push(
        Math.min(
          (above[column] ?? Infinity) + 1,
          (line[column - 1] ?? Infinity) + 1,
          (above[column - 1] ?? Infinity) + same,
          swapped ? (before[column - 2] ?? Infinity) + 1 : Infinity,
        ),
      );
    }
    before = above;
    above = line;
  }
  return above[other.length] ?? Infinity;
}
