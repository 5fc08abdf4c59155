import * as fc from "fast-check";
import { expect, test } from "vitest";
import { maskAddresses } from "../../src/status/mask-addresses.ts";
import { redact } from "../../src/status/redact.ts";

/** The pattern that the scanner stands for: it says the same, and takes hours for a long word. */
const PATTERN =
  /((?:&#\d{1,7};|[^\s<>"'`=(),;:@&\\/])(?:&#\d{1,7};|[^\s<>"'`=(),;:@&\\/])*)@([^\s<>"'`(),;:@&?\\/]+\.[^\s<>"'`(),;:@&?\\/]+)/gu;

const byPattern = (text: string): string =>
  text.replace(PATTERN, (_all, name: string, domain: string) => {
    const first = /^(?:&#\d{1,7};|.)/u.exec(name)?.[0] ?? "";
    return `${first}…@${domain}`;
  });

test("the scanner finds what a pattern would find", () => {
  const part = fc.constantFrom(
    "jo",
    "@",
    ".",
    "&#39;",
    ";",
    "&",
    " ",
    "=",
    "/",
    "\\n",
    '"',
    "õ",
    "😀",
    "com",
    "1",
  );
  const text = fc.array(part, { maxLength: 14 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(text, (given) => {
      expect(maskAddresses(given)).toBe(byPattern(given));
    }),
    { numRuns: 5_000 },
  );
});

test.each([
  ["one word", "a"],
  ["signs that end nothing", "@"],
  ["addresses that are none", "a@"],
  ["domains that are none", "a@b"],
  ["entities", "&#39;"],
  ["dots", "@a."],
])("a megabyte of %s is masked and redacted at once", (_name, unit) => {
  const text = unit.repeat(Math.ceil(1_000_000 / unit.length));
  const begun = performance.now();
  maskAddresses(text);
  redact(text, "jo@example.com");
  expect(performance.now() - begun).toBeLessThan(5_000);
});
