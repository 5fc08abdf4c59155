import { expect, test } from "vitest";
import { textFiles } from "../support/text-files.ts";
import { unwantedWords } from "./unwanted-words.ts";

/** Words and phrases that are gone from `src/` and `test/`; the list grows with each that goes. */
const GONE: readonly string[] = ["desk", "door", "governor", "sheet", "in force"];

test.each(GONE)("“%s” does not come back in names, comments or messages", (word) => {
  const files = (["src", "test"] as const).flatMap((folder) =>
    textFiles(folder).map(({ path, text }) => ({ path: `${folder}/${path}`, text })),
  );
  // The list of words names each of them.
  const found = unwantedWords(files.filter(({ path }) => !path.startsWith("test/house/"))).get(word);
  expect(found === undefined ? "no such word in the list" : [...found.keys()]).toEqual([]);
});
