import type { Diagnostic } from "./diagnostic.ts";
import { DIAGNOSTIC_TITLES } from "./diagnostic-titles.ts";

const COMMANDS = { error: "error", warning: "warning", info: "notice" } as const;

/**
 * Diagnostics as workflow commands of GitHub Actions, which shows them at their lines of a pull request
 * (docs.github.com/actions/reference/workflow-commands-for-github-actions). `pathOf` gives the path from the
 * repository's root.
 */
export function githubDiagnostics(
  diagnostics: readonly Diagnostic[],
  pathOf: (file: string) => string,
): string {
  return diagnostics
    .map((each) => {
      const { code, line, column, length } = each;
      const title = `${code} ${DIAGNOSTIC_TITLES[code] ?? ""}`.trim();
      const properties = {
        file: pathOf(each.file),
        line,
        endLine: line,
        col: column,
        // GitHub's last column is part of what is marked.
        endColumn: column + length - 1,
        title,
      };
      const written = Object.entries(properties).map(([key, value]) => `${key}=${property(String(value))}`);
      const text = each.help === null ? each.message : `${each.message}\n${each.help}`;
      return `::${COMMANDS[each.severity]} ${written.join(",")}::${data(text)}\n`;
    })
    .join("");
}

/** A line break would end the command, and a `%` begin an escape. */
function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
