import type { Diagnostic } from "./diagnostic.ts";
import { maskLine } from "./mask-secrets.ts";

const COLOURS = { error: "\u001b[31;1m", warning: "\u001b[33;1m", info: "\u001b[36;1m" } as const;
const RESET = "\u001b[0m";

/**
 * Diagnostics of one file as people read them: `file:line:column` that editors make a link of, the line, a caret, what
 * to do, and the totals last, where the eye ends. Secrets in printed lines become stars. No colour unless asked for.
 */
export function formatDiagnostics(
  diagnostics: readonly Diagnostic[],
  text: string,
  options: { readonly color?: boolean } = {},
): string {
  const lines = text.split(/\r?\n/);
  for (const each of diagnostics) if (each.code === "M120") starOut(lines, each);
  const blocks = diagnostics.map((each) => block(each, lines, options.color ?? false));
  const files = [...new Set(diagnostics.map((each) => each.file))];
  return blocks.length === 0 ? "" : `${[...blocks, totals(diagnostics, files)].join("\n\n")}\n`;
}

function block(each: Diagnostic, lines: readonly string[], color: boolean): string {
  const label = `${each.severity}[${each.code}]`;
  const head = `${each.file}:${each.line}:${each.column}: ${color ? COLOURS[each.severity] + label + RESET : label}`;
  const gutter = " ".repeat(String(each.line).length + 1);
  const help = each.help === null ? [] : [`${gutter}= help: ${each.help}`];
  const source = lines[each.line - 1];
  // A file that could not be read has no lines to show, and no mapping has such lines.
  if (source === undefined || source.length > LONGEST_LINE || (lines.length === 1 && source === ""))
    return [`${head}: ${each.message}`, ...help].join("\n");
  const masked = printable(maskLine(source, lines[each.line - 2] ?? ""));
  const from = masked.length <= WIDEST ? 0 : Math.max(0, each.column - 1 - WIDEST / 2);
  const shown = masked.slice(from, from + WIDEST);
  // Tabs are kept in the padding, so that the caret stands under what it means at any tab width.
  const padding = source.slice(from, each.column - 1).replace(/[^\t]/g, " ");
  const carets = "^".repeat(Math.max(1, Math.min(each.length, shown.length - padding.length)));
  return [
    `${head}: ${each.message}`,
    `${gutter}|`,
    `${each.line} | ${shown}`,
    `${gutter}| ${padding}${carets}`,
    ...help,
  ].join("\n");
}

/** A longer line is cut round what is meant. */
const WIDEST = 160;

/** Beyond this a line is not worth the time that looking for secrets in it takes. */
const LONGEST_LINE = 2_000;

/** The value that contains a secret, whatever it looks like. */
function starOut(lines: string[], { line, column, length }: Diagnostic): void {
  const at = lines[line - 1];
  if (at === undefined) return;
  lines[line - 1] = at.slice(0, column - 1) + "*".repeat(length) + at.slice(column - 1 + length);
}

/** A file may contain what a terminal would obey; each such character is shown as one that it does not. */
function printable(line: string): string {
  return line.replace(/[^\t\P{C}]/gu, "\ufffd");
}

function totals(diagnostics: readonly Diagnostic[], files: readonly string[]): string {
  const count = (severity: Diagnostic["severity"], word: string): readonly string[] => {
    const number = diagnostics.filter((each) => each.severity === severity).length;
    return number === 0 ? [] : [`${number} ${word}${number === 1 ? "" : "s"}`];
  };
  const parts = [...count("error", "error"), ...count("warning", "warning"), ...count("info", "note")];
  return `${parts.join(", ")} in ${files.length === 1 ? files[0] : `${files.length} files`}`;
}
