import { pathToFileURL } from "node:url";
import type { Diagnostic } from "./diagnostic.ts";
import { DIAGNOSTIC_TITLES } from "./diagnostic-titles.ts";

const SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";
const LEVELS = { error: "error", warning: "warning", info: "note" } as const;

/** A SARIF 2.1.0 log with one run (docs.oasis-open.org/sarif/sarif/v2.1.0): rules with their help, results at their places. */
export function sarifDiagnostics(
  diagnostics: readonly Diagnostic[],
  { version, pathOf }: { readonly version: string; readonly pathOf: (file: string) => string },
): object {
  const codes = [...new Set(diagnostics.map(({ code }) => code))].sort();
  return {
    $schema: SCHEMA,
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "tandem", version, rules: codes.map((code) => rule(code, diagnostics)) } },
        columnKind: "utf16CodeUnits",
        originalUriBaseIds: { ROOT: { description: { text: "Where tandem was started." } } },
        results: diagnostics.map((each) => result(each, codes.indexOf(each.code), pathOf)),
      },
    ],
  };
}

function rule(code: Diagnostic["code"], diagnostics: readonly Diagnostic[]): object {
  const first = diagnostics.find((each) => each.code === code);
  const title = DIAGNOSTIC_TITLES[code] ?? first?.message ?? code;
  return {
    id: code,
    shortDescription: { text: title },
    // A viewer shows it beside every result of the rule; what to do about each is in its own message.
    help: { text: first?.help ? `${title}. For example: ${first.help}` : title },
    defaultConfiguration: { level: LEVELS[first?.severity ?? "error"] },
  };
}

function result(each: Diagnostic, ruleIndex: number, pathOf: (file: string) => string): object {
  const { line, column, length } = each;
  return {
    ruleId: each.code,
    ruleIndex,
    level: LEVELS[each.severity],
    message: { text: each.help === null ? each.message : `${each.message}\n${each.help}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: location(pathOf(each.file)),
          region: { startLine: line, startColumn: column, endLine: line, endColumn: column + length },
        },
      },
    ],
  };
}

/** A relative URI where the file lies below the root, else the whole one. */
function location(path: string): object {
  if (path.startsWith("/") || path.startsWith("..")) return { uri: pathToFileURL(path).href };
  return { uri: path.split("/").map(encodeURIComponent).join("/"), uriBaseId: "ROOT" };
}
