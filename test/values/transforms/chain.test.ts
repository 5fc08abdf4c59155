import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { patternProblem, readDay, writeDay } from "../../../src/values/date-pattern.ts";
import { compareDecimals, roundDecimal } from "../../../src/values/decimal.ts";
import { applyTransforms, reversed } from "../../../src/values/transforms/chain.ts";
import { EXAMPLES, rowOf } from "../../../src/values/transforms/transforms.ts";
import type { Transform } from "../../../src/model/transform.ts";
import type { FieldType, Value } from "../../../src/model/value.ts";
import { canonicalList, canonicalNumber, canonicalText, FIELD_TYPES } from "../../../src/model/value.ts";
import { anyFilled } from "../../support/any-value.ts";
import { assertLaw } from "../../support/law.ts";

function turned(step: Transform, value: Value): Value | { readonly why: string } {
  const applied = applyTransforms([step], value);
  return "value" in applied ? applied.value : { why: applied.why };
}

const bands = (...edges: readonly (readonly [string | null, string])[]): Transform => ({
  kind: "bucket",
  bands: edges.map(([below, name]) => ({ below, name })),
});
const SIZES = bands(["-5", "debt"], ["0.5", "none"], ["100000000000000000000", "some"], [null, "much"]);
const AGES = bands(["1970-01-01", "old"], [null, "new"]);

describe("what each step makes of a value", () => {
  test.each([
    [{ kind: "phone_e164", defaultCountry: "EE" }, "5123 4567", "+37251234567"],
    [{ kind: "round", digits: 2 }, "3.14159", "3.14"],
    [{ kind: "round", digits: 2 }, "1.005", "1.01"],
    [{ kind: "round", digits: 0 }, "-0.5", "-1"],
    [{ kind: "round", digits: 0 }, "-0.4", "0"],
    [{ kind: "round", digits: 1 }, "9.96", "10"],
    [{ kind: "round", digits: 3 }, "12345678901234567890.12345", "12345678901234567890.123"],
    [{ kind: "digits" }, "+372 (5) 12", "372512"],
    [{ kind: "lower" }, "ÜNAL", "ünal"],
    [{ kind: "upper" }, "straße", "STRASSE"],
    [{ kind: "title" }, "ann-marie o'NEIL von der heide", "Ann-Marie O'neil Von Der Heide"],
    [{ kind: "title" }, "élodie 3rd", "Élodie 3rd"],
    [{ kind: "trim" }, " Ann \n", "Ann"],
    [{ kind: "date_format", from: "dd.MM.yyyy", to: "yyyy-MM-dd" }, "31.12.2025", "2025-12-31"],
    [{ kind: "date_format", from: "yyyy-MM-dd", to: "M/d/yyyy" }, "2025-01-05", "1/5/2025"],
    [{ kind: "date_format", from: "M/d/yyyy", to: "yyyyMMdd" }, "01/05/2025", "20250105"],
    [SIZES, "-5.000001", "debt"],
    [SIZES, "-5", "none"],
    [SIZES, "99999999999999999999", "some"],
    [SIZES, "100000000000000000000", "much"],
    [AGES, "1969-12-31", "old"],
    [AGES, "1970-01-01T00:00:00.000Z", "new"],
    [{ kind: "split", separator: ", " }, "b,a, b ,", ["a", "b"]],
    [{ kind: "split", separator: "\n" }, "a b\nc", ["a b", "c"]],
    [{ kind: "default", value: "x" }, "a", "a"],
    [{ kind: "constant", value: "x", type: "text" }, "a", "x"],
    [{ kind: "prefix", text: "HS-" }, "1", "HS-1"],
    [{ kind: "remove_prefix", text: "HS-" }, "HS-1", "1"],
  ] as const satisfies readonly (readonly [Transform, Value, Value])[])(
    "%j: %j is %j",
    (step, value, expected) => {
      expect(turned(step, value)).toEqual(expected);
    },
  );

  test("items of a list are turned each, and what becomes the same is one", () => {
    expect(turned({ kind: "upper" }, ["a", "A", "b"])).toEqual(["A", "B"]);
    expect(turned({ kind: "join", separator: ", ", exact: true }, ["a", "b"])).toBe("a, b");
  });

  test.each([
    [{ kind: "phone_e164", defaultCountry: "EE" }, "12"],
    [{ kind: "digits" }, "none"],
    [{ kind: "date_format", from: "dd.MM.yyyy", to: "yyyy-MM-dd" }, "29.02.2025"],
    [{ kind: "date_format", from: "dd.MM.yyyy", to: "yyyy-MM-dd" }, "1.2.2025"],
    [{ kind: "split", separator: "," }, ", ,"],
    [{ kind: "remove_prefix", text: "HS-" }, "HS-"],
    [{ kind: "remove_prefix", text: "HS-" }, "KL-1"],
    [{ kind: "prefix", text: "e" }, "\u0301"],
    [{ kind: "join", separator: ", ", exact: true }, ["a,b", "c"]],
  ] as const satisfies readonly (readonly [Transform, Value])[])(
    "%j cannot turn %j, and says why",
    (step, value) => {
      expect(turned(step, value)).toEqual({ why: expect.stringMatching(/^(?:is|has|cannot) /) });
    },
  );

  test("one way, an item may hold the separator", () => {
    expect(turned({ kind: "join", separator: ", ", exact: false }, ["a, b", "c"])).toBe("a, b, c");
  });

  test("an empty value stays empty but where something is to stand in for it", () => {
    for (const step of EXAMPLES) {
      const stands = step.kind === "default" || step.kind === "constant";
      expect(turned(step, null)).toEqual(stands ? step.value : null);
    }
  });
});

const anyTyped = (types: readonly FieldType[]) => fc.oneof(...types.map((type) => anyFilled(type)));
const isCanonical = (value: Value): boolean => {
  if (typeof value === "string") return canonicalText(value) === value;
  return typeof value !== "object" || JSON.stringify(canonicalList(value ?? [])) === JSON.stringify(value);
};

describe("laws of single steps", () => {
  test.each(EXAMPLES.map((step) => [step.kind, step] as const))(
    "%s never makes something empty, nor anything that is not canonical",
    (_kind, step) => {
      assertLaw(
        fc.property(anyTyped(rowOf(step).takes(step)), (value) => {
          const result = turned(step, value);
          expect(result).not.toBeNull();
          expect(
            result !== null && typeof result === "object" && "why" in result ? true : isCanonical(result),
          ).toBe(true);
        }),
      );
    },
  );

  const tidying = EXAMPLES.filter((step) =>
    ["phone_e164", "lower", "upper", "title", "trim"].includes(step.kind),
  );
  test.each(tidying.map((step) => [step.kind, step] as const))("%s twice is %s once", (_kind, step) => {
    assertLaw(
      fc.property(anyTyped(rowOf(step).takes(step)), (value) => {
        const once = applyTransforms([step], value);
        fc.pre("value" in once);
        expect("value" in once ? turned(step, once.value) : null).toEqual(
          "value" in once ? once.value : null,
        );
      }),
    );
  });

  const DAYS = ["dd.MM.yyyy", "d.M.yyyy", "yyyyMMdd", "M/d/yyyy", "yyyy-MM-dd"];
  const exact: readonly (readonly [FieldType, Transform])[] = [
    ["text", { kind: "prefix", text: "HS-" }],
    ["option", { kind: "prefix", text: "a " }],
    ["list", { kind: "join", separator: ", ", exact: true }],
    ["list", { kind: "join", separator: " ", exact: true }],
    ...DAYS.map((to) => ["date", { kind: "date_format", from: "yyyy-MM-dd", to }] as const),
  ];
  test.each(exact)("a %s is itself again after %j and its opposite", (type, step) => {
    assertLaw(
      fc.property(anyFilled(type), (value) => {
        const there = applyTransforms([step], value);
        fc.pre("value" in there);
        const back = reversed([step]);
        expect("steps" in back && "value" in there ? applyTransforms(back.steps, there.value) : null).toEqual(
          { value },
        );
      }),
    );
  });

  test("every type can be turned by something", () => {
    for (const type of FIELD_TYPES)
      expect(EXAMPLES.some((step) => rowOf(step).takes(step).includes(type))).toBe(true);
  });
});

describe("decimals and days", () => {
  const anyDecimal = fc
    .tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.nat(10 ** 6))
    .map(([whole, decimals]) => canonicalNumber(`${whole}.${decimals}`) ?? "0");

  test("rounding moves a number by at most half of its last digit", () => {
    assertLaw(
      fc.property(anyDecimal, fc.nat(7), (number, digits) => {
        const rounded = roundDecimal(number, digits);
        expect(rounded.split(".")[1]?.length ?? 0).toBeLessThanOrEqual(digits);
        const scaled = (text: string): bigint => {
          const [whole = "", fraction = ""] = text.split(".");
          return BigInt(whole + fraction.padEnd(8, "0"));
        };
        const far = scaled(rounded) - scaled(number);
        expect((far < 0n ? -far : far) * 2n <= 10n ** BigInt(8 - digits)).toBe(true);
      }),
    );
  });

  test("comparing is as of numbers", () => {
    const small = fc.tuple(fc.integer({ min: -1000, max: 1000 }), fc.nat(999));
    assertLaw(
      fc.property(small, small, ([a, b], [c, d]) => {
        const [left, right] = [canonicalNumber(`${a}.${b}`) ?? "", canonicalNumber(`${c}.${d}`) ?? ""];
        expect(Math.sign(compareDecimals(left, right))).toBe(Math.sign(Number(left) - Number(right)));
      }),
    );
  });

  test.each([
    "dd.MM.yy",
    "dd.MM",
    "dd.MM.yyyy yyyy",
    "MMM d yyyy",
    "dMyyyy",
    "yyyyMd",
    "dd.mm.yyyy",
    "HH:dd.MM.yyyy",
    "",
  ])("%s names no day", (pattern) => expect(patternProblem(pattern)).not.toBeNull());

  test("a pattern's own signs mean themselves", () => {
    expect(patternProblem("(dd)[MM]*yyyy")).toBeNull();
    expect(writeDay("(dd)[MM]*yyyy", "2025-01-05")).toBe("(05)[01]*2025");
    expect(readDay("(dd)[MM]*yyyy", "(05)[01]*2025")).toBe("2025-01-05");
    expect(readDay("dd.MM.yyyy", "05-01-2025")).toBeNull();
  });
});
