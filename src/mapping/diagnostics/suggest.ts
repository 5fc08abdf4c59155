import { distance } from "fastest-levenshtein";

/** The one word that was probably meant, or several that are equally near: then nobody guesses. */
export interface Suggestion {
  readonly word: string | null;
  readonly ties: readonly string[];
}

const NOTHING: Suggestion = { word: null, ties: [] };

/**
 * What somebody who wrote `written` probably meant among `known`: the same word in another case, then a word that ends
 * with it (`country` → `location.country`), then the nearest by edit distance, if near enough to be a slip.
 *
 * @param most letters that may be wrong; default: a third of the word
 */
export function suggest(
  written: string,
  known: readonly string[],
  most = Math.max(1, Math.floor(written.length / 3)),
): Suggestion {
  const small = written.toLowerCase();
  const among = (words: readonly string[]): Suggestion | null =>
    words.length === 0
      ? null
      : words.length === 1
        ? { word: words[0] ?? null, ties: [] }
        : { word: null, ties: words };
  const candidates = [...new Set(known)].filter((word) => word !== written);
  const found =
    among(candidates.filter((word) => word.toLowerCase() === small)) ??
    among(candidates.filter((word) => word.toLowerCase().endsWith(`.${small}`)));
  return found ?? among(nearest(small, candidates, most)) ?? NOTHING;
}

function nearest(small: string, candidates: readonly string[], most: number): readonly string[] {
  let best = most;
  let words: string[] = [];
  for (const word of candidates) {
    const far = distance(small, word.toLowerCase());
    if (far < best) words = [];
    if (far <= best) {
      best = far;
      words.push(word);
    }
  }
  return words;
}

/** The beginning of a help text: "did you mean `x`?", or `otherwise`; with a tie too, since two guesses are none. */
export function didYouMean(written: string, known: readonly string[], otherwise: string): string {
  const { word } = suggest(written, known);
  return word === null ? otherwise : `did you mean \`${word}\`?`;
}

/** Words for a help text, the first twelve; a portal has hundreds of properties. */
export function listed(words: readonly string[]): string {
  const most = 12;
  const shown = words.slice(0, most).join(", ");
  return words.length > most ? `${shown} and ${words.length - most} more` : shown;
}
