import type { YAMLError } from "yaml";
import type { Finding } from "../diagnostics/diagnostic.ts";

export const CRON_NEEDS_QUOTES = "put quotes around the cron expression: `*` begins an alias in YAML";

/** A parser's first complaint in the words of somebody who edits a mapping. The parser's own text is never passed on. */
export function explainYamlError(text: string, error: YAMLError): { at: number; finding: Finding } {
  const at = Math.min(error.pos[0], Math.max(0, text.length - 1));
  const tab = leadingTab(text, at);
  if (tab !== null) {
    const message = "this line is indented with a tab; YAML only allows spaces";
    return { at: tab, finding: { code: "M012", message, help: "replace the tab with spaces" } };
  }
  const cron = unquotedCron(text, at);
  if (cron !== null) {
    return {
      at: cron.at,
      finding: { code: "M014", message: CRON_NEEDS_QUOTES, help: `write \`"${cron.expression}"\`` },
    };
  }
  if (error.code === "MULTIPLE_DOCS") {
    const message = "the file has more than one document (`---`)";
    return {
      at,
      finding: {
        code: "M013",
        message,
        help: "one file is one connection; put the rest into its own file",
      },
    };
  }
  const [message, help] = WORDS[error.code] ?? [
    "this is not valid YAML",
    "check quotes, brackets and indentation here and on the line above",
  ];
  return { at, finding: { code: "M010", message, help } };
}

const WORDS: { readonly [code: string]: readonly [message: string, help: string] } = {
  MISSING_CHAR: ["a quote or bracket is never closed", "close it, or put the whole value in quotes"],
  BAD_INDENT: [
    "this line is not indented like the lines it belongs to, or a bracket above is never closed",
    "use two spaces a level, and close every `[` and `{`",
  ],
  BLOCK_AS_IMPLICIT_KEY: [
    "a second `key: value` begins on this line",
    "put it on its own line, or put quotes around a value that contains `: `",
  ],
  BLOCK_IN_FLOW: ["a `-` list or block text cannot stand inside `[…]` or `{…}`", "write it on its own lines"],
  BAD_SCALAR_START: ["a value cannot begin with this character", "put quotes around the value"],
  BAD_DQ_ESCAPE: [
    'this `\\` begins no escape that YAML knows inside "…"',
    "use '…', or double the backslash",
  ],
  BAD_ALIAS: ["`*` begins an alias in YAML, and no name follows", "put quotes around the value"],
  MISSING_ANCHOR: ["this alias refers to an anchor that does not exist", "define it with `&NAME` further up"],
  MULTILINE_IMPLICIT_KEY: [
    "a key runs over several lines",
    "a `:` is probably missing on this line or the one above",
  ],
  NON_STRING_KEY: ["a key must be a plain word", "put quotes around it"],
};

/** The tab that indents the line of an error, or the line below, where parsers notice it too late. */
function leadingTab(text: string, at: number): number | null {
  let start = text.lastIndexOf("\n", at - 1) + 1;
  for (let line = 0; line < 2; line += 1) {
    const indent = /^ *\t/.exec(text.slice(start));
    if (indent !== null) return start + indent[0].length - 1;
    const next = text.indexOf("\n", start);
    if (next === -1) return null;
    start = next + 1;
  }
  return null;
}

/** A value on the line of the error that begins with a star and continues like a cron expression. */
function unquotedCron(text: string, at: number): { at: number; expression: string } | null {
  const start = text.lastIndexOf("\n", at - 1) + 1;
  const line = text.slice(start).split("\n", 1)[0] ?? "";
  const found = /:\s+(\*(?:\/\d+)?(?:\s+[\d*/,A-Za-z-]+)*)/.exec(line);
  if (found === null || found[1] === undefined || !/^\*(?:\/|\s|$)/.test(found[1])) return null;
  return { at: start + found.index + found[0].length - found[1].length, expression: found[1].trim() };
}
