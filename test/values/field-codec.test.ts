import { describe, expect, test } from "vitest";
import { fieldsOf, propertiesOf } from "../../src/values/field-codec.ts";
import { knowOptions } from "../../src/values/know-options.ts";
import type { FieldRule, OptionTable } from "../../src/model/mapping.ts";
import type { Side } from "../../src/model/side.ts";
import { SIDES } from "../../src/model/side.ts";
import type { FieldType, Value } from "../../src/model/value.ts";
import { fieldRule, phoneSteps } from "../support/rule.ts";

const PERSONA: OptionTable = {
  pairs: [
    ["persona_1", "Founder"],
    ["persona_2", "Marketer"],
  ],
  others: "error",
};

function rule(type: FieldType, more: Partial<FieldRule> = {}): FieldRule {
  return fieldRule("a", "properties.A", { key: "a:properties.A:x", type, line: 7, ...more });
}

const phone = (country: string | null = null) => rule("phone", { transforms: phoneSteps(country) });
const option = (others: OptionTable["others"] = "error", type: FieldType = "option") =>
  rule(type, { options: { ...PERSONA, others } });

/** What one property of one side becomes: the field's value, `"absent"`, or the problem's code. */
function read(one: FieldRule, side: Side, value: Value): Value | { readonly problem: string } {
  const { fields, unreadable } = fieldsOf([one], {
    side,
    values: { [one.property[side]]: value },
    unreadable: {},
  });
  const problem = unreadable[one.key];
  expect(problem !== undefined && Object.hasOwn(fields, one.key)).toBe(false);
  return problem === undefined
    ? (fields[one.key] ?? (Object.hasOwn(fields, one.key) ? null : "absent"))
    : { problem: problem.code };
}

function write(one: FieldRule, side: Side, value: Value): Value | { readonly problem: string } {
  const { values, problems } = propertiesOf([one], side, { [one.key]: value });
  const [problem] = problems;
  const property = one.property[side];
  return problem === undefined
    ? Object.hasOwn(values, property)
      ? (values[property] ?? null)
      : "absent"
    : { problem: problem.code };
}

describe("values go through as they are", () => {
  test("by the side's own names, and what is not there stays away", () => {
    const rules = [rule("text"), fieldRule("city", "location.city"), fieldRule("x", "title")];
    const hubspot = { side: "hubspot", values: { a: "1", city: null, other: "2" }, unreadable: {} } as const;
    const { fields } = fieldsOf(rules, hubspot);
    expect(fields).toEqual({ "a:properties.A:x": "1", "city:location.city:text": null });
    expect(propertiesOf(rules, "klaviyo", fields).values).toEqual({
      "properties.A": "1",
      "location.city": null,
    });
  });

  test("names that objects are born with are no values", () => {
    const odd = fieldRule("valueOf", "title", { key: "toString" });
    expect(fieldsOf([odd], { side: "hubspot", values: {}, unreadable: {} })).toEqual({
      fields: {},
      unreadable: {},
    });
    expect(propertiesOf([odd], "hubspot", {})).toEqual({ values: {}, problems: [] });
  });

  test("a value that the connector could not read is a problem, not an empty one", () => {
    const { fields, unreadable } = fieldsOf([rule("number")], {
      side: "klaviyo",
      values: {},
      unreadable: { "properties.A": "many" },
    });
    expect(fields).toEqual({});
    expect(unreadable["a:properties.A:x"]).toEqual({
      code: "SK-TRANSFORM",
      level: "field",
      side: "klaviyo",
      field: "a:properties.A:x",
      title: "properties.A: value is not a number",
      explanation: '"many" could not be read as number. The rest of the contact is synced.',
      fix: ["Correct the value in Klaviyo.", "Or change `type` of the entry on mapping line 7."],
      retry: "on_change",
      reference: null,
    });
  });
});

describe("options, whose common words are Klaviyo's", () => {
  test("are translated both ways", () => {
    expect(read(option(), "hubspot", "persona_1")).toBe("Founder");
    expect(read(option(), "klaviyo", "Founder")).toBe("Founder");
    expect(write(option(), "hubspot", "Founder")).toBe("persona_1");
    expect(write(option(), "klaviyo", "Founder")).toBe("Founder");
    expect(read(option(), "hubspot", null)).toBeNull();
    expect(write(option(), "hubspot", null)).toBeNull();
  });

  test("match in any letter case, and what was read stays as it is spelled", () => {
    expect(read(option(), "klaviyo", "FOUNDER")).toBe("FOUNDER");
    expect(write(option(), "hubspot", "FOUNDER")).toBe("persona_1");
    expect(read(option(), "hubspot", "Persona_1")).toBe("Founder");
    expect(write(option("error", "list"), "hubspot", ["FOUNDER", "Founder"])).toEqual(["persona_1"]);
    expect(write(option("keep"), "hubspot", "PERSONA_1")).toEqual({ problem: "SK-TRANSFORM" });
  });

  test("that differ in letter case only are each only themselves", () => {
    const twins: OptionTable = { ...PERSONA, pairs: [...PERSONA.pairs, ["Persona_1", "founder"]] };
    const one = rule("option", { options: twins });
    expect(write(one, "hubspot", "founder")).toBe("Persona_1");
    expect(write(one, "hubspot", "Founder")).toBe("persona_1");
    expect(write(one, "hubspot", "FOUNDER")).toEqual({ problem: "SK-TRANSFORM" });
    expect(read(one, "hubspot", "PERSONA_1")).toEqual({ problem: "SK-TRANSFORM" });
    // HubSpot has a twin that the table does not name.
    const unpaired = { ...option(), hubspotOptions: ["persona_1", "Persona_1", "persona_2"] };
    expect(read(unpaired, "hubspot", "Persona_1")).toEqual({ problem: "SK-TRANSFORM" });
    expect(read(unpaired, "hubspot", "Persona_2")).toBe("Marketer");
  });

  test("of HubSpot are written in its own spelling, with a table, a transform or neither", () => {
    const schema = (options: readonly string[]) => ({
      hubspot: {
        fields: [{ property: "a", label: "A", type: "option", readOnly: false, options } as const],
        collections: [],
      },
    });
    const known = (one: FieldRule, ...options: readonly string[]) =>
      knowOptions([one], schema(options))[0] ?? one;
    const plain = known(rule("option"), "lead", "VIP", "vip");
    expect(write(plain, "hubspot", "LEAD")).toBe("lead");
    expect(write(plain, "hubspot", "VIP")).toBe("VIP");
    expect(write(plain, "hubspot", "Vip")).toBe("Vip");
    expect(write(plain, "klaviyo", "LEAD")).toBe("LEAD");
    expect(read(plain, "klaviyo", "LEAD")).toBe("LEAD");
    expect(write(known(rule("list"), "lead", "VIP"), "hubspot", ["LEAD", "Lead", "vip"])).toEqual([
      "VIP",
      "lead",
    ]);
    expect(write(known(option(), "Persona_1"), "hubspot", "Founder")).toBe("Persona_1");
    const upper = rule("option", {
      transforms: { klaviyo: [{ kind: "upper" }], hubspot: [{ kind: "upper" }] },
    });
    expect(write(known(upper, "lead"), "hubspot", "LEAD")).toBe("lead");
  });

  test("without a pair are a problem, kept, or dropped, and dropped is not empty", () => {
    expect(read(option("error"), "hubspot", "persona_9")).toEqual({ problem: "SK-TRANSFORM" });
    expect(read(option("keep"), "hubspot", "persona_9")).toBe("persona_9");
    expect(read(option("drop"), "hubspot", "persona_9")).toBe("absent");
    expect(read(option("error"), "klaviyo", "Boss")).toEqual({ problem: "SK-TRANSFORM" });
    expect(read(option("keep"), "klaviyo", "Boss")).toBe("Boss");
    expect(read(option("drop"), "klaviyo", "Boss")).toBe("absent");
    expect(write(option("keep"), "hubspot", "Boss")).toBe("Boss");
    expect(write(option("drop"), "hubspot", "Boss")).toBe("absent");
  });

  test("kept, a word that is a HubSpot option is not written there: it would come back as another", () => {
    expect(write(option("keep"), "hubspot", "persona_1")).toEqual({ problem: "SK-TRANSFORM" });
    expect(write(option("keep"), "klaviyo", "persona_1")).toBe("persona_1");
  });

  test("of a list are translated each", () => {
    expect(read(option("error", "list"), "hubspot", ["persona_2", "persona_1"])).toEqual([
      "Founder",
      "Marketer",
    ]);
    expect(read(option("error", "list"), "hubspot", ["persona_1", "x"])).toEqual({ problem: "SK-TRANSFORM" });
    expect(read(option("drop", "list"), "hubspot", ["persona_1", "x"])).toEqual(["Founder"]);
    expect(read(option("drop", "list"), "hubspot", ["x"])).toBe("absent");
    expect(read(option("keep", "list"), "hubspot", ["persona_1", "x"])).toEqual(["Founder", "x"]);
    expect(write(option("error", "list"), "hubspot", ["Founder", "Marketer"])).toEqual([
      "persona_1",
      "persona_2",
    ]);
  });

  test("say where they are missing", () => {
    const { unreadable } = fieldsOf([option()], {
      side: "hubspot",
      values: { a: "persona_9" },
      unreadable: {},
    });
    expect(unreadable["a:properties.A:x"]).toMatchObject({
      title: "a: value not in the option table",
      explanation:
        '"persona_9" has no pair under `options:` in the entry on mapping line 7. The rest of the contact is synced.',
    });
  });
});

describe("phone numbers are E.164", () => {
  test.each([
    ["+372 5123 4567", null, "+37251234567"],
    ["+372 (0) 5123-4567", null, "absent"],
    ["5123 4567", "EE", "+37251234567"],
    ["00372 51234567", "EE", "+37251234567"],
    ["37251234567", "EE", "+37251234567"],
    ["(020) 7946 0958", "GB", "+442079460958"],
    ["+44 (0)20 7946 0958", null, "+442079460958"],
    ["+1 (555) 010-0100", null, "+15550100100"],
    ["\uff0b37251234567", null, "+37251234567"],
    ["+39 06 6982", null, "+39066982"],
    ["+1 212 555 1234 ext. 5", null, "+12125551234"],
    ["5123 4567", null, "absent"],
    ["12345", "EE", "absent"],
    ["+372 512345, +372 512346", null, "absent"],
    ["call +372 51234567", null, "absent"],
    ["1-800-FLOWERS", "US", "absent"],
    ["+999 123456", null, "absent"],
    ["n/a", "EE", "absent"],
    ["+", "EE", "absent"],
    ["   ", "EE", null],
  ])("%j with country %s is %s", (text, country, expected) => {
    for (const side of SIDES) {
      expect(read(phone(country), side, text)).toEqual(
        expected === "absent" ? { problem: "KL-PHONE" } : expected,
      );
    }
  });

  test("a number that the connector could not read without the country is read with it", () => {
    const contact = { side: "hubspot", values: {}, unreadable: { a: "5123 4567" } } as const;
    expect(fieldsOf([phone("EE")], contact)).toEqual({
      fields: { "a:properties.A:x": "+37251234567" },
      unreadable: {},
    });
  });

  test("what is none says so, with the value and the way out", () => {
    const problem = (text: string, one: FieldRule) =>
      fieldsOf([one], { side: "hubspot", values: { a: text }, unreadable: {} }).unreadable[
        "a:properties.A:x"
      ];
    expect(problem("5123 4567", phone())).toEqual({
      code: "KL-PHONE",
      level: "field",
      side: "hubspot",
      field: "a:properties.A:x",
      title: "Phone number is not in international format",
      explanation: '"5123 4567" has no country code. The rest of the contact is synced.',
      fix: [
        "Add + and the country code in HubSpot.",
        "Or fix all at once: add `phone_e164: { default_country: XX }` to `transform` on mapping line 7.",
      ],
      retry: "on_change",
      reference: null,
    });
    expect(problem("12345", phone("EE"))?.fix).toEqual([
      "Correct the number, or add + and its country code, in HubSpot.",
    ]);
    expect(problem("ask at reception", phone("EE"))).toMatchObject({
      title: "Value is not a phone number",
      fix: ["Enter a phone number in HubSpot, or empty the field there."],
    });
    expect(problem("+999 123456", phone("EE"))?.fix).toEqual(["Correct the number in HubSpot."]);
  });

  test("what is not E.164 is not written", () => {
    expect(write(phone("EE"), "klaviyo", "5123 4567")).toEqual({ problem: "KL-PHONE" });
    expect(write(phone(), "klaviyo", "+37251234567")).toBe("+37251234567");
    expect(write(phone(), "klaviyo", null)).toBeNull();
  });
});

test("`on_invalid: error` makes it the contact's problem", () => {
  const strict = { ...phone(), onInvalid: "error" } as const;
  const { unreadable } = fieldsOf([strict], { side: "hubspot", values: { a: "12" }, unreadable: {} });
  expect(unreadable["a:properties.A:x"]).toMatchObject({
    level: "contact",
    explanation: '"12" is not a phone number. The contact is held until it is corrected.',
  });
});

test("two spellings that an option table tells apart are each only itself, though HubSpot has one of them", () => {
  const pairs = [
    ["Founder", "Boss"],
    ["founder", "Owner"],
  ] as const;
  const options = { pairs, others: "error" } as const;
  const rule = fieldRule("role", "title", { type: "option", options, hubspotOptions: ["Founder"] });
  const { fields } = fieldsOf([rule], { side: "hubspot", values: { role: "founder" }, unreadable: {} });
  expect(fields).toEqual({ [rule.key]: "Owner" });
  expect(propertiesOf([rule], "hubspot", fields).values).toEqual({ role: "founder" });
});
