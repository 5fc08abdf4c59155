import type { TextFile } from "../support/text-files.ts";

/** A word or phrase that has a plainer one. */
export interface UnwantedWord {
  readonly word: string;
  /** What to write instead. */
  readonly instead: string;
}

/** Words of names, with every form of them; `lookAtPeople` has the word `look`, `lookup` has not. */
export const UNWANTED_NAMES: readonly (UnwantedWord & { readonly forms: readonly string[] })[] = [
  { word: "refusal", forms: ["refusal", "refusals"], instead: "opt-out, rejected value or vendor error" },
  { word: "asked", forms: ["asked"], instead: "subscribe request, or who sent what" },
  { word: "look", forms: ["look", "looks", "looked", "looking"], instead: "pull, read or find" },
  { word: "door", forms: ["door", "doors"], instead: "circuit breaker" },
  { word: "governor", forms: ["governor", "governors"], instead: "rate limiter" },
  { word: "desk", forms: ["desk", "desks"], instead: "page tasks" },
  { word: "sheet", forms: ["sheet", "sheets"], instead: "page task" },
  { word: "wish", forms: ["wish", "wishes", "wished"], instead: "sync request" },
  { word: "deed", forms: ["deed", "deeds"], instead: "journal entry" },
  { word: "death", forms: ["death", "deaths"], instead: "deletion" },
  { word: "believe", forms: ["believe", "believes", "believed"], instead: "say what is known, and how" },
  { word: "basket", forms: ["basket", "baskets"], instead: "cart" },
  { word: "doubt", forms: ["doubt", "doubts", "doubted"], instead: "unreliable ledger" },
];

/** Phrases of comments and messages; matched in lower case, across the lines of a comment. */
export const UNWANTED_PHRASES: readonly (UnwantedWord & { readonly pattern: RegExp })[] = [
  {
    word: "What … came to",
    pattern: /\bwhat [\w' ,-]{0,60}?\bc[ao]mes? to\b/g,
    instead: "Result of …",
  },
  { word: "whoever", pattern: /\bwhoever\b/g, instead: "name the person or program" },
  { word: "of its own", pattern: /\bof (?:its|their|his|her) own\b/g, instead: "own, or leave it out" },
  { word: "in force", pattern: /\bin(?:to)? force\b/g, instead: "in use, applies" },
  { word: "anew", pattern: /\banew\b/g, instead: "again" },
  { word: "goes on", pattern: /\bg(?:oes|o|oing) on\b/g, instead: "continues" },
];

/** Where the words stand, by word: each path once, with how often. */
export type Occurrences = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** Counts the words in names, comments and strings alike, and in the names of files. */
export function unwantedWords(files: readonly TextFile[]): Occurrences {
  const found = new Map<string, Map<string, number>>(
    [...UNWANTED_NAMES, ...UNWANTED_PHRASES].map(({ word }) => [word, new Map()]),
  );
  const wordOf = new Map(UNWANTED_NAMES.flatMap(({ word, forms }) => forms.map((form) => [form, word])));
  for (const { path, text } of files) {
    const add = (word: string): void => {
      const paths = found.get(word);
      paths?.set(path, (paths.get(path) ?? 0) + 1);
    };
    for (const part of parts(`${path}\n${text}`)) {
      const word = wordOf.get(part);
      if (word !== undefined) add(word);
    }
    const prose = text.toLowerCase().replaceAll(/\s+(?:(?:\*|\/\/)\s+)?/g, " ");
    for (const { word, pattern } of UNWANTED_PHRASES) for (const _ of prose.matchAll(pattern)) add(word);
  }
  return found;
}

/** The words of a text in lower case; a name in camel case gives each of its words. */
function parts(text: string): readonly string[] {
  return (text.match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g) ?? []).map((part) => part.toLowerCase());
}
