import { describe, expect, test } from "vitest";
import { formatDiagnostics } from "../../../src/mapping/diagnostics/format-diagnostics.ts";
import { parseMapping } from "../../../src/mapping/parse-mapping.ts";
import { mappingText } from "../mapping-text.ts";

function printed(text: string, file = "broken.yaml"): string {
  return formatDiagnostics(parseMapping(text, file).diagnostics, text);
}

describe("no secret is printed, whatever is wrong with its line", () => {
  const key = "pk_0123456789abcdef0123456789abcdef12";
  const opaque = "CiRoaXMtaXMtbm90LWEta2V5";

  test.each([
    ["as the token", mappingText({ klaviyo: `token: ${key}` })],
    ["as a token that looks like nothing", mappingText({ klaviyo: `token: ${opaque}` })],
    ["in quotes", mappingText({ klaviyo: `token: "${opaque}"` })],
    ["on the line below", mappingText({ klaviyo: `token:\n      ${opaque}` })],
    ["beside another problem on one line", mappingText({ hubspot: `x: { auth: tokn, token: ${opaque} }` })],
    ["under a key that nobody knows", mappingText({ klaviyo: `api_key: ${opaque}` })],
    ["as a key", mappingText({ tail: `${key}: 1` })],
    ["as a file name", mappingText({ klaviyo: `token: { file: ${key} }` })],
    ["as a variable's name", mappingText({ klaviyo: `token: { env: ${key} }` })],
    ["in a comment of a line with an error", mappingText({ tail: `limts: {} # ${key}` })],
    ["where a name belongs", mappingText().replace("name: test", `name: ${key} x`)],
    ["as one of the allowed words", mappingText({ fields: `{ hubspot: a, klaviyo: title, type: ${key} }` })],
    ["as a Klaviyo attribute", mappingText({ fields: `{ hubspot: a, klaviyo: ${key} }` })],
    ["on a line that is no YAML", mappingText({ klaviyo: `token: ${opaque}: x` })],
    ["unquoted, ended by a tab", `connections:\n\ttoken: ${opaque}\n`],
    ["twice", mappingText({ klaviyo: `token: ${opaque}\n    token: ${opaque}` })],
    ["as an alias", mappingText({ klaviyo: `token: *${key}` })],
    [
      "as a HubSpot token",
      mappingText({ hubspot: "base_url: pat-na1-01234567-89ab-cdef-0123-456789abcdef" }),
    ],
  ])("%s", (_where, text) => {
    const { diagnostics } = parseMapping(text, "test.yaml");
    expect(diagnostics.length).toBeGreaterThan(0);
    for (const shown of [formatDiagnostics(diagnostics, text), JSON.stringify(diagnostics)]) {
      expect(shown).not.toContain(key);
      expect(shown).not.toContain(opaque);
      expect(shown).not.toContain("456789abcdef");
    }
  });
});

describe("how it looks", () => {
  test("nothing for nothing", () => {
    expect(formatDiagnostics([], "")).toBe("");
  });

  test("colour only when asked for", () => {
    const text = mappingText({ tail: "limts: {}" });
    const { diagnostics } = parseMapping(text, "a.yaml");
    expect(formatDiagnostics(diagnostics, text)).not.toContain("\u001b");
    expect(formatDiagnostics(diagnostics, text, { color: true })).toContain(
      "\u001b[31;1merror[M101]\u001b[0m",
    );
  });

  test("what a terminal would obey is shown as a character", () => {
    const text = mappingText({ fields: '{ hubspot: "a\u202eb", klaviyo: country }' });
    expect(printed(text)).toContain("a\ufffdb");
  });

  test("a line that is wider than a screen is cut round what is meant", () => {
    const text = mappingText({
      fields: `{ hubspot: ${"a".repeat(220)}, klaviyo: country } # ${"b".repeat(200)}`,
    });
    const lines = printed(text).split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(200);
    const [shown = "", caret = ""] = [lines[2], lines[3]];
    expect(shown.slice(caret.indexOf("^"), caret.lastIndexOf("^") + 1)).toBe("country");
  });

  test("a file that could not be read has no line to show", () => {
    expect(printed("")).toBe(
      "broken.yaml:1:1: error[M007]: the file is empty\n  = help: `tandem init` writes a first mapping\n\n1 error in broken.yaml\n",
    );
  });
});
