/** What a mapped field can be. `option` is one of a fixed set; `list` is several values, unordered. */
export type FieldType = "text" | "number" | "boolean" | "date" | "datetime" | "phone" | "option" | "list";

export const FIELD_TYPES: readonly FieldType[] = [
  "text",
  "number",
  "boolean",
  "date",
  "datetime",
  "phone",
  "option",
  "list",
];

/**
 * One value in its canonical form (CONTRACT.md, Values), so that two values are the same exactly when they are equal:
 *
 * - text, option: well-formed, NFC, line ends `\n`, no NUL; never the empty string or only white space
 * - number: a decimal string without exponent, leading plus or trailing zeros (`"1234.5"`), so nothing is lost above 2^53
 * - boolean: `true` or `false`
 * - date: `yyyy-mm-dd`; datetime: ISO in UTC with milliseconds
 * - phone: E.164
 * - list: canonical texts, trimmed, unique, in the order of `Array.sort`, never empty
 * - `null`: empty
 *
 * A value that was not in the answer at all is not `null`: its key is absent, and absent means "unknown, leave alone".
 */
export type Value = string | boolean | readonly string[] | null;

export type Values = Readonly<Record<string, Value>>;

export function sameValue(left: Value, right: Value): boolean {
  if (!Array.isArray(left) || !Array.isArray(right)) return left === right;
  return left.length === right.length && left.every((item, index) => item === right[index]);
}

/**
 * Text from outside as it can be stored: NUL goes and a lone surrogate becomes U+FFFD. PostgreSQL takes neither, and one
 * such text would refuse a whole set of rows.
 */
export function storableText(raw: string): string {
  return raw.replaceAll("\0", "").toWellFormed();
}

/** The canonical form of a piece of text: `null` where there is nothing but white space. */
export function canonicalText(raw: string): string | null {
  const text = storableText(raw).normalize("NFC").replaceAll(/\r\n?/g, "\n");
  return text.trim() === "" ? null : text;
}

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;

/** The canonical form of a decimal number in text, or `undefined` where it is none. `""` is no number. */
export function canonicalNumber(raw: string): string | undefined {
  const parts = DECIMAL.exec(raw.trim());
  if (parts === null) return undefined;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = parts;
  if (whole === "" && fraction === "") return undefined;
  const point = whole.length + Number(exponent);
  const digits = (whole + fraction)
    .padEnd(point, "0")
    .padStart(whole.length + fraction.length - Math.min(point, 0), "0");
  const cut = Math.max(point, 0);
  const integer = digits.slice(0, cut).replace(/^0+/, "") || "0";
  const decimals = withoutEndingZeros(digits.slice(cut));
  const magnitude = decimals === "" ? integer : `${integer}.${decimals}`;
  return sign === "-" && magnitude !== "0" ? `-${magnitude}` : magnitude;
}

function withoutEndingZeros(digits: string): string {
  let end = digits.length;
  while (digits.charAt(end - 1) === "0") end -= 1;
  return digits.slice(0, end);
}

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

/** `yyyy-mm-dd` where it names a day of the calendar, otherwise `undefined`. */
export function canonicalDate(raw: string): string | undefined {
  const parts = DATE.exec(raw.trim());
  if (parts === null) return undefined;
  const day = new Date(`${parts[0]}T00:00:00.000Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(parts[0]) ? parts[0] : undefined;
}

/** The canonical form of a list: each item canonical text and trimmed; `null` where none is left. */
export function canonicalList(items: Iterable<string>): readonly string[] | null {
  const unique = new Set<string>();
  for (const item of items) {
    const text = canonicalText(item)?.trim();
    if (text !== undefined) unique.add(text);
  }
  return unique.size === 0 ? null : [...unique].sort();
}
