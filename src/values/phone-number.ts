import type { CountryCode } from "libphonenumber-js/max";
import { isSupportedCountry, parsePhoneNumberFromString } from "libphonenumber-js/max";

/** Marks of direction and of zero width, which come along when a number is copied from an address book or a page. */
const UNSEEN = /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]/g;

/**
 * A phone number in E.164, or `null` where the text is none.
 *
 * With `+` a number says its country itself; it is taken if it has a possible length, since whether a range is in use
 * changes monthly and is for Klaviyo to say. Without, the default country is a guess, so the number must be a valid one
 * of that country: an office extension such as `12345` must not become somebody's number. This is why the `max`
 * metadata is used (145 KB, once per process): `min` knows lengths only and would let such guesses through.
 * An extension is no part of E.164 and is lost; two numbers in one text are none.
 */
export function phoneNumber(raw: string, defaultCountry: string | null): string | null {
  const text = raw.replace(UNSEEN, "").replace(/^\s*tel:/i, "");
  const international = /^\s*(?:\(\s*)?[+\uff0b]/.test(text);
  const country = defaultCountry !== null && isSupportedCountry(defaultCountry) ? defaultCountry : undefined;
  if (!international && country === undefined) return null;
  const found = parse(text.trim().replace(/^\(?\s*\uff0b/, "+"), international ? undefined : country);
  if (found === null) return null;
  // A number that reads differently once written would never come to rest.
  return parse(found, undefined) === found ? found : null;
}

function parse(text: string, country: CountryCode | undefined): string | null {
  const options = country === undefined ? { extract: false } : { extract: false, defaultCountry: country };
  const parsed = parsePhoneNumberFromString(text, options);
  if (parsed === undefined || !(country === undefined ? parsed.isPossible() : parsed.isValid())) return null;
  return parsed.number;
}
