import { plainText } from "./plain-text.ts";

/**
 * One JSON document with a line break; ids of the database are numbers beyond JSON's, so they are text. Characters that
 * steer a terminal are escaped, those too that JSON would let through.
 */
export function json(content: unknown): string {
  const text = JSON.stringify(
    content,
    (_key, value: unknown) => (typeof value === "bigint" ? String(value) : value),
    2,
  );
  return `${plainText(text)}\n`;
}
