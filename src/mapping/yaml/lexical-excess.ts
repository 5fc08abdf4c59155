import { Lexer } from "yaml";
import type { Finding } from "../diagnostics/diagnostic.ts";

/**
 * Parsers recurse: 6 KB of nested brackets have been seen to abort a process with nothing to catch. A mapping needs
 * six levels. Lexing does not recurse, so that depth is counted before any parser sees the text.
 */
const DEEPEST = 20;

/** The full example has 900 tokens, a thousand fields 15,000; beyond this nobody should wait for an error. */
const MOST_TOKENS = 20_000;

/** A mapping uses a handful; a bomb multiplies them. */
export const MOST_ALIASES = 50;

export const TOO_MANY_ALIASES: Finding = {
  code: "M018",
  message: `more than ${MOST_ALIASES} aliases (\`*NAME\`), or some that multiply each other`,
  help: "write the values out",
};

const TOO_DEEP: Finding = {
  code: "M006",
  message: `more than ${DEEPEST} levels of nesting`,
  help: "a mapping needs six; delete the extra brackets or indentation",
};

const TOO_MUCH: Finding = {
  code: "M005",
  message: "this file has far more in it than a mapping can have",
  help: "check that this is the mapping and not an export",
};

/** What the lexer puts between tokens; they have no place in the text. The last one comes before each scalar. */
const MARKS: ReadonlySet<string> = new Set(["\u0002", "\u0018", "\u001f", "\ufeff"]);
const SCALAR = "\u001f";

/** The first place where a text has more in it than a parser should be given, and of what. */
export function lexicalExcess(text: string): { readonly offset: number; readonly finding: Finding } | null {
  const columns: number[] = [];
  let [brackets, tokens, aliases, offset, lineStart] = [0, 0, 0, 0, 0];
  let [opening, scalar] = [true, false];
  for (const token of new Lexer().lex(text)) {
    if (MARKS.has(token)) {
      scalar = token === SCALAR;
      continue;
    }
    const sign = scalar ? "" : token;
    scalar = false;
    // A bracket too many at the end of something must not pay for one at the beginning of something else.
    if (sign === "[" || sign === "{") brackets += 1;
    else if (sign === "]" || sign === "}") brackets = Math.max(0, brackets - 1);
    else if (sign.startsWith("*")) aliases += 1;
    if (opening && brackets === 0 && !/^\s*(?:#|$)/.test(token)) {
      // Block levels are counted by the columns they begin at.
      const column = offset - lineStart;
      while ((columns.at(-1) ?? -1) >= column) columns.pop();
      columns.push(column);
      // After `-`, `?` and a space another level may begin on the same line.
      opening = sign === "-" || sign === "?";
    }
    tokens += 1;
    if (columns.length + brackets > DEEPEST) return { offset, finding: TOO_DEEP };
    if (aliases > MOST_ALIASES) return { offset, finding: TOO_MANY_ALIASES };
    if (tokens > MOST_TOKENS) return { offset, finding: TOO_MUCH };
    offset += token.length;
    const newline = token.lastIndexOf("\n");
    if (newline === -1) continue;
    lineStart = offset - (token.length - newline - 1);
    opening = true;
  }
  return null;
}
