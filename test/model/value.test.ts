import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  canonicalDate,
  canonicalList,
  canonicalNumber,
  canonicalText,
  sameValue,
} from "../../src/model/value.ts";
import { anyType, anyValue } from "../support/any-value.ts";
import { assertLaw } from "../support/law.ts";

const anyText = fc.string({
  unit: fc.oneof(
    fc.constantFrom("\r", "\n", " ", "\0", "e", "\u0301", "\uD800"),
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 }),
  ),
});

describe("the canonical form of a number", () => {
  it.each([
    ["5", "5"],
    ["5.0", "5"],
    ["05", "5"],
    ["+5", "5"],
    ["-5.10", "-5.1"],
    [" 5 ", "5"],
    [".5", "0.5"],
    ["5.", "5"],
    ["0", "0"],
    ["-0", "0"],
    ["-0.00", "0"],
    ["1e3", "1000"],
    ["1E3", "1000"],
    ["1.5e-3", "0.0015"],
    ["120e-1", "12"],
    ["1e+2", "100"],
    ["9007199254740993", "9007199254740993"],
    ["123456789012345678901234567890.123456789", "123456789012345678901234567890.123456789"],
    ["1e40", `1${"0".repeat(40)}`],
    ["0e999", "0"],
  ])("of %j is %j", (raw, canonical) => {
    expect(canonicalNumber(raw)).toBe(canonical);
  });

  it.each([
    "",
    " ",
    ".",
    "-",
    "e3",
    "1e",
    "1,5",
    "1 000",
    "1_000",
    "0x10",
    "NaN",
    "Infinity",
    "1.2.3",
    "٣",
    "1e1000",
  ])("is none for %j", (raw) => {
    expect(canonicalNumber(raw)).toBe(undefined);
  });

  it("is the number itself, digit for digit, counted in whole units of its last decimal", () => {
    const digits = fc.stringMatching(/^\d{1,30}$/);
    assertLaw(
      fc.property(
        fc.boolean(),
        digits,
        digits,
        fc.integer({ min: -60, max: 60 }),
        (minus, whole, decimals, exponent) => {
          const raw = `${minus ? "-" : ""}${whole}.${decimals}e${exponent}`;
          const canonical = canonicalNumber(raw) ?? "";
          expect(canonical).toMatch(/^(0|-?(0\.\d*[1-9]|[1-9]\d*(\.\d*[1-9])?))$/);
          expect(inUnits(canonical, 0)).toBe(inUnits(`${minus ? "-" : ""}${whole}.${decimals}`, exponent));
        },
      ),
    );
  });

  it("is its own canonical form, and what a double prints reads back as that double", () => {
    assertLaw(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (double) => {
        const canonical = canonicalNumber(String(double)) ?? "";
        expect(canonicalNumber(canonical)).toBe(canonical);
        expect(Number(canonical)).toBe(double === 0 ? 0 : double);
      }),
    );
  });
});

/** A decimal times 10^exponent, counted in units of 10^-130, exactly. */
function inUnits(decimal: string, exponent: number): bigint {
  const [whole = "0", decimals = ""] = decimal.replace("-", "").split(".");
  const units = BigInt(whole + decimals) * 10n ** BigInt(130 - decimals.length + exponent);
  return decimal.startsWith("-") ? -units : units;
}

describe("the canonical form of a date", () => {
  it.each(["2024-02-29", "1899-12-31", "0001-01-01", "9999-12-31"])("of %s is itself", (day) => {
    expect(canonicalDate(day)).toBe(day);
    expect(canonicalDate(` ${day} `)).toBe(day);
  });

  it.each([
    "2023-02-29",
    "2024-13-01",
    "2024-00-10",
    "2024-04-31",
    "2024-1-1",
    "20240101",
    "2024-01-01T00:00:00Z",
    "01/02/2024",
    "",
    "today",
  ])("is none for %j", (raw) => {
    expect(canonicalDate(raw)).toBe(undefined);
  });

  it("exists for every day of the calendar and for no other", () => {
    const month = fc.integer({ min: 1, max: 12 });
    assertLaw(
      fc.property(
        fc.integer({ min: 1, max: 9999 }),
        month,
        fc.integer({ min: 1, max: 31 }),
        (year, at, day) => {
          const raw = `${String(year).padStart(4, "0")}-${String(at).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
          const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
          const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][at - 1] ?? 0;
          expect(canonicalDate(raw)).toBe(day <= days ? raw : undefined);
        },
      ),
    );
  });
});

describe("the canonical form of text", () => {
  it.each([
    ["", null],
    [" \t\r\n ", null],
    ["\0", null],
    [" Ann ", " Ann "],
    ["a\r\nb\rc\nd", "a\nb\nc\nd"],
    ["e\u0301", "é"],
    ["a\0b", "ab"],
    ["a\uD800b", "a\uFFFDb"],
    ["שלום 👩‍👩‍👧", "שלום 👩‍👩‍👧"],
  ])("of %j is %j", (raw, canonical) => {
    expect(canonicalText(raw)).toBe(canonical);
  });

  it("is its own canonical form", () => {
    assertLaw(
      fc.property(anyText, (raw) => {
        const canonical = canonicalText(raw);
        expect(canonical === null ? null : canonicalText(canonical)).toBe(canonical);
        expect(canonical ?? "").not.toMatch(/[\r\0]/);
        expect((canonical ?? "x").trim()).not.toBe("");
      }),
    );
  });
});

describe("the canonical form of a list", () => {
  it("is sorted, unique, trimmed and without empty items", () => {
    expect(canonicalList(["b", " a", "b ", "", " ", "B"])).toEqual(["B", "a", "b"]);
    expect(canonicalList(["", "\0"])).toBe(null);
    expect(canonicalList([])).toBe(null);
    expect(canonicalList(["e\u0301", "é"])).toEqual(["é"]);
  });

  it("is its own canonical form, in whatever order and however often its items come", () => {
    assertLaw(
      fc.property(fc.array(anyText), fc.array(fc.nat()), (raw, order) => {
        const canonical = canonicalList(raw);
        expect(canonicalList(canonical ?? [])).toEqual(canonical);
        const again = order.flatMap((at) => raw.slice(at % (raw.length || 1))).concat(raw.toReversed());
        expect(canonicalList(again)).toEqual(canonical);
      }),
    );
  });
});

describe("two values", () => {
  it("are the same exactly where they are equal, also after a journey through the database", () => {
    const two = anyType.chain((type) => fc.tuple(anyValue(type), anyValue(type)));
    assertLaw(
      fc.property(two, ([one, other]) => {
        expect(sameValue(one, structuredClone(one))).toBe(true);
        expect(sameValue(one, other)).toBe(JSON.stringify(one) === JSON.stringify(other));
        expect(sameValue(other, one)).toBe(sameValue(one, other));
      }),
    );
  });

  it("are not the same where one is a list and the other its only item", () => {
    expect(sameValue(["a"], "a")).toBe(false);
    expect(sameValue(null, ["a"])).toBe(false);
    expect(sameValue(["a"], ["a", "b"])).toBe(false);
  });
});
