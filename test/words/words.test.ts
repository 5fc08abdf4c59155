import { describe, expect, test } from "vitest";
import { CAUSE_CODES } from "../../src/words/cause-codes.ts";
import { textFiles } from "../support/text-files.ts";
import { sentencesOf } from "./sentences.ts";

/** Words that a person does not read any more, with what Tandem says instead. */
const UNWANTED: readonly (readonly [RegExp, string])[] = [
  [/\brefusals?\b/i, "opt-out, rejected value or vendor error"],
  [/\be-mails?\b/i, "email"],
  [/\bwhoever\b/i, "a person or a role"],
  [/\b(?:some|any|every)body\b/i, "someone, anyone, everyone, or who it is"],
  [/\bmend(?:s|ed|ing)?\b/i, "fix"],
  [/\bin(?:to)? force\b/i, "in use"],
  [/\bgo(?:es|ing)? on\b|\bwent on\b/i, "continue"],
  [/\banew\b/i, "again"],
  [/\bby (?:itself|themselves)\b/i, "automatically"],
  [/\bof its own\b/i, "own"],
  [/\blook(?:s|ed)? at both sides\b|\blook again\b/i, "read"],
  [/\btak(?:e|en|es) up\b|\btook up\b/i, "resume"],
  [/\blets? go\b/i, "removal"],
  [/\bthe whole compare/i, "full comparison"],
  [/\bdid not stand\b/i, "was overwritten"],
  [/\bbegun by\b/i, "started by"],
  [/\bwhat (?:came|became) (?:to|of)\b/i, "result"],
  [/\bleft alone\b/i, "skipped, ignored"],
  [/\bcarried (?:to|over)\b/i, "synced"],
  [/\bcolours?\b/i, "color"],
  [/\bdo nothing\b/i, "Cancel"],
  [/\bat work\b/i, "running"],
];

const FILES = ["words", "status", "cli"].flatMap((room) =>
  textFiles("src")
    .filter(({ path }) => path.startsWith(`${room}/`))
    .filter(({ path }) => path.endsWith(".ts"))
    .map(({ path, text }) => ({ path: `src/${path}`, text })),
);
const SENTENCES = FILES.flatMap(({ path, text }) => sentencesOf(path, text));

describe("what pages, help and output say", () => {
  test("is found", () => {
    expect(SENTENCES.length).toBeGreaterThan(1_000);
    expect(SENTENCES.map(({ text }) => text)).toContain("HubSpot and Klaviyo match.");
  });

  test.each(UNWANTED)("has no %s: say %s", (word) => {
    const found = SENTENCES.filter(({ text }) => word.test(text));
    expect(found.map(({ path, line, text }) => `${path}:${line} ${text}`)).toEqual([]);
  });
});

/** Aim for 20. */
const MOST_WORDS = 25;

test("a sentence of src/words/ has at most 25 words", () => {
  const long = SENTENCES.filter(({ path }) => path.startsWith("src/words/")).flatMap(({ path, line, text }) =>
    text
      .split(/(?<=[.!?:;])\s+/)
      .map((sentence) => ({
        sentence,
        words: sentence.split(/\s+/).filter((word) => /\w/.test(word)).length,
      }))
      .filter(({ words }) => words > MOST_WORDS)
      .map(({ sentence, words }) => `${path}:${line} ${words} words: ${sentence}`),
  );
  expect(long).toEqual([]);
});

test("every problem's code is among those that a command can name, and no other", () => {
  const written = textFiles("src")
    .filter(({ path }) => path.endsWith(".ts") && !path.startsWith("words/cause-codes"))
    .flatMap(({ text }) => text.match(/"(?:HS|KL|SK)-[A-Z0-9]+(?:-[A-Z0-9]+)*"/g) ?? [])
    .map((quoted) => quoted.slice(1, -1));
  expect([...new Set(written)].toSorted()).toEqual([...CAUSE_CODES].toSorted());
});
