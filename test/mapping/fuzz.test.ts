import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { checkAgainst } from "../../src/mapping/accounts/check-against.ts";
import { formatDiagnostics } from "../../src/mapping/diagnostics/format-diagnostics.ts";
import { parseMapping } from "../../src/mapping/parse-mapping.ts";
import { assertLaw } from "../support/law.ts";
import { portal, shop } from "./accounts/schemas.ts";

const EXAMPLE = readFileSync(new URL("../../config/mapping.example.yaml", import.meta.url), "utf8");

interface Edit {
  readonly at: number;
  readonly cut: number;
  readonly text: string;
}

const PIECES = [
  "{",
  "}",
  "[",
  "]",
  ":",
  ": ",
  "- ",
  "&a ",
  "*a",
  "\n",
  "\n  ",
  "\t",
  "#",
  "'",
  '"',
  "!",
  "|",
  ">",
  "<<: ",
  "---\n",
  "%",
  "~",
  "\0",
  "0123",
  "null",
  "true",
  "__proto__",
  "x-a: 1\n",
  "😀",
  "\ud800",
];

const anyEdit: fc.Arbitrary<Edit> = fc.record({
  at: fc.nat(EXAMPLE.length),
  cut: fc.oneof(fc.constant(0), fc.nat(8), fc.nat(400)),
  text: fc.oneof(
    fc.constantFrom(...PIECES),
    fc.string({ maxLength: 6 }),
    fc.nat(EXAMPLE.length).map((from) => EXAMPLE.slice(from, from + 40)),
  ),
});

const edited = (edits: readonly Edit[]) =>
  edits.reduce((text, { at, cut, text: put }) => text.slice(0, at) + put + text.slice(at + cut), EXAMPLE);

test("however the example is edited, it is read or refused at a place in it, and never throws", () => {
  assertLaw(
    fc.property(fc.array(anyEdit, { minLength: 1, maxLength: 4 }).map(edited), (text) => {
      const { mapping, diagnostics } = parseMapping(text, "edited.yaml");
      expect(mapping === null).toBe(diagnostics.some((each) => each.severity === "error"));
      const lines = text.split("\n");
      for (const { line, column, length, message } of diagnostics) {
        expect(message.length).toBeGreaterThan(5);
        expect(line).toBeGreaterThanOrEqual(1);
        expect(line).toBeLessThanOrEqual(lines.length);
        expect(column).toBeGreaterThanOrEqual(1);
        expect(length).toBeGreaterThanOrEqual(1);
        expect(column + length - 1).toBeLessThanOrEqual((lines[line - 1] ?? "").length + 1);
      }
      formatDiagnostics(diagnostics, text);
      if (mapping !== null)
        checkAgainst(mapping, { hubspot: portal, klaviyo: shop }, { file: "edited.yaml", text });
      expect(Object.keys(Object.prototype)).toEqual([]);
    }),
  );
});

test("whatever is given instead of a mapping is refused, and never throws", () => {
  assertLaw(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: "binary", maxLength: 200 }), fc.json()), (text) => {
      expect(parseMapping(text, "any.yaml").mapping).toBeNull();
    }),
  );
});
