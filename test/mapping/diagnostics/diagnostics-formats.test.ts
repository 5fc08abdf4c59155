import { globSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Diagnostic } from "../../../src/mapping/diagnostics/diagnostic.ts";
import { diagnostic } from "../../../src/mapping/diagnostics/diagnostic.ts";
import { DIAGNOSTIC_TITLES } from "../../../src/mapping/diagnostics/diagnostic-titles.ts";
import { githubDiagnostics } from "../../../src/mapping/diagnostics/diagnostics-github.ts";
import { toldDiagnostic } from "../../../src/mapping/diagnostics/diagnostics-json.ts";
import { sarifDiagnostics } from "../../../src/mapping/diagnostics/diagnostics-sarif.ts";

const one = diagnostic(
  "config/a b.yaml",
  ["fields", 0, "hubspot"],
  { line: 13, column: 16, length: 7 },
  { code: "M301", message: "no property `100%, a:b`", help: "did you mean `lastname`?" },
);
const two = diagnostic(
  "config/a b.yaml",
  [],
  { line: 2, column: 1, length: 1 },
  { code: "M312", severity: "warning", message: "double opt-in" },
);
const note = diagnostic(
  "config/a b.yaml",
  [],
  { line: 3, column: 1, length: 1 },
  { code: "M315", severity: "info", message: "cannot be told" },
);
const same = (file: string): string => file;

test("as JSON the keys are these, and the end is behind the last column", () => {
  expect(toldDiagnostic(one)).toEqual({
    file: "config/a b.yaml",
    line: 13,
    column: 16,
    endLine: 13,
    endColumn: 23,
    code: "M301",
    severity: "error",
    message: "no property `100%, a:b`",
    help: "did you mean `lastname`?",
  });
});

describe("for GitHub", () => {
  test("each is one workflow command with its place, and nothing in it ends the command early", () => {
    const odd: Diagnostic = { ...one, file: "a,b:c%.yaml", message: "100%\r\nof: them, all" };
    expect(githubDiagnostics([odd], same)).toBe(
      "::error file=a%2Cb%3Ac%25.yaml,line=13,endLine=13,col=16,endColumn=22," +
        "title=M301 The account has no such property::100%25%0D%0Aof: them, all%0Adid you mean `lastname`?\n",
    );
  });

  test("warnings and notes are told apart", () => {
    const kinds = githubDiagnostics([one, two, note], same)
      .split("\n")
      .map((line) => line.split(" ")[0]);
    expect(kinds).toEqual(["::error", "::warning", "::notice", ""]);
  });
});

/** What SARIF 2.1.0 asks of what is written here (sections 3.13, 3.14, 3.19, 3.27, 3.28, 3.30, 3.49). */
function sarifProblems(log: unknown): readonly string[] {
  const { version, $schema, runs } = log as Sarif;
  const wrong: string[] = [];
  const must = (holds: boolean, what: string): void => void (holds || wrong.push(what));
  must(version === "2.1.0", "version");
  must(URL.canParse($schema), "$schema is a URI");
  for (const { tool, results, originalUriBaseIds } of runs) {
    const { rules } = tool.driver;
    must(tool.driver.name !== "", "the driver has a name");
    must(new Set(rules.map(({ id }) => id)).size === rules.length, "rules are unique");
    for (const rule of rules) must(rule.help.text !== "" && rule.shortDescription.text !== "", rule.id);
    for (const { ruleId, ruleIndex, level, message, locations } of results) {
      must(rules[ruleIndex]?.id === ruleId, "ruleIndex leads to the rule");
      must(["none", "note", "warning", "error"].includes(level), "level");
      must(message.text !== "", "message");
      for (const { physicalLocation } of locations) {
        const { artifactLocation: at, region } = physicalLocation;
        must(!/[\s\\]/.test(at.uri) && decodeURI(at.uri) !== "", "uri is one");
        must((at.uriBaseId === undefined) === URL.canParse(at.uri), "relative exactly with a base");
        must(at.uriBaseId === undefined || Object.hasOwn(originalUriBaseIds, at.uriBaseId), "base is known");
        must(region.startLine >= 1 && region.startColumn >= 1, "regions count from 1");
        must(region.endColumn > region.startColumn, "the end is behind the beginning");
      }
    }
  }
  return wrong;
}

interface Sarif {
  readonly version: string;
  readonly $schema: string;
  readonly runs: readonly {
    readonly tool: {
      readonly driver: {
        readonly name: string;
        readonly rules: readonly { id: string; help: { text: string }; shortDescription: { text: string } }[];
      };
    };
    readonly originalUriBaseIds: object;
    readonly results: readonly {
      readonly ruleId: string;
      readonly ruleIndex: number;
      readonly level: string;
      readonly message: { readonly text: string };
      readonly locations: readonly {
        readonly physicalLocation: {
          readonly artifactLocation: { readonly uri: string; readonly uriBaseId?: string };
          readonly region: { startLine: number; startColumn: number; endColumn: number };
        };
      }[];
    }[];
  }[];
}

describe("as SARIF", () => {
  const sarif = (all: readonly Diagnostic[], pathOf = same) =>
    sarifDiagnostics(all, { version: "1.0", pathOf }) as Sarif;

  test("it is a valid log, with no result too", () => {
    expect(sarifProblems(sarif([one, two, note, one]))).toEqual([]);
    expect(sarifProblems(sarif([]))).toEqual([]);
    expect(sarif([]).runs[0]?.results).toEqual([]);
  });

  test("a broken log would be noticed", () => {
    const text = JSON.stringify(sarif([one, two]));
    expect(sarifProblems(JSON.parse(text.replace('"ruleIndex":0', '"ruleIndex":1')))).not.toEqual([]);
    expect(sarifProblems(JSON.parse(text.replace("a%20b", "a b")))).not.toEqual([]);
  });

  test("a file below is named relative to where the command was started, any other in full", () => {
    const uri = (file: string) =>
      sarif([{ ...one, file }]).runs[0]?.results[0]?.locations[0]?.physicalLocation.artifactLocation;
    expect(uri("config/a b.yaml")).toEqual({ uri: "config/a%20b.yaml", uriBaseId: "ROOT" });
    expect(uri("/etc/tandem/a.yaml")).toEqual({ uri: "file:///etc/tandem/a.yaml" });
  });
});

test("every code has a title", () => {
  const room = new URL("../../../src/mapping/", import.meta.url).pathname;
  const used = globSync("**/*.ts", { cwd: room })
    .filter((name) => !name.endsWith("diagnostic-titles.ts"))
    .flatMap((name) => readFileSync(room + name, "utf8").match(/(?<=")M\d{3}(?=")/g) ?? []);
  expect([...new Set(used)].filter((code) => !Object.hasOwn(DIAGNOSTIC_TITLES, code))).toEqual([]);
  expect(Object.keys(DIAGNOSTIC_TITLES).filter((code) => !used.includes(code))).toEqual([]);
});
