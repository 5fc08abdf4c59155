import type { Value } from "../model/value.ts";
import { sameValue } from "../model/value.ts";

/**
 * Is `now` what a system could have made of `sent` by itself: trimmed, with other white space or letter case, of a list
 * with repeated items dropped? No system adds one. Asked only of a value whose writing was not answered with what was
 * stored.
 */
export function sameAfterNormalising(sent: Value, now: Value): boolean {
  if (Array.isArray(sent) && Array.isArray(now) && now.length > sent.length) return false;
  return sameValue(plain(sent), plain(now));
}

function plain(value: Value): Value {
  if (typeof value === "string") return plainText(value);
  return Array.isArray(value) ? [...new Set(value.map(plainText))].sort() : value;
}

function plainText(text: string): string {
  return text.trim().replaceAll(/\s+/g, " ").toLowerCase().normalize("NFC");
}
