import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decode, encode, fieldSpec } from "../../../src/connectors/hubspot/fields.ts";
import { canonicalList, canonicalNumber, canonicalText, FIELD_TYPES } from "../../../src/model/value.ts";
import type { FieldType, Value } from "../../../src/model/value.ts";

const numRuns = Number(process.env["FC_RUNS"] ?? 500);
const text = fc
  .string({ unit: "binary" })
  .map(canonicalText)
  .filter((value) => value !== null);
const instant = fc
  .date({ min: new Date("0001-01-01T00:00:00Z"), max: new Date("9999-12-31T23:59:59Z"), noInvalidDate: true })
  .map((date) => date.toISOString());

/** Canonical values of each type. */
const values: Readonly<Record<FieldType, fc.Arbitrary<Value>>> = {
  text,
  option: text,
  phone: fc.integer({ min: 1_000_000, max: 999_999_999 }).map((number) => `+49${number}`),
  number: fc
    .oneof(fc.bigInt().map(String), fc.double({ noNaN: true, noDefaultInfinity: true }).map(String))
    .map((raw) => canonicalNumber(raw) ?? "0"),
  boolean: fc.boolean(),
  date: instant.map((at) => at.slice(0, 10)),
  datetime: instant,
  list: fc
    .array(fc.string({ unit: "grapheme" }), { maxLength: 5 })
    .map(canonicalList)
    .filter((items) => items?.some((item) => item.includes(";")) !== true),
};

describe("values and HubSpot's texts", () => {
  it.each(FIELD_TYPES)("of type %s come back as they were written", (type) => {
    fc.assert(
      fc.property(fc.option(values[type]), (value) => {
        expect(decode(encode(value), type)).toEqual({ value });
      }),
      { numRuns },
    );
  });

  it.each(FIELD_TYPES)(
    "of type %s are canonical once read: reading what was read changes nothing",
    (type) => {
      fc.assert(
        fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.integer().map(String), instant), (native) => {
          const first = decode(native, type);
          if ("unreadable" in first) return;
          expect(decode(encode(first.value), type)).toEqual(first);
        }),
        { numRuns },
      );
    },
  );

  it.each(FIELD_TYPES)("of type %s are never empty because they could not be read", (type) => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.jsonValue()), (native) => {
        const decoded = decode(native, type);
        const isEmpty =
          native === null || (typeof native === "string" && native.replaceAll("\0", "").trim() === "");
        if (type === "list" && typeof native === "string" && native.replaceAll(";", "").trim() === "") return;
        expect("value" in decoded && decoded.value === null).toBe(isEmpty);
      }),
      { numRuns },
    );
  });

  it.each<[FieldType, unknown, unknown]>([
    ["date", "2024-02-29", { value: "2024-02-29" }],
    ["date", "1709164800000", { value: "2024-02-29" }],
    ["date", "-2208988800000", { value: "1900-01-01" }],
    ["date", "1709164800001", { unreadable: "1709164800001" }],
    ["date", "2023-02-29", { unreadable: "2023-02-29" }],
    ["date", "2024-02-29T00:00:00Z", { value: "2024-02-29" }],
    ["datetime", "1773300826615", { value: "2026-03-12T07:33:46.615Z" }],
    ["datetime", "2026-03-12T08:33:46.615+01:00", { value: "2026-03-12T07:33:46.615Z" }],
    ["datetime", "2026-03-12T07:33:46.615999Z", { value: "2026-03-12T07:33:46.615Z" }],
    ["datetime", "2026-03-12T07:33:46", { unreadable: "2026-03-12T07:33:46" }],
    ["number", "1e3", { value: "1000" }],
    ["number", "9007199254740993", { value: "9007199254740993" }],
    ["number", "1,5", { unreadable: "1,5" }],
    ["boolean", "TRUE", { value: true }],
    ["boolean", "yes", { unreadable: "yes" }],
    ["list", "b;a;;b", { value: ["a", "b"] }],
    ["list", ";", { value: null }],
    ["list", "a\u037Eb", { unreadable: "a\u037Eb" }],
    ["phone", " +49 30 123 ", { value: "+49 30 123" }],
    ["text", "a\r\nb", { value: "a\nb" }],
    ["text", "  ", { value: null }],
    ["text", 42, { value: "42" }],
    ["text", { odd: true }, { unreadable: '{"odd":true}' }],
  ])("%s %j is %j", (type, native, expected) => {
    expect(decode(native, type)).toEqual(expected);
  });

  it("cannot write a list's item with a semicolon, and empties by an empty text", () => {
    expect(encode(["a;b"])).toBeUndefined();
    expect(encode(null)).toBe("");
    expect(encode(["a", "b"])).toBe("a;b");
  });
});

describe("fieldSpec", () => {
  const property = { name: "p", label: "P", type: "string", fieldType: "text" };
  const options = [{ value: "a" }, { value: "b" }];
  it.each<[string, Parameters<typeof fieldSpec>[0], object]>([
    ["a text", property, { type: "text", readOnly: false, options: null }],
    ["a telephone number", { ...property, fieldType: "phonenumber" }, { type: "phone" }],
    ["a telephone property", { ...property, type: "phone_number" }, { type: "phone" }],
    [
      "a yes or no",
      { ...property, type: "bool", fieldType: "booleancheckbox" },
      { type: "boolean", options: null },
    ],
    [
      "a choice",
      { ...property, type: "enumeration", fieldType: "radio", options },
      { type: "option", options: ["a", "b"] },
    ],
    [
      "several choices",
      { ...property, type: "enumeration", fieldType: "checkbox", options },
      { type: "list", options: ["a", "b"] },
    ],
    [
      "a choice of yes or no",
      {
        ...property,
        type: "enumeration",
        fieldType: "booleancheckbox",
        options: [{ value: "true" }, { value: "false" }],
      },
      { type: "boolean" },
    ],
    [
      "a choice kept elsewhere",
      { ...property, type: "enumeration", fieldType: "select", options: [], externalOptions: true },
      { type: "option", options: null },
    ],
    ["something new", { ...property, type: "object_coordinates" }, { type: "text" }],
    ["a computed one", { ...property, calculated: true }, { readOnly: true }],
    ["a read-only one", { ...property, modificationMetadata: { readOnlyValue: true } }, { readOnly: true }],
    ["an archived one", { ...property, archived: true }, { readOnly: true }],
  ])("takes %s for what it is", (_what, record, expected) => {
    expect(fieldSpec(record)).toMatchObject(expected);
  });
});
