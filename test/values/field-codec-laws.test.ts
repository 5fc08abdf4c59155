import * as fc from "fast-check";
import { expect, test } from "vitest";
import { fieldsOf, propertiesOf } from "../../src/values/field-codec.ts";
import { knowOptions } from "../../src/values/know-options.ts";
import type { FieldRule, OptionTable } from "../../src/model/mapping.ts";
import { fieldWords, spelled } from "../../src/model/own-spelling.ts";
import type { Side } from "../../src/model/side.ts";
import { SIDES } from "../../src/model/side.ts";
import type { FieldType, Value, Values } from "../../src/model/value.ts";
import { FIELD_TYPES, canonicalList, canonicalText } from "../../src/model/value.ts";
import { anyValue } from "../support/any-value.ts";
import { assertLaw } from "../support/law.ts";
import { fieldRule, phoneSteps } from "../support/rule.ts";

const NO_STEPS = { hubspot: [], klaviyo: [] };

interface Case {
  readonly rule: FieldRule;
  readonly side: Side;
  readonly value: Value;
}

/** Few words, so that options of both sides and values meet often. */
const anyWord = fc
  .oneof(
    fc.constantFrom("a", "A", "b", "c", "Founder", "founder", "persona_1"),
    fc.string({ minLength: 1, maxLength: 3 }),
  )
  .map((word) => canonicalText(word.trim()) ?? "a");

const anyTable: fc.Arbitrary<OptionTable> = fc.record({
  pairs: fc.uniqueArray(fc.tuple(anyWord, anyWord), { selector: ([hubspot]) => hubspot, maxLength: 5 }),
  others: fc.constantFrom("error", "keep", "drop"),
});

const WITH_OPTIONS: readonly FieldType[] = ["text", "option", "list"];

const anyRule: fc.Arbitrary<FieldRule> = fc
  .record({
    type: fc.constantFrom(...FIELD_TYPES),
    options: fc.option(anyTable),
    country: fc.constantFrom(null, "EE", "US", "IT", "AR"),
    hubspot: fc.option(fc.uniqueArray(anyWord, { maxLength: 5 })),
  })
  .map(({ type, options, country, hubspot }) => {
    const rule = fieldRule("a", "title", {
      type,
      transforms: type === "phone" ? phoneSteps(country) : NO_STEPS,
      options: WITH_OPTIONS.includes(type) ? options : null,
    });
    const property = { property: "a", label: "A", type, readOnly: false };
    const fields = [{ ...property, options: WITH_OPTIONS.includes(type) ? hubspot : null }];
    return knowOptions([rule], { hubspot: { fields, collections: [] } })[0] ?? rule;
  });

function valueFor(rule: FieldRule): fc.Arbitrary<Value> {
  if (rule.options === null) return anyValue(rule.type);
  if (rule.type !== "list") return fc.oneof(fc.constant(null), anyWord);
  return fc.array(anyWord, { maxLength: 5 }).map((items) => canonicalList(items));
}

const anyCase: fc.Arbitrary<Case> = fc
  .tuple(anyRule, fc.constantFrom(...SIDES))
  .chain(([rule, side]) => valueFor(rule).map((value) => ({ rule, side, value })));

/** Another letter case of an option is the same option. */
const inOwnSpelling = (rule: FieldRule, fields: Values): Values =>
  Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, spelled(fieldWords(rule) ?? [], value)]),
  );

const seen = (rule: FieldRule, side: Side, values: Values) =>
  fieldsOf([rule], { side, values, unreadable: {} });

test("what is written is read back unchanged", () => {
  assertLaw(
    fc.property(anyCase, ({ rule, side, value }) => {
      // An item that is dropped is gone, as asked; what is left is the next law's.
      fc.pre(!(rule.type === "list" && rule.options?.others === "drop"));
      const { values, problems } = propertiesOf([rule], side, { [rule.key]: value });
      const written = Object.keys(values).length > 0;
      const { fields, unreadable } = seen(rule, side, values);
      expect(unreadable).toEqual({});
      expect(inOwnSpelling(rule, fields)).toEqual(inOwnSpelling(rule, written ? { [rule.key]: value } : {}));
      expect(written && problems.length > 0).toBe(false);
    }),
  );
});

test("what was read and is written back to its own side is read the same again", () => {
  assertLaw(
    fc.property(anyCase, ({ rule, side, value }) => {
      const { fields } = seen(rule, side, { [rule.property[side]]: value });
      const { values, problems } = propertiesOf([rule], side, fields);
      fc.pre(problems.length === 0);
      expect(inOwnSpelling(rule, seen(rule, side, values).fields)).toEqual(inOwnSpelling(rule, fields));
    }),
  );
});

const anyText = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(..."+()- 0123456789x".split("")) }));

test("only what is empty is read as empty (P5)", () => {
  assertLaw(
    fc.property(anyCase, anyText, ({ rule, side, value }, text) => {
      const given = rule.type === "phone" ? text : value;
      fc.pre(given !== null && !(typeof given === "string" && given.trim() === ""));
      expect(Object.values(seen(rule, side, { [rule.property[side]]: given }).fields)).not.toContain(null);
    }),
  );
});

test("what a connector could not read is never read as empty (P5)", () => {
  assertLaw(
    fc.property(anyCase, anyText, ({ rule, side }, text) => {
      fc.pre(text.trim() !== "");
      const read = fieldsOf([rule], { side, values: {}, unreadable: { [rule.property[side]]: text } });
      expect(Object.values(read.fields)).not.toContain(null);
      // Either the field has a value or there is a reason why not.
      expect(Object.keys(read.fields).length + Object.keys(read.unreadable).length).toBe(1);
    }),
  );
});

test("a phone number rests: once E.164, it is itself on both sides and with any default country", () => {
  const anyPhone = fc.oneof(
    fc.stringMatching(/^\+[1-9]\d{5,14}$/),
    fc.stringMatching(/^\(?0?[1-9][\d -]{4,12}$/),
  );
  const anyCountry = fc.constantFrom(null, "EE", "US", "IT", "AR", "MX", "GB");
  assertLaw(
    fc.property(anyPhone, anyCountry, anyCountry, (text, country, other) => {
      const phone = (home: string | null) =>
        fieldRule("a", "title", { type: "phone", transforms: phoneSteps(home) });
      const { fields } = seen(phone(country), "hubspot", { a: text });
      const [number = null] = Object.values(fields);
      fc.pre(number !== null);
      expect(seen(phone(other), "klaviyo", { title: number }).fields).toEqual(fields);
    }),
    2,
  );
});
