import { expect, test } from "vitest";
import { didYouMean, listed, suggest } from "../../../src/mapping/diagnostics/suggest.ts";

test("the nearest word is meant", () => {
  expect(suggest("direcion", ["direction", "merge"]).word).toBe("direction");
  expect(suggest("frist_name", ["first_name", "last_name"]).word).toBe("first_name");
});

test("another case comes before everything, a suffix before the nearest spelling", () => {
  expect(suggest("PERSONA", ["persona", "PERSONAS"]).word).toBe("persona");
  expect(suggest("country", ["count", "location.country"]).word).toBe("location.country");
});

test("between equals nobody guesses", () => {
  expect(suggest("persona_3", ["persona_1", "persona_2"])).toEqual({
    word: null,
    ties: ["persona_1", "persona_2"],
  });
  expect(didYouMean("persona_3", ["persona_1", "persona_2"], "options: …")).toBe("options: …");
});

test("nothing near is nothing meant", () => {
  expect(suggest("zzz", ["first_name"])).toEqual({ word: null, ties: [] });
  expect(suggest("a", [])).toEqual({ word: null, ties: [] });
});

test.each([
  ["jo@exmaple.com", "jo@example.com"],
  ["jo@example.con", "jo@example.com"],
  ["oj@example.com", "jo@example.com"],
  ["somebody@else.example", null],
  ["jill@example.com", null],
])("of email addresses within two slips, %s was probably meant to be %s", (written, meant) =>
  expect(suggest(written, ["kim@example.com", "jo@example.com"], 2).word).toBe(meant),
);

test("long lists are cut", () => {
  expect(listed(["a", "b"])).toBe("a, b");
  expect(listed(Array.from({ length: 15 }, (_none, at) => `w${at}`))).toMatch(/w11 and 3 more$/);
});
