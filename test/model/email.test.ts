import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emailKey } from "../../src/model/email.ts";
import { assertLaw } from "../support/law.ts";

const LONGEST_DOMAIN = `${"d".repeat(63)}.${"e".repeat(63)}.com`;

const ADDRESSES: readonly (readonly [shown: string, key: string])[] = [
  ["ann@example.com", "ann@example.com"],
  ["Ann.Lee@Example.COM", "ann.lee@example.com"],
  ["  ann@example.com\t\n", "ann@example.com"],
  ["\uFEFFann@example.com", "ann@example.com"],
  ["ann+news@example.com", "ann+news@example.com"],
  ["a.n.n@gmail.com", "a.n.n@gmail.com"],
  ["o'hara_1@ex-ample.co.uk", "o'hara_1@ex-ample.co.uk"],
  ["ann@bücher.de", "ann@xn--bcher-kva.de"],
  ["ann@BÜCHER.de", "ann@xn--bcher-kva.de"],
  ["ann@xn--bcher-kva.de", "ann@xn--bcher-kva.de"],
  ["ann@bu\u0308cher.de", "ann@xn--bcher-kva.de"],
  ["анна@почта.рф", "анна@xn--80a1acny.xn--p1ai"],
  ["ann@example。com", "ann@example.com"],
  ["zoë@example.com", "zoë@example.com"],
  ["zoe\u0308@example.com", "zoë@example.com"],
  ["J\u030C@example.com", "ǰ@example.com"],
  ["ann@1and1.com", "ann@1and1.com"],
  ["ann@mail.example.museum", "ann@mail.example.museum"],
  [
    `${"a".repeat(254 - 1 - LONGEST_DOMAIN.length)}@${LONGEST_DOMAIN}`,
    `${"a".repeat(254 - 1 - LONGEST_DOMAIN.length)}@${LONGEST_DOMAIN}`,
  ],
];

const NO_ADDRESSES: readonly string[] = [
  "",
  "   ",
  "ann",
  "@example.com",
  "ann@",
  "ann@@example.com",
  "ann@home@example.com",
  "ann@example.com.",
  "ann@.example.com",
  "ann@example..com",
  "ann@-example.com",
  "ann@example-.com",
  "ann@exam_ple.com",
  "ann@localhost",
  "ann@127.0.0.1",
  "ann@1.2.3",
  "ann@[::1]",
  "ann@example.com/x",
  "ann@example.com:80",
  "ann@example.com?x",
  "ann@example.com#x",
  "ann@example%2ecom",
  "ann@example\\com",
  "ann lee@example.com",
  "ann@exam ple.com",
  "ann\u0000@example.com",
  "ann\u007F@example.com",
  "ann\r\nbcc:bea@example.com",
  "ann\uD800@example.com",
  "Ann <ann@example.com>",
  "ann@example.com, bea@example.com",
  "ann@example.com;bea@example.com",
  `${"a".repeat(255 - 1 - LONGEST_DOMAIN.length)}@${LONGEST_DOMAIN}`,
  `ann@${"d".repeat(64)}.com${"e".repeat(200)}`,
];

describe("the key of an address", () => {
  it.each(ADDRESSES)("of %j is %s", (shown, key) => {
    expect(emailKey(shown)).toBe(key);
  });

  it.each(NO_ADDRESSES)("is none for %j", (shown) => {
    expect(emailKey(shown)).toBe(null);
  });

  it("is none where there is no address", () => {
    expect([emailKey(null), emailKey(undefined)]).toEqual([null, null]);
  });

  it("is its own key, whatever it was made from", () => {
    const local = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 });
    const domain = fc.oneof(fc.domain(), fc.constantFrom("Bücher.de", "ÉCOLE.fr", "почта.рф"));
    assertLaw(
      fc.property(
        fc.oneof(
          fc.emailAddress(),
          fc.tuple(local, domain).map((parts) => parts.join("@")),
        ),
        (shown) => {
          const key = emailKey(shown);
          fc.pre(key !== null);
          expect(emailKey(key)).toBe(key);
        },
      ),
    );
  });

  it("is the same for every spelling of one mailbox", () => {
    const spellings = [
      (text: string) => text.toUpperCase(),
      (text: string) => ` ${text} `,
      (text: string) => text,
    ];
    assertLaw(
      fc.property(fc.emailAddress(), fc.constantFrom(...spellings), (address, spell) => {
        expect(emailKey(spell(address))).toBe(emailKey(address));
      }),
    );
  });
});
