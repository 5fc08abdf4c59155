import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { FieldSpec, Schema } from "../../src/connectors/connector.ts";
import { decode, encode } from "../../src/connectors/hubspot/fields.ts";
import { checkAgainst } from "../../src/mapping/accounts/check-against.ts";
import { parseMapping } from "../../src/mapping/parse-mapping.ts";
import { typesFit } from "../../src/values/type-pairs.ts";
import type { FieldType, Value } from "../../src/model/value.ts";
import { FIELD_TYPES } from "../../src/model/value.ts";
import type { PropertyDraft } from "../../src/sandbox/hubspot/properties/property-definition.ts";
import { propertyDefinition } from "../../src/sandbox/hubspot/properties/property-definition.ts";
import { checkValue } from "../../src/sandbox/hubspot/properties/property-value.ts";
import { anyValue } from "../support/any-value.ts";
import { assertLaw } from "../support/law.ts";
import { mappingText } from "../mapping/mapping-text.ts";

/** A portal whose property of each type is called like the type, and whose one list everybody is in. */
const portal: Schema = {
  fields: FIELD_TYPES.map((type): FieldSpec => ({
    property: type,
    label: type,
    type,
    readOnly: false,
    options: null,
  })),
  collections: [
    { id: "1", name: "Customers", kind: "list", writable: false, doubleOptIn: false, size: null },
  ],
};
const shop: Schema = {
  fields: [
    { property: "title", label: "Title", type: "text", readOnly: false, options: null },
    { property: "phone_number", label: "Phone", type: "phone", readOnly: false, options: null },
    { property: "location.latitude", label: "Latitude", type: "number", readOnly: false, options: null },
  ],
  collections: [
    { id: "Y6nRLr", name: "Newsletter", kind: "list", writable: true, doubleOptIn: false, size: null },
  ],
};

/** What `check` and `check --remote` say of an entry from a HubSpot property of this type. */
function said(hubspot: FieldType, entry: string): readonly string[] {
  const text = mappingText({ fields: `{ hubspot: ${hubspot}, ${entry} }` });
  const { mapping, diagnostics } = parseMapping(text, "test.yaml");
  const remote =
    mapping === null
      ? []
      : checkAgainst(mapping, { hubspot: portal, klaviyo: shop }, { file: "test.yaml", text });
  return [...diagnostics, ...remote].map((each) => `${each.code} ${each.message}`);
}

const TEXT = "klaviyo: title";
const ANY = "klaviyo: properties.any";
const oneWay = (entry: string) => `${entry}, direction: to_klaviyo`;
const turned = (entry: string, steps: string) => `${entry}, transform: { to_klaviyo: ${steps} }`;
const PHONE = "{ phone_e164: { default_country: EE } }";

describe("the pairs of types that people come with", () => {
  test.each([
    ["text", TEXT],
    ["text", turned("klaviyo: phone_number", PHONE)],
    ["text", `${ANY}, type: phone`],
    ["text", "klaviyo: location.latitude"],
    ["text", `${ANY}, type: number`],
    ["text", `${ANY}, type: option`],
    ["text", turned(ANY, '{ split: ", " }')],
    ["text", "klaviyo: properties.page_url"],
    ["number", `${ANY}, type: number`],
    ["phone", "klaviyo: phone_number"],
    ["phone", `${ANY}, type: text`],
    ["date", `${ANY}, type: date`],
    ["date", turned(TEXT, "{ date_format: { from: yyyy-MM-dd, to: dd.MM.yyyy } }")],
    ["datetime", `${ANY}, type: datetime`],
    ["boolean", `${ANY}, type: boolean`],
    ["boolean", `${ANY}, options: { "true": Gold, "false": Basic }`],
    ["option", `${ANY}, type: option`],
    ["option", TEXT],
    ["list", `${ANY}, type: list`],
    ["list", turned(TEXT, '{ join: ", " }')],
  ] as const)("%s both ways: { %s }", (hubspot, entry) => {
    expect(said(hubspot, entry)).toEqual([]);
  });

  test.each([
    ["number", TEXT, "M304 HubSpot property `number` is `number`: it can be read as `text`, but not written"],
    [
      "number",
      "klaviyo: phone_number",
      "M304 HubSpot property `number` is `number`: it can be read as `phone`, but not written",
    ],
    ["date", TEXT, "M304 HubSpot property `date` is `date`: it can be read as `text`, but not written"],
    [
      "datetime",
      TEXT,
      "M304 HubSpot property `datetime` is `datetime`: it can be read as `text`, but not written",
    ],
    [
      "boolean",
      TEXT,
      "M304 HubSpot property `boolean` is `boolean`: it can be read as `text`, but not written",
    ],
    [
      "option",
      `${ANY}, type: list`,
      "M304 HubSpot property `option` is `option`: it can be read as `list`, but not written",
    ],
  ] as const)("%s one way only, and says so: { %s }", (hubspot, entry, message) => {
    expect(said(hubspot, entry)).toEqual([message]);
    expect(said(hubspot, oneWay(entry))).toEqual([]);
  });

  test("a phone number as a number is digits, one way only", () => {
    const entry = turned(TEXT, "{ digits: true }");
    expect(said("phone", entry)[0]).toMatch(/^M206 /);
    expect(said("phone", oneWay(entry))).toEqual([]);
  });

  test.each([
    ["list", TEXT, "M304 HubSpot property `list` is `list`, and this entry is `text`"],
    ["list", `${ANY}, type: option`, "M304 HubSpot property `list` is `list`, and this entry is `option`"],
    [
      "date",
      "klaviyo: location.latitude",
      "M304 HubSpot property `date` is `date`, and this entry is `number`",
    ],
  ] as const)("%s not at all as it is: { %s }", (hubspot, entry, message) => {
    expect(said(hubspot, entry)).toEqual([message]);
    expect(said(hubspot, oneWay(entry))).toEqual([message]);
  });

  test("a list refused says what makes one text of it", () => {
    const text = mappingText({ fields: "{ hubspot: list, klaviyo: title }" });
    const { mapping } = parseMapping(text, "test.yaml");
    if (mapping === null) throw new Error("the mapping is right in itself");
    const [only] = checkAgainst(mapping, { hubspot: portal, klaviyo: shop }, { file: "test.yaml", text });
    expect(only?.help).toContain("`join` and `split`");
  });
});

const NATIVE: { readonly [type in FieldType]: Pick<PropertyDraft, "type" | "fieldType"> } = {
  text: { type: "string", fieldType: "text" },
  number: { type: "number", fieldType: "number" },
  boolean: { type: "bool", fieldType: "booleancheckbox" },
  date: { type: "date", fieldType: "date" },
  datetime: { type: "datetime", fieldType: "date" },
  phone: { type: "string", fieldType: "phonenumber" },
  option: { type: "enumeration", fieldType: "select" },
  list: { type: "enumeration", fieldType: "checkbox" },
};

const BOTH_WAYS = FIELD_TYPES.flatMap((property) =>
  FIELD_TYPES.filter((field) => typesFit(property, field, { source: true, target: true })).map(
    (field) => [field, property] as const,
  ),
);

/** Values that HubSpot takes: its numbers are floating point, and of options it has only those it knows. */
function anyKept(type: FieldType, property: FieldType): fc.Arbitrary<Value> {
  if (property === "boolean" && type === "option") return fc.constantFrom("true", "false", null);
  return type === "number" ? fc.integer().map((number) => String(number)) : anyValue(type);
}

describe("a pair allowed both ways keeps every value: what HubSpot stores is read as what was written", () => {
  test.each(BOTH_WAYS)("%s in a property of type %s", (field, property) => {
    const draft = { name: "any", label: "Any", groupName: "any", externalOptions: true, ...NATIVE[property] };
    const definition = propertyDefinition(draft, "2026-01-01T00:00:00Z");
    assertLaw(
      fc.property(anyKept(field, property), (value) => {
        const written = encode(value);
        fc.pre(written !== undefined);
        const kept = checkValue(definition, written ?? "", null);
        expect(kept.ok ? decode(kept.value, field) : kept).toEqual({ value });
      }),
    );
  });
});
