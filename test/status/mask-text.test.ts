import * as fc from "fast-check";
import { expect, test } from "vitest";
import { emailKey } from "../../src/model/email.ts";
import { decodedWord } from "../../src/words/decoded-text.ts";
import { maskPhone, maskPhones } from "../../src/words/mask-phones.ts";
import { maskText } from "../../src/words/mask-text.ts";
import { redact } from "../../src/status/parts/redact.ts";
import { maskedSight } from "../../src/words/sight.ts";
import { assertLaw } from "../support/law.ts";

test.each([
  ["jo@example.com", "j…@example.com"],
  ["jo.tamm+news@mail.example.com", "j…@mail.example.com"],
  ["o'brien@example.com", "o…@example.com"],
  ["a=b&c/d@example.com", "a…@example.com"],
  ["õie@näide.example, 李@example.com", "õ…@näide.example, 李…@example.com"],
  ["a@b.example;c@d.example", "a…@b.example;c…@d.example"],
  ['Someone wrote "jo@example.com" here.', 'Someone wrote "j…@example.com" here.'],
  ["Jo <jo@example.com> (jo@example.org)", "Jo <j…@example.com> (j…@example.org)"],
  ["jo@mail.example.com.", "j…@mail.example.com."],
  ["jo@ann@example.com", "j…@example.com"],
  ["😀jo@example.com", "😀…@example.com"],
  ["jo＠example.com", "j…@example.com"],
  ["https://shop.example.com/u?e=jo@example.org", "https://shop.example.com/…@example.org"],
  ["https://shop.example.com/u?e=jo%40example.org&b=1", "https://shop.example.com/…@example.org&b=1"],
  ["https://shop.example.com/u/jo%2540example.org", "https://shop.example.com/…@example.org"],
  ["https://shop.example.com/u/am9AZXhhbXBsZS5jb20=", "https://shop.example.com/u/…="],
  ["jo&#64;example.com and jo&commat;example.com", "j…@example.com and j…@example.com"],
  [String.raw`{"x":"jo\u0040example.com"}`, '{"x…@example.com"}'],
  ['The value "jane.doe.at.wor…" is too long', 'The value "j…" is too long'],
  ["jane@exam…", "j…@exam…"],
  ["at 5 @ noon, mail @ work, 2@1.5, size=40.5", "at 5 @ noon, mail @ work, 2@1.5, size=40.5"],
  ["https://shop.example.com/a%20b?c=%C3%A4", "https://shop.example.com/a%20b?c=%C3%A4"],
])("%s is masked as %s", (text, masked) => {
  expect(maskText(text)).toBe(masked);
  expect(maskText(masked)).toBe(masked);
});

test.each([
  ["+372 5123 4567", "…67"],
  ['"5123 4567" has no country code.', '"…67" has no country code.'],
  ['"55512345678" is no phone number.', '"…78" is no phone number.'],
  ["Call (555) 123-4567 or 555.123.4567, ext 9", "Call …67 or …67, ext 9"],
  ["tel:+37251234567", "tel:…67"],
  [
    "HubSpot contact 12345678901 since 2026-11-30 14:34",
    "HubSpot contact 12345678901 since 2026-11-30 14:34",
  ],
  ["1,234,567 contacts in 12.3456789 s, 18.4.0", "1,234,567 contacts in 12.3456789 s, 18.4.0"],
  ["run 9 (12 read), 4d1e7c52-1234567-89ab", "run 9 (12 read), 4d1e7c52-1234567-89ab"],
  [
    "/contacts/1234567?page=12 127.0.0.1 192.168.100.200",
    "/contacts/1234567?page=12 127.0.0.1 192.168.100.200",
  ],
  ["2026-11-30T09:00:00.000Z", "2026-11-30T09:00:00.000Z"],
])("%s has its phone numbers masked as %s", (text, masked) => expect(maskPhones(text)).toBe(masked));

test("the value of a phone field is masked however it is written (P22)", () => {
  const sight = maskedSight(() => new Uint8Array(32));
  expect(sight.value("phone:phone_number:phone", '"5551234567"')).toBe("…67");
  expect(sight.value("mobilephone", "(0)51 23 45 67")).toBe("…67");
  expect(maskPhone("112")).toBe("…");
  expect(sight.value("city:location.city:text", '"Oslo"')).toBe('"Oslo"');
});

/** An address as Tandem keeps it, with every sign in its name that one may have. */
const address = fc
  .array(fc.constantFrom(...Array.from("abz019.+_-'\"=&/%#?()[]{}:!$*~|^`\\õ李😀")), {
    minLength: 2,
    maxLength: 12,
  })
  .map((signs) => emailKey(`q${signs.join("")}@example.com`))
  .filter((one) => one !== null);

const twice = (text: string): string => encodeURIComponent(encodeURIComponent(text));
const entities = (text: string): string =>
  Array.from(text, (sign) => (/\w/.test(sign) ? sign : `&#${sign.codePointAt(0)};`)).join("");

/** Where addresses stand. */
const PLACES: readonly ((address: string) => string)[] = [
  (one) => one,
  (one) => `Mail of ${one}, since Monday`,
  (one) => `"${one}" is not an option`,
  (one) => `<${one}>`,
  (one) => `https://shop.example.com/u?e=${one}&b=1`,
  (one) => `https://shop.example.com/u?e=${encodeURIComponent(one)}&b=1`,
  (one) => `https://shop.example.com/${twice(one)}/b`,
  (one) => `https://shop.example.com/u?e=${encodeURIComponent(twice(one))}`,
  (one) => `https://shop.example.com/u/${Buffer.from(one).toString("base64url")}`,
  (one) => JSON.stringify({ text: one }),
  (one) => entities(one),
  (one) => `x ${one.replace("@", String.raw`\u0040`)} y`,
];

test("of an address nothing but its first letter and its domain is left, wherever and however it stands", () => {
  assertLaw(
    fc.property(address, fc.constantFrom(...PLACES), (own, place) => {
      const shown = decodedWord(maskText(place(own)));
      const name = own.slice(0, own.lastIndexOf("@"));
      expect(shown).not.toContain(name.slice(0, 3));
      expect(shown).not.toContain(`${name.slice(-2)}@`);
      expect(shown).not.toContain(Buffer.from(own).toString("base64url"));
    }),
  );
});

test("two people whose masks are alike have pseudonyms, which nobody computes without the key", () => {
  const sight = maskedSight(() => new Uint8Array(32).fill(7));
  const [jo, jane] = [sight.email("jo@example.com"), sight.email("jane@example.com")];
  expect(jo).toMatch(/^j…@example\.com #[a-z2-9]{6}$/);
  expect(jane).toMatch(/^j…@example\.com #[a-z2-9]{6}$/);
  expect(jo).not.toBe(jane);
  expect(sight.email("jo@example.com")).toBe(jo);
  expect(maskedSight(() => new Uint8Array(32)).email("jo@example.com")).not.toBe(jo);
  // What anybody could have written is masked without one.
  expect(sight.text("jo@example.com")).toBe("j…@example.com");
});

test.each([
  "a",
  "@",
  "a@",
  "a@b",
  "&#39;",
  "@a.",
  "%25",
  "%40",
  "&amp;",
  "+1 ",
  "1-",
  "…",
  '"a…',
  "aB3_",
  "\\u0040",
  "(1",
])("a megabyte of %s is masked and redacted at once", (unit) => {
  const text = unit.repeat(Math.ceil(1_000_000 / unit.length));
  const begun = performance.now();
  maskText(text);
  redact(text, "jo@example.com");
  expect(performance.now() - begun).toBeLessThan(5_000);
});
