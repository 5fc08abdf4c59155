import { createHmac } from "node:crypto";
import { isPhoneField, maskPhone } from "./mask-phones.ts";
import { maskAddress, maskText } from "./mask-text.ts";

/** How much of people somebody sees. Everything that leaves goes through one of these, piece by piece. */
export interface Sight {
  /** Words from anywhere. */
  text(text: string): string;
  /** The address of somebody that Tandem knows. */
  email(address: string): string;
  /** A value of a field, by the field's key or property. */
  value(field: string, text: string): string;
  /** The time zone that times are shown in; IANA name. */
  readonly zone: string;
}

/** For operators and admins. */
export const WHOLE_SIGHT: Sight = {
  text: (text) => text,
  email: (address) => address,
  value: (_field, text) => text,
  zone: "UTC",
};

/** A pseudonym has so many letters, five bits each: a viewer tells a handful of masked people apart, not a million. */
const PSEUDONYM_LETTERS = 6;
const LETTERS = "abcdefghijkmnpqrstuvwxyz23456789";

/**
 * For viewers: addresses and phone numbers are masked. Somebody that Tandem knows has a pseudonym beside the mask, the same
 * on every page. Only addresses that pages name as somebody's have one: a viewer who could have it computed for any text would
 * try out addresses.
 *
 * @param key of this installation: without it nobody can compute a pseudonym
 */
export function maskedSight(key: () => Uint8Array): Sight {
  return {
    text: maskText,
    email: (address) => `${maskAddress(address)} #${pseudonym(key(), address)}`,
    value: (field, text) => (isPhoneField(field) ? maskPhone(text) : maskText(text)),
    zone: "UTC",
  };
}

function pseudonym(key: Uint8Array, address: string): string {
  const bytes = createHmac("sha256", key).update(address).digest();
  return Array.from(
    bytes.subarray(0, PSEUDONYM_LETTERS),
    (byte) => LETTERS[byte % LETTERS.length] ?? "",
  ).join("");
}
