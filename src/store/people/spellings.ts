import { createHash } from "node:crypto";
import { domainToUnicode } from "node:url";

/** Finds email addresses in text, however they are spelled there. PostgreSQL's regular expressions. */
export interface Spellings {
  /** Plain, percent-encoded, as HTML and as JSON. Case does not count. */
  readonly letters: string;
  /** Of every text in which `letters` finds something, and of few others: some fifty times as fast. */
  readonly maybeLetters: string;
  /** Base64, alone or with other text around it, hexadecimal, and the hashes that advertisers use. Case counts. */
  readonly codes: string;
  /** Patterns of LIKE: every text in which `codes` finds something has one of them. */
  readonly maybeCodes: readonly string[];
  /** Of every text that has one of these: a word of letters and digits that long. */
  readonly longWord: string;
}

/**
 * Every spelling of these addresses that a link, a message, HTML or JSON may hold. Whole addresses only:
 * `jo@example.com` is not part of `banjo@example.com`, nor of `jo@example.com.au`.
 */
export function spellingsOf(addresses: readonly string[]): Spellings {
  const forms = [...new Set(addresses.flatMap(formsOf))];
  const digests = forms.flatMap(digestsOf);
  const base64 = [...new Set(forms.flatMap(base64Forms))];
  const words = base64.map(base64Word);
  const parts = [...base64.map(longestPart), ...digests];
  return {
    letters: forms.map(wholeAddress).join("|"),
    maybeLetters: [...forms.map(nearly), ENCODED_LETTER].join("|"),
    codes: [...words, ...digests].join("|"),
    maybeCodes: parts.map((part) => `%${part}%`),
    longWord: `[A-Za-z0-9]{${Math.min(...parts.map(({ length }) => length))}}`,
  };
}

/** The address with its domain in ASCII and in letters, with composed and with separate accents. */
function formsOf(address: string): readonly string[] {
  const at = address.lastIndexOf("@");
  const domain = domainToUnicode(address.slice(at + 1));
  const letters = domain === "" ? address : `${address.slice(0, at)}@${domain}`;
  return [address, letters, address.normalize("NFD"), letters.normalize("NFD")];
}

/** A letter or a digit that need not be encoded, and is. */
const ENCODED_LETTER = String.raw`%(?:25)*(?:3[0-9]|[46][1-9A-F]|[57][0-9A])|&(?:amp;)*#|\\u00[3-7]`;

/** Longest way to write a character: `%25252540`, `&amp;commat;`. */
const LONGEST_CHARACTER = 16;

/** What stands around the `@` in any spelling that encodes no letter: quick to look for, and seldom there. */
function nearly(address: string): string {
  const at = address.indexOf("@");
  const [opens, begins] = [wordsEnd(address, at, -1, false), wordsEnd(address, at, -1, true)];
  const [closes, ends] = [wordsEnd(address, at, 1, false), wordsEnd(address, at, 1, true)];
  const between = closes - opens - 1;
  return `${address.slice(begins + 1, opens + 1)}.{1,${between * LONGEST_CHARACTER}}${address.slice(closes, ends)}`;
}

/** Where, going one way from `at`, the first word of plain letters and digits begins, or where it is over. */
function wordsEnd(address: string, at: number, step: 1 | -1, over: boolean): number {
  const isPlain = (index: number): boolean => /^[a-z0-9]$/.test(address[index] ?? "");
  let index = at + step;
  while (index >= 0 && index < address.length && !isPlain(index)) index += step;
  if (over) while (isPlain(index)) index += step;
  return index;
}

/** Ends of an encoded character that is not part of an address: `%3D` and `=3D` for `=`, `%2526` for `&`, `\n`. */
const AFTER_DELIMITER = String.raw`(?<=[%=](?:25)*(?:[01][0-9A-F]|2[0-9ACF]|3[A-F]|40|5[B-E]|60|7[B-F]))|(?<=\\[nrtbf])|(?<=\\u00[0-9A-F]{2})`;
const BEFORE = String.raw`(?:(?<![[:alnum:]._%+-])|${AFTER_DELIMITER})`;
const AFTER = String.raw`(?![[:alnum:]-]|(?:\.|%(?:25)*2E)[[:alnum:]])`;

function wholeAddress(address: string): string {
  const letters = Array.from(address, characterForms).join("");
  // A quote at the beginning is written `\"` in JSON. Both characters go, or the rest would not be JSON.
  return /^[\p{L}\p{N}]/u.test(address) ? `${BEFORE}${letters}${AFTER}` : `${letters}${AFTER}`;
}

/** Named characters of HTML that an email address may hold. */
const NAMED: Readonly<Record<string, string>> = {
  "@": "commat",
  ".": "period",
  "+": "plus",
  _: "lowbar",
  "&": "amp",
  "'": "apos",
  '"': "quot",
  "/": "sol",
  "=": "equals",
  "!": "excl",
  "#": "num",
  $: "dollar",
  "%": "percnt",
  "*": "ast",
  "?": "quest",
  "^": "Hat",
  "`": "grave",
  "{": "lcub",
  "|": "vert",
  "}": "rcub",
};

/** One character of an address in every way that it may be written. */
function characterForms(character: string): string {
  const isLetter = /[\p{L}\p{N}]/u.test(character);
  const bytes = [...Buffer.from(character)].map((byte) => byte.toString(16).padStart(2, "0"));
  const code = character.codePointAt(0) ?? 0;
  const units = Array.from({ length: character.length }, (_, at) =>
    character.charCodeAt(at).toString(16).padStart(4, "0"),
  );
  const named = NAMED[character];
  return `(?:${[
    isLetter ? character : character === "\\" ? String.raw`\\+` : `\\\\*\\${character}`,
    bytes.map((byte) => `%(?:25)*${byte}`).join(""),
    String.raw`&(?:amp;)*#(?:0*${code}|x0*${code.toString(16)});?`,
    units.map((unit) => String.raw`\\+u${unit}`).join(""),
    // Quoted-printable encodes no letter.
    ...(isLetter && bytes.length === 1 ? [] : [bytes.map((byte) => `=${byte}`).join("")]),
    ...(named === undefined ? [] : [`&(?:amp;)*${named};`]),
    // A form decodes a plus sign to a space.
    ...(character === "+" ? [" "] : []),
  ].join("|")})`;
}

/** A whole word of base64 that holds these characters, with `+` and `/` as in links, too. */
function base64Word(middle: string): string {
  const inner = middle.replaceAll(/[+/]/g, (one) =>
    one === "+" ? "(?:[+-]|%(?:25)*2[Bb])" : "(?:[/_]|%(?:25)*2[Ff])",
  );
  return `${BASE64_CHARACTER}*${inner}${BASE64_CHARACTER}*(?:=|%(?:25)*3[Dd])*`;
}

function longestPart(middle: string): string {
  return middle.split(/[+/]/).reduce((longest, part) => (part.length > longest.length ? part : longest));
}

const BASE64_CHARACTER = String.raw`(?:[A-Za-z0-9+/_-]|%(?:25)*2[BbFf])`;

/**
 * Base64 of the address in lower case, capitals and with a first capital, alone or within longer text. There the first and
 * last characters depend on what stands beside the address, so these are the ones between.
 */
function base64Forms(address: string): readonly string[] {
  return spelled(address)
    .flatMap((one) => [one, encodeURIComponent(one)])
    .flatMap((one) => [0, 1, 2].map((shift) => base64At(Buffer.from(one), shift)));
}

/** The characters that all base64 of these bytes has, where the bytes begin so many after a multiple of three. */
function base64At(bytes: Buffer, shift: number): string {
  const all = Buffer.concat([Buffer.alloc(shift), bytes]);
  const begin = Math.ceil((shift * 8) / 6);
  const end = Math.floor((all.length * 8) / 6);
  return all.toString("base64").slice(begin, end);
}

function digestsOf(address: string): readonly string[] {
  return spelled(address)
    .flatMap((one) => [
      ...["md5", "sha1", "sha256"].map((kind) => createHash(kind).update(one).digest("hex")),
      Buffer.from(one).toString("hex"),
    ])
    .flatMap((hex) => [hex, hex.toUpperCase()]);
}

function spelled(address: string): readonly string[] {
  return [address, address.toUpperCase(), address.charAt(0).toUpperCase() + address.slice(1)];
}
