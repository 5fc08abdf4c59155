import { describe, expect, test } from "vitest";
import { formatDiagnostics } from "../../../src/mapping/diagnostics/format-diagnostics.ts";
import { parseMapping } from "../../../src/mapping/parse-mapping.ts";
import { mappingText } from "../mapping-text.ts";

const LONGEST_MS = 250;

const lines = (count: number, line: (at: number) => string) =>
  Array.from({ length: count }, (_none, at) => line(at)).join("\n");

/** Texts that are made to take long, to take much, or to take the process with them. */
const BOMBS: readonly (readonly [name: string, code: string, text: string])[] = [
  ["a file of 300 KB", "M005", "a: 1\n".repeat(60_000)],
  ["one open bracket after the other", "M006", `a: ${"[".repeat(3_000)}`],
  [
    "brackets over two lines, which have aborted processes",
    "M006",
    `${"[".repeat(1_000)}\n${"[".repeat(2_000)}`,
  ],
  ["brackets that others seem to close", "M006", `${"]".repeat(1_000)}${"[".repeat(1_000)}`],
  ["braces", "M006", "{".repeat(5_000)],
  ["lists in lists on one line", "M006", `${"- ".repeat(5_000)}a`],
  ["lists in lists, a line each", "M006", lines(400, (at) => `${" ".repeat(at)}-`)],
  ["keys in keys", "M006", lines(300, (at) => `${" ".repeat(at)}a:`)],
  ["complex keys in complex keys", "M006", "? ".repeat(3_000)],
  ["depth by lines and brackets together", "M006", `${lines(18, (at) => `${" ".repeat(at)}a:`)} [[[[[[`],
  [
    "aliases that multiply",
    "M018",
    `x-a: &a [1,1,1,1]\n${"bcdefghijk"
      .split("")
      .map((name, at) => `x-${name}: &${name} [${"*".concat("abcdefghij"[at] ?? "", ",").repeat(4)}]`)
      .join("\n")}`,
  ],
  ["thousands of aliases", "M018", `x-a: &a 1\nx-b: [${"*a,".repeat(5_000)}]`],
  ["thousands of anchors", "M005", lines(10_000, (at) => `x-k${at}: &a${at} 1`)],
  ["thousands of keys", "M005", lines(20_000, (at) => `k${at}: b`)],
  ["as many unknown keys as a file may have", "M101", lines(3_900, (at) => `k${at}: b`)],
  [
    "as many wrong entries as a file may have",
    "M101",
    mappingText({ fields: lines(1_000, () => "{ hubspt: a, klaviyo: b }") }),
  ],
  [
    "as many equal entries as a file may have",
    "M202",
    mappingText({ fields: lines(1_000, () => "{ hubspot: a, klaviyo: title }") }),
  ],
  [
    "as many options as a file may have",
    "M216",
    mappingText({
      fields: `{ hubspot: a, klaviyo: title, options: {${lines(3_300, (at) => ` a${at}: b,`).replaceAll("\n", "")} } }`,
    }),
  ],
  ["a key as long as the file", "M010", `${"k".repeat(200_000)}: 1`],
  ["a value as long as the file", "M103", `version: 1\nname: ${"k".repeat(200_000)}`],
  ["quotes in quotes", "M103", `a: '${"''".repeat(100_000)}'`],
  ["backslashes", "M103", `a: "${"\\\\".repeat(100_000)}"`],
  ["line breaks", "M005", `${"\n".repeat(250_000)}a`],
  ["spaces", "M100", `${" ".repeat(250_000)}a`],
  ["keys in a row", "M103", `token: ${"pk_".repeat(80_000)}`],
  ["tags in a row", "M005", `a: ${"!x ".repeat(50_000)}`],
  ["stars", "M018", `a: ${"*".repeat(200_000)}`],
];

describe("a text made to do harm is refused in no time", () => {
  // The first call pays for compiling the code; it is not what is measured.
  parseMapping(mappingText({ tail: "limts: {}" }), "warm.yaml");

  test.each(BOMBS)("%s", (name, code, text) => {
    const read = () => {
      const began = process.cpuUsage();
      const { mapping, diagnostics } = parseMapping(text, "bomb.yaml");
      const printed = formatDiagnostics(diagnostics, text);
      return { mapping, diagnostics, printed, took: process.cpuUsage(began).user / 1_000 };
    };
    const { mapping, diagnostics, printed, took } = read();
    expect(mapping).toBeNull();
    expect(diagnostics.map((each) => each.code)).toContain(code);
    expect(diagnostics.length).toBeLessThanOrEqual(200);
    expect(printed.length).toBeLessThan(200_000);
    // Processor time, and the best of a few: what the text itself costs, however busy the machine is.
    const best = Math.min(took, read().took, read().took);
    // Files at the very limit of what is looked at take longer than bombs, which are not looked at.
    expect(best).toBeLessThan(name.startsWith("as many") ? LONGEST_MS * 5 : LONGEST_MS);
  });
});
