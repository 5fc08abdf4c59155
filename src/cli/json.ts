/** One JSON document with a line break; ids of the database are numbers beyond JSON's, so they are text. */
export function json(content: unknown): string {
  return `${JSON.stringify(content, (_key, value: unknown) => (typeof value === "bigint" ? String(value) : value), 2)}\n`;
}
