import { canonicalDate } from "../model/value.ts";

/**
 * How a day is written: `yyyy`, `MM` or `M`, `dd` or `d`, each once, with anything but letters and digits between them.
 * Every day has one text and every text one day, so that what is turned can be turned back.
 */

/** The notation of both systems' own date properties. */
export const ISO_DAY = "yyyy-MM-dd";

const TOKENS = /yyyy|MM?|dd?/g;

type Field = "year" | "month" | "day";
const FIELDS: { readonly [letter: string]: Field } = { y: "year", M: "month", d: "day" };

/** What keeps a pattern from naming one day, or `null` where nothing does. */
export function patternProblem(pattern: string): string | null {
  const letters = (pattern.match(TOKENS) ?? []).map((token) => token[0]);
  const rest = pattern.replaceAll(TOKENS, "");
  if (/[\p{L}\p{N}]/u.test(rest)) return `\`${/[\p{L}\p{N}]+/u.exec(rest)?.[0] ?? ""}\` means nothing`;
  for (const letter of ["y", "M", "d"]) {
    const times = letters.filter((other) => other === letter).length;
    if (times !== 1)
      return times === 0 ? `no ${FIELDS[letter]} is in it` : `the ${FIELDS[letter]} is in it twice`;
  }
  // `d` may be one digit or two: beside another number nobody knows where it ends.
  const run = /(?:yyyy|MM?|dd?){2,}/.exec(pattern)?.[0];
  const fixed = run === undefined || run.replaceAll(/yyyy|MM|dd/g, "") === "";
  return fixed ? null : "`M` and `d` need something between them and the next number";
}

/** The day that a text names, `yyyy-mm-dd`, or `null` where it is not written so. */
export function readDay(pattern: string, text: string): string | null {
  const order: Field[] = [];
  const source = pattern.replaceAll(/yyyy|MM?|dd?|[^]/gu, (token) => {
    const field = FIELDS[token[0] ?? ""];
    if (field === undefined) return RegExp.escape(token);
    order.push(field);
    return token === "yyyy" ? "(\\d{4})" : token.length === 2 ? "(\\d{2})" : "(\\d{1,2})";
  });
  const found = new RegExp(`^${source}$`, "u").exec(text.trim());
  if (found === null) return null;
  const part = (field: Field): string => found[order.indexOf(field) + 1] ?? "";
  const day = `${part("year")}-${part("month").padStart(2, "0")}-${part("day").padStart(2, "0")}`;
  return canonicalDate(day) ?? null;
}

/** A day, `yyyy-mm-dd`, as the pattern writes it. */
export function writeDay(pattern: string, day: string): string {
  const [year = "", month = "", date = ""] = day.split("-");
  const digits: { readonly [F in Field]: string } = { year, month, day: date };
  return pattern.replaceAll(TOKENS, (token) => {
    const field = FIELDS[token[0] ?? ""];
    if (field === undefined) return token;
    return token.length === 1 ? String(Number(digits[field])) : digits[field];
  });
}
