/** Where a name or a domain ends, beside white space and another `@`. */
export interface AddressSigns {
  readonly endsName: ReadonlySet<string>;
  readonly endsDomain: ReadonlySet<string>;
  /** `&#39;` is one sign of a name, as in HTML. */
  readonly entities: boolean;
}

/** In HTML, JSON and CSV that are sent: what ends an attribute, a word or a JSON string ends an address. */
export const SENT_TEXT: AddressSigns = {
  endsName: new Set("<>\"'`=(),;:@&\\/"),
  endsDomain: new Set("<>\"'`(),;:@&?\\/"),
  entities: true,
};
/** In what a system answered, as JSON. */
export const RAW_TEXT: AddressSigns = {
  endsName: new Set("<>\"'(),;:@\\"),
  endsDomain: new Set("<>\"'(),;:@\\"),
  entities: false,
};

/** Found in a text. */
interface FoundAddress {
  readonly name: string;
  /** What of the name is one sign: a character, or an entity. */
  readonly first: string;
  readonly domain: string;
}

/**
 * A text with every email address in it replaced. Goes from `@` to `@` and looks at each character a fixed number of
 * times: a regular expression for the same looks at the rest of a long word from each of its characters.
 */
export function replaceAddresses(
  text: string,
  signs: AddressSigns,
  replace: (found: FoundAddress) => string,
): string {
  let out = "";
  let done = 0;
  for (let at = text.indexOf("@"); at !== -1; at = text.indexOf("@", at + 1)) {
    const from = nameStart(text, at, done, signs);
    const to = domainEnd(text, at + 1, signs);
    const domain = text.slice(at + 1, to);
    if (from === at || !hasInnerDot(domain)) continue;
    const name = text.slice(from, at);
    out += text.slice(done, from) + replace({ name, first: firstSign(name, signs), domain });
    done = to;
  }
  return out + text.slice(done);
}

/** A dot with something before and after it. */
function hasInnerDot(domain: string): boolean {
  const dot = domain.indexOf(".", 1);
  return dot !== -1 && dot < domain.length - 1;
}

/** Goes back from the `@`, to the end of the address before at most. */
function nameStart(text: string, at: number, least: number, { endsName, entities }: AddressSigns): number {
  let from = at;
  while (from > least) {
    const sign = text.charAt(from - 1);
    const entity = entities && sign === ";" ? entityBefore(text, from) : 0;
    if (entity === 0 && (endsName.has(sign) || isSpace(sign))) break;
    from -= Math.max(entity, 1);
  }
  return Math.max(from, least);
}

function domainEnd(text: string, start: number, { endsDomain }: AddressSigns): number {
  let to = start;
  while (to < text.length && !endsDomain.has(text.charAt(to)) && !isSpace(text.charAt(to))) to += 1;
  return to;
}

/** The largest character has seven digits. */
const LONGEST_ENTITY = "&#1114111;".length;

/** The length of the entity that ends before `end`; 0 where there is none. */
function entityBefore(text: string, end: number): number {
  const found = /&#\d+;$/.exec(text.slice(Math.max(0, end - LONGEST_ENTITY), end));
  return found === null ? 0 : found[0].length;
}

function firstSign(name: string, { entities }: AddressSigns): string {
  const entity = entities ? /^&#\d{1,7};/.exec(name) : null;
  return entity?.[0] ?? String.fromCodePoint(name.codePointAt(0) ?? 0);
}

function isSpace(sign: string): boolean {
  return /^\s$/.test(sign);
}
