/** One clause of a filter: `operator(field,value)`. */
export interface Clause {
  readonly operator: string;
  readonly field: string;
  readonly value: Literal | readonly Literal[];
}

/** A literal remembers whether it was quoted: `"2026-01-01"` is text, `2026-01-01` is a time. */
export interface Literal {
  readonly quoted: boolean;
  readonly text: string;
}

/**
 * Reads `any(email,["a","b"]),greater-than(updated,2026-09-04T13:00:00Z)`. Clauses are joined by a comma, and that is
 * an AND; there is no OR. Null where it cannot be read.
 */
export function parseFilter(text: string): readonly Clause[] | null {
  const reader = { text, at: 0 };
  const clauses: Clause[] = [];
  for (;;) {
    const clause = readClause(reader);
    if (clause === null) return null;
    clauses.push(clause);
    skipSpace(reader);
    if (reader.at === text.length) return clauses;
    if (!take(reader, ",")) return null;
  }
}

interface Reader {
  readonly text: string;
  at: number;
}

function readClause(reader: Reader): Clause | null {
  skipSpace(reader);
  const operator = match(reader, /[a-z-]+/y);
  if (operator === null || !take(reader, "(")) return null;
  skipSpace(reader);
  const field = match(reader, /[A-Za-z_][A-Za-z0-9_.-]*/y);
  if (field === null) return null;
  if (take(reader, ")")) return { operator, field, value: [] };
  if (!take(reader, ",")) return null;
  const value = readValue(reader);
  return value !== null && take(reader, ")") ? { operator, field, value } : null;
}

function readValue(reader: Reader): Literal | readonly Literal[] | null {
  if (!take(reader, "[")) return readLiteral(reader);
  const items: Literal[] = [];
  if (take(reader, "]")) return items;
  for (;;) {
    const item = readLiteral(reader);
    if (item === null) return null;
    items.push(item);
    if (take(reader, "]")) return items;
    if (!take(reader, ",")) return null;
  }
}

function readLiteral(reader: Reader): Literal | null {
  skipSpace(reader);
  const quote = reader.text[reader.at];
  if (quote !== '"' && quote !== "'") {
    const bare = match(reader, /[^,()[\]"'\s]+/y);
    return bare === null ? null : { quoted: false, text: bare };
  }
  let text = "";
  for (reader.at += 1; reader.at < reader.text.length; reader.at += 1) {
    const character = reader.text[reader.at] as string;
    if (character === quote) {
      reader.at += 1;
      return { quoted: true, text };
    }
    if (character === "\\" && reader.at + 1 < reader.text.length) reader.at += 1;
    text += reader.text[reader.at];
  }
  return null;
}

function match(reader: Reader, pattern: RegExp): string | null {
  pattern.lastIndex = reader.at;
  const found = pattern.exec(reader.text)?.[0] ?? null;
  if (found !== null) reader.at += found.length;
  return found;
}

function take(reader: Reader, character: string): boolean {
  skipSpace(reader);
  if (reader.text[reader.at] !== character) return false;
  reader.at += 1;
  return true;
}

function skipSpace(reader: Reader): void {
  while (reader.text[reader.at] === " ") reader.at += 1;
}
