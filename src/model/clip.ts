import { storableText } from "./value.ts";

/** Text for a person to read and for the store to keep, at most `longest` characters; no pair is cut in half. */
export function clip(text: string, longest: number): string {
  const shown = storableText(text);
  if (shown.length <= longest) return shown;
  return `${shown.slice(0, longest - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}
