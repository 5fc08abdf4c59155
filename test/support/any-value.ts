import * as fc from "fast-check";
import type { FieldType, Value } from "../../src/model/value.ts";
import { FIELD_TYPES, canonicalList, canonicalNumber, canonicalText } from "../../src/model/value.ts";

/** Any type of field, lists often: they are the only values that are compared by more than identity. */
export const anyType: fc.Arbitrary<FieldType> = fc.oneof(
  fc.constantFrom(...FIELD_TYPES),
  fc.constant("list"),
);

/** A canonical value of a type, empty among them; half of all from a handful, so that two are often equal. */
export function anyValue(type: FieldType): fc.Arbitrary<Value> {
  return fc.oneof({ weight: 1, arbitrary: fc.constant(null) }, { weight: 5, arbitrary: anyFilled(type) });
}

export function anyFilled(type: FieldType): fc.Arbitrary<Exclude<Value, null>> {
  switch (type) {
    case "text":
    case "option":
      return fc.oneof(fc.constantFrom(" Ann ", "Ann", "ann", "Annabelle  Lee"), anyText);
    case "number":
      return fc.oneof(fc.constantFrom("0", "1", "-1.5"), anyNumber);
    case "boolean":
      return fc.boolean();
    case "date":
      return fc.date(DAYS).map((day) => day.toISOString().slice(0, 10));
    case "datetime":
      return fc.date(DAYS).map((time) => time.toISOString());
    case "phone":
      return fc.stringMatching(/^\+[1-9]\d{7,14}$/);
    case "list":
      return fc
        .uniqueArray(fc.oneof(fc.constantFrom("A", "B", "C", "Dora", "dora"), anyText), LIST)
        .map(asList);
  }
}

const DAYS: fc.DateConstraints = {
  min: new Date("1899-01-01T00:00:00Z"),
  max: new Date("2100-01-01T00:00:00Z"),
  noInvalidDate: true,
};

const LIST = { minLength: 1, maxLength: 5 };

const anyText = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 12 })
  .map((text) => canonicalText(text) ?? "Bea");

const anyNumber = fc
  .tuple(fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }), fc.nat(10 ** 6))
  .map(([whole, decimals]) => canonicalNumber(`${whole}.${decimals}`) ?? "0");

function asList(items: readonly string[]): readonly string[] {
  return canonicalList(items) ?? ["A"];
}
