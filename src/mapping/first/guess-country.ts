import { isSupportedCountry, parsePhoneNumberFromString } from "libphonenumber-js/max";

/** The country that most telephone numbers of a company are of, and on what that rests. */
export interface GuessedCountry {
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  /** Numbers of it, of those that say their country. */
  readonly numbers: number;
  readonly of: number;
}

/** Fewer numbers say nothing of the others. */
const ENOUGH = 5;

/** The country of more than half of the numbers that begin with `+`; `null` where there is none, or too few to tell. */
export function guessCountry(numbers: readonly string[]): GuessedCountry | null {
  const counts = new Map<string, number>();
  let of = 0;
  for (const number of numbers) {
    if (!number.trim().startsWith("+")) continue;
    const country = parsePhoneNumberFromString(number, { extract: false })?.country;
    if (country === undefined) continue;
    of += 1;
    counts.set(country, (counts.get(country) ?? 0) + 1);
  }
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  if (most === undefined || of < ENOUGH || most[1] * 2 <= of) return null;
  return { country: most[0], numbers: most[1], of };
}

/** Is it two letters that a `default_country` can be? */
export function isCountry(code: string): boolean {
  return isSupportedCountry(code);
}
