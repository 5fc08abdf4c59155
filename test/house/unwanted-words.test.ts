import { describe, expect, test } from "vitest";
import { textFiles } from "../support/text-files.ts";
import { unwantedWords } from "./unwanted-words.ts";

/** Words and phrases that are gone from `src/` and `test/`; the list grows with each that goes. */
const GONE: readonly string[] = ["desk", "door", "governor", "sheet", "in force"];

/** Those that are gone from all rooms but these. */
const GONE_ELSEWHERE: readonly string[] = [
  "anew",
  "believe",
  "doubt",
  "goes on",
  "of its own",
  "What … came to",
  "whoever",
];
const NOT_YET =
  /^(?:src\/(?:write|pull|link|consent|lanes|store\/(?:links|writes|consent))|test\/(?:laws|faults|engine|store\/statements))\//;

const FILES = (["src", "test"] as const).flatMap((folder) =>
  textFiles(folder)
    .map(({ path, text }) => ({ path: `${folder}/${path}`, text }))
    // The list of words names each of them.
    .filter(({ path }) => !path.startsWith("test/house/")),
);
const FOUND = unwantedWords(FILES);

describe("names, comments and messages", () => {
  test.each(GONE)("do not say “%s” again", (word) => {
    expect([...(FOUND.get(word)?.keys() ?? ["no such word in the list"])]).toEqual([]);
  });

  test.each(GONE_ELSEWHERE)("do not say “%s” again in the rooms where it is gone", (word) => {
    const paths = [...(FOUND.get(word)?.keys() ?? ["no such word in the list"])];
    expect(paths.filter((path) => !NOT_YET.test(path))).toEqual([]);
  });
});
