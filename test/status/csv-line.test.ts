import { expect, test } from "vitest";
import { csvLine } from "../../src/status/parts/csv-line.ts";

const FORMULAS = [
  "=1+1",
  "+1",
  "-1",
  "@SUM(A1)",
  '=HYPERLINK("https://evil.example","x")',
  "=cmd|' /C calc'!A0",
  "\t=1+1",
  "\r=1+1",
  "\n=1+1",
  "  =1+1",
  "\u200b=1+1",
  "\ufeff=1+1",
  "\u00a0=1+1",
  "＝1+1",
  "＋1",
  "－1",
  "＠SUM(A1)",
  "|calc",
  "%0A=1",
  "=",
  "+",
  "-",
  "@",
  "+372 5123 4567",
  "-2+3+cmd|' /C calc'!A0",
  "@=1",
  '=IMPORTXML("https://evil.example","//a")',
  '+IMAGE("https://evil.example")',
  "=1\n=2",
  "\u202e=1",
];

test.each(FORMULAS)("%j is text in a spreadsheet", (value) => {
  const [line = ""] = csvLine([value]).split("\r\n", 1);
  expect(line.replace(/^"/, "").startsWith("'")).toBe(true);
});

test("commas, quotes and line ends stay in their cell, and everything else as it is", () => {
  expect(csvLine(["a,b", 'say "no"', "two\nlines", "plain", null, "õ", "jo@example.com"])).toBe(
    '"a,b","say ""no""","two\nlines",plain,,õ,jo@example.com\r\n',
  );
});
