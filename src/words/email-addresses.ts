/** What ends the name of an address, beside white space and another `@`: no address that Tandem keeps has one of these. */
const ENDS_NAME: ReadonlySet<string> = new Set("<>,;");
/** In JSON text, the quotes around a value too. */
const ENDS_NAME_IN_JSON: ReadonlySet<string> = new Set('<>,;"');
const ENDS_DOMAIN: ReadonlySet<string> = new Set("<>\"'`(),;:@&?\\/=#[]{}|%!*+$^~“”’‘");
/** `@` as people and other scripts write it. */
const AT = /[@＠﹫]/g;
const DOT = /[.。．｡]/;
/** Stands at the end of a text that was cut. */
const CUT = "…";

/** An address found in a text. */
export interface FoundAddress {
  /** All that may belong to the name. In running text that can be more than the name. */
  readonly name: string;
  readonly domain: string;
}

/**
 * A text with every email address in it replaced. Goes from `@` to `@` and reads each character a fixed number of times.
 *
 * @param kind `words`: a name may hold quotes, `=`, `&` and `/`, as it may in an address; `json`: quotes end it
 */
export function replaceAddresses(
  text: string,
  kind: "words" | "json",
  replace: (found: FoundAddress) => string,
): string {
  const endsName = kind === "json" ? ENDS_NAME_IN_JSON : ENDS_NAME;
  let out = "";
  let done = 0;
  for (const { index: at } of text.matchAll(AT)) {
    if (at < done) continue;
    const to = domainEnd(text, at + 1);
    const domain = text.slice(at + 1, to);
    if (!isDomain(domain) && text.charAt(to) !== CUT) continue;
    const from = nameStart(text, at, done, endsName);
    if (from === at) continue;
    out += text.slice(done, from) + replace({ name: text.slice(from, at), domain });
    done = to;
  }
  return out + text.slice(done);
}

/** A dot with something before it, and a letter behind the last one: `2@1.5` is no address. */
function isDomain(domain: string): boolean {
  const [first = "", ...labels] = domain.split(DOT);
  const last = labels.findLast((label) => label !== "") ?? "";
  return first !== "" && /^[^\d_-]/u.test(last);
}

/** Goes back from the `@`, to the end of the address before at most. */
function nameStart(text: string, at: number, least: number, endsName: ReadonlySet<string>): number {
  let from = at;
  while (from > least && !endsName.has(text.charAt(from - 1)) && !isSpace(text.charAt(from - 1))) from -= 1;
  return from;
}

function domainEnd(text: string, start: number): number {
  let to = start;
  const ends = (sign: string): boolean => sign === CUT || ENDS_DOMAIN.has(sign) || isSpace(sign);
  while (to < text.length && !ends(text.charAt(to))) to += 1;
  return to;
}

function isSpace(sign: string): boolean {
  return /^\s$/.test(sign);
}
