/**
 * What stands between the first `before` and the last `after` that follows it; `null` where one of them is missing. Each
 * text is looked through once: a regular expression with `.*` looks at the rest of it from every `before`.
 */
export function between(text: string, before: string, after: string): string | null {
  const found = text.indexOf(before);
  if (found === -1) return null;
  const start = found + before.length;
  const end = text.lastIndexOf(after);
  return end < start ? null : text.slice(start, end);
}
