import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  nativeAt,
  nativeFrom,
  OWN_FIELDS,
  placeOf,
  ranked,
  typeOfNatives,
  unreadableText,
  valueFrom,
} from "../../../src/connectors/klaviyo/fields.ts";
import type { FieldType, Value } from "../../../src/model/value.ts";
import {
  canonicalList,
  canonicalNumber,
  canonicalText,
  FIELD_TYPES,
  sameValue,
} from "../../../src/model/value.ts";
import { assertLaw } from "../../support/law.ts";

const time = fc
  .date({ min: new Date("0001-01-01T00:00:00Z"), max: new Date("9999-12-31T00:00:00Z"), noInvalidDate: true })
  .map((date) => date.toISOString());
const text = fc.string({ unit: "binary", maxLength: 60 }).map(canonicalText);

/** Canonical values of each type. */
const VALUES: Readonly<Record<FieldType, fc.Arbitrary<Value>>> = {
  text,
  option: text,
  phone: fc.constantFrom("+12345678901", "+37255512345", null),
  number: fc
    .oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer())
    .map((number) => canonicalNumber(String(number)) ?? null),
  boolean: fc.boolean(),
  date: time.map((iso) => iso.slice(0, 10)),
  datetime: time,
  list: fc.array(fc.string({ maxLength: 20 }), { maxLength: 5 }).map(canonicalList),
};

const custom = { kind: "custom", name: "x", readOnly: false } as const;
const anyType = fc.constantFrom(...FIELD_TYPES);
const anyJson = fc.jsonValue({ maxDepth: 2 });
const blank = (native: unknown): boolean =>
  native === null || native === undefined || (typeof native === "string" && native.trim() === "");
const same = (read: Value | undefined, value: Value): boolean => read !== undefined && sameValue(read, value);

describe("a value of Klaviyo", () => {
  test.for(FIELD_TYPES)("of type %s, written and read again, is the same", (type) => {
    expect.hasAssertions();
    assertLaw(
      fc.property(VALUES[type], (value) => {
        const native = nativeFrom(value, type, custom);
        const overTheWire: unknown = JSON.parse(JSON.stringify({ native }));
        const read = valueFrom((overTheWire as { native?: unknown }).native, type);
        // A number that JSON would change is not sent at all.
        expect(native === undefined ? type === "number" : same(read, value)).toBe(true);
      }),
    );
  });

  test("read from anything at all is canonical, empty or nothing, and never an error", () => {
    expect.hasAssertions();
    assertLaw(
      fc.property(anyJson, anyType, (native, type) => {
        const value = valueFrom(native, type);
        const sent = value === undefined ? undefined : nativeFrom(value, type, custom);
        // Canonical means that reading its own wire form changes nothing.
        const again = value === undefined || sent === undefined || same(valueFrom(sent, type), value);
        expect(again && typeof unreadableText(native) === "string").toBe(true);
      }),
    );
  });

  test("reads as empty only where there is nothing", () => {
    expect.hasAssertions();
    assertLaw(
      fc.property(anyJson, anyType, (native, type) => {
        const nothing = blank(native) || (Array.isArray(native) && native.every(blank));
        expect(nothing || valueFrom(native, type) !== null).toBe(true);
      }),
    );
  });

  test.for<[unknown, FieldType, Value | undefined]>([
    ["12.50", "number", "12.5"],
    [1e21, "number", undefined],
    [9007199254740991, "number", "9007199254740991"],
    [9007199254740992, "number", undefined],
    ["9007199254740993", "number", "9007199254740993"],
    [0.1, "number", "0.1"],
    ["1,5", "number", undefined],
    [true, "number", undefined],
    ["TRUE", "boolean", true],
    ["yes", "boolean", undefined],
    [1, "boolean", undefined],
    ["2024-02-29", "date", "2024-02-29"],
    ["2023-02-29", "date", undefined],
    ["2024-02-29T00:00:00+00:00", "date", "2024-02-29"],
    ["2024-02-29 00:00:00", "date", "2024-02-29"],
    ["2024-02-29T22:00:00Z", "date", undefined],
    ["2024-02-29T12:00:00.123456+02:00", "datetime", "2024-02-29T10:00:00.123Z"],
    ["2024-02-29 12:00:00", "datetime", "2024-02-29T12:00:00.000Z"],
    ["2024-02-30T12:00:00Z", "datetime", undefined],
    ["yesterday", "datetime", undefined],
    [["b", "a", "b", null, 7], "list", ["7", "a", "b"]],
    ["alone", "list", ["alone"]],
    [[], "list", null],
    [[{ a: 1 }], "list", undefined],
    [["a"], "text", undefined],
    [{ a: 1 }, "text", undefined],
    [false, "text", "false"],
    [12, "text", "12"],
    ["a\r\nb", "text", "a\nb"],
    ["  ", "text", null],
  ])("%j read as %s is %j", ([native, type, value]) => {
    expect(valueFrom(native, type)).toEqual(value);
  });

  test.for<[string, unknown]>([
    ["12.5", 12.5],
    ["9007199254740993", undefined],
    ["0.1234567890123456789", undefined],
    [`1${"0".repeat(400)}`, undefined],
  ])("number %s is sent as %j", ([value, native]) => {
    expect(nativeFrom(value, "number", custom)).toBe(native);
  });

  test("goes into Klaviyo's own fields as text, and a list does not", () => {
    const title = { kind: "attribute", name: "title", readOnly: false } as const;
    expect(placeOf("title")).toEqual(title);
    expect(nativeFrom("5", "number", title)).toBe("5");
    expect(nativeFrom(true, "boolean", title)).toBe("true");
    expect(nativeFrom(["a"], "list", title)).toBeUndefined();
  });
});

describe("a place in a profile", () => {
  const attributes: unknown = JSON.parse(
    '{"title":null,"location":{"city":"Tartu"},"properties":{"Tier":"gold","a.b":1,"__proto__":"odd"}}',
  );
  const at = (property: string): unknown => {
    const place = placeOf(property);
    return place === null ? "no place" : nativeAt(attributes as Record<string, unknown>, place);
  };

  test.for<[string, unknown]>([
    ["title", null],
    ["location.city", "Tartu"],
    ["properties.Tier", "gold"],
    ["properties.a.b", 1],
    ["properties.missing", null],
    ["properties.__proto__", "odd"],
    ["properties.constructor", null],
    ["first_name", undefined],
    ["location.zip", undefined],
    ["country", "no place"],
    ["location.planet", "no place"],
    ["properties.", "no place"],
  ])("%s holds %j", ([property, native]) => {
    expect(at(property)).toBe(native);
  });

  test("that was not in the answer is unknown, and never empty", () => {
    for (const property of [...OWN_FIELDS.keys(), "properties.Tier"]) {
      const place = placeOf(property);
      expect(place === null ? "no place" : nativeAt({ properties: "?", location: 7 }, place)).toBeUndefined();
    }
  });

  test("that is Klaviyo's own is read-only", () => {
    for (const property of ["external_id", "created", "properties.$source", "properties.company_id"]) {
      expect(placeOf(property)?.readOnly).toBe(true);
    }
  });
});

test("the type of a custom property is guessed from what is there", () => {
  expect(typeOfNatives([true, false])).toBe("boolean");
  expect(typeOfNatives([1, 2.5])).toBe("number");
  expect(typeOfNatives([["a"], []])).toBe("list");
  expect(typeOfNatives([["a"], ["b"], "c"])).toBe("list");
  expect(typeOfNatives([["a"], "b", "c"])).toBe("text");
  expect(typeOfNatives(["2024-01-01"])).toBe("date");
  expect(typeOfNatives(["2024-01-01T00:00:00Z", "2024-01-01 10:00:00"])).toBe("datetime");
  expect(typeOfNatives([1, "one"])).toBe("text");
  expect(typeOfNatives([])).toBe("text");
});

describe("the e-mail consent, a source only", () => {
  const consent = placeOf("subscriptions.email.marketing.consent");
  const reach = placeOf("subscriptions.email.marketing.can_receive_email_marketing");

  test("is read where the answer tells it, and unknown where it does not", () => {
    if (consent === null || reach === null) throw new Error("the consent has no place");
    const marketing = { consent: "SUBSCRIBED", can_receive_email_marketing: true };
    const attributes = { subscriptions: { email: { marketing } } };
    expect(nativeAt(attributes, consent)).toBe("SUBSCRIBED");
    expect(nativeAt(attributes, reach)).toBe(true);
    expect(nativeAt({}, consent)).toBeUndefined();
    expect(nativeAt({ subscriptions: { email: null } }, consent)).toBeUndefined();
  });

  test("is never to be written", () => {
    expect([consent?.readOnly, reach?.readOnly]).toEqual([true, true]);
  });
});

test.for([
  ["text", ["a"], "a"],
  ["text", ["a", "b"], "a, b"],
  ["list", "a", ["a"]],
  ["number", [7], "7"],
  ["text", [{ a: 1 }], undefined],
  ["option", ["a", "b"], undefined],
] as const)("a custom property is read as %s from %j, whatever others have there", ([type, native, read]) => {
  const place = placeOf("properties.Interests");
  if (place === null) throw new Error("no place");
  expect(valueFrom(ranked(native, place, type), type)).toEqual(read);
});
