import { decodedWord, hiddenTexts } from "./decoded-text.ts";
import type { FoundAddress } from "./email-addresses.ts";
import { replaceAddresses } from "./email-addresses.ts";
import { maskPhones } from "./mask-phones.ts";

/**
 * A text as somebody reads it who may see that somebody fails, and not who (P22): email addresses are cut to
 * `j…@example.com` and phone numbers to their last digits, in whatever encoding a link or a value has them.
 */
export function maskText(text: string): string {
  if (!MAY_HIDE.test(text)) return text;
  return masked(text.replaceAll(/\S+/g, openWord));
}

/** Most texts hold none of these, and every piece of a page comes here. */
const MAY_HIDE = /[@＠﹫%&\\=…\d]|[A-Za-z+_-]{12}/u;

/** An address as it is shown: the first letter of its name, and its domain. */
export function maskAddress(address: string): string {
  const at = address.lastIndexOf("@");
  return at < 1
    ? maskText(address)
    : cutAddress({ name: address.slice(0, at), domain: address.slice(at + 1) });
}

function masked(text: string): string {
  return maskPhones(replaceAddresses(text, "words", cutAddress)).replaceAll(CUT_VALUE, "$1…");
}

/** Of a value that was cut, nobody can tell any more whether it is an address: its last word keeps its first letter. */
const CUT_VALUE = /(?<![^\s"“])([^\s"“…])[^\s"“…]*…(?=["”]|$)/gu;

/** What encloses an address in running text. */
const OPENS = /^["'“‘([{]+/u;
/** Of a link the host may be shown: what stands between it and the `@` may all be part of a name. */
const ORIGIN = /^https?:\/\/[^/?#@\s]+[/?#]/i;

function cutAddress({ name, domain }: FoundAddress): string {
  const [opened = ""] = OPENS.exec(name) ?? [];
  const rest = opened.length < name.length ? name.slice(opened.length) : name;
  const before = rest === name ? "" : opened;
  const [shown = String.fromCodePoint(rest.codePointAt(0) ?? 0)] = ORIGIN.exec(rest) ?? [];
  return `${before}${shown}…@${domain}`;
}

/** A word that hides something in an encoding is shown without it; any other stays as it is. */
function openWord(word: string): string {
  const decoded = /[%&\\=]/.test(word) ? decodedWord(word) : word;
  const hides = decoded !== word && masked(decoded) !== decoded;
  let open = hides ? decoded : word;
  for (const { token, text } of hiddenTexts(decoded)) {
    if (masked(decodedWord(text)) === decodedWord(text)) continue;
    open = (open.includes(token) ? open : decoded).replace(token, "…");
  }
  return open;
}
