import { expect, test } from "vitest";
import type { Sample } from "../../../src/mapping/accounts/check-data.ts";
import { checkData } from "../../../src/mapping/accounts/check-data.ts";
import { parseMapping } from "../../../src/mapping/parse-mapping.ts";
import type { Contact } from "../../../src/model/contact.ts";
import type { Side } from "../../../src/model/side.ts";
import type { Value } from "../../../src/model/value.ts";
import type { MappingParts } from "../mapping-text.ts";
import { mappingText } from "../mapping-text.ts";
import { portal, shop } from "./schemas.ts";
import { short } from "../told.ts";

const BOTH =
  '{ id: a, from: hubspot, match: { lists: [1] } }\n  - { id: b, from: klaviyo, match: { segments: ["Engaged 90 days"] } }';
const FROM_KLAVIYO = '{ id: b, from: klaviyo, match: { segments: ["Engaged 90 days"] } }';

function contact(side: Side, values: Record<string, Value>): Contact {
  const times = { createdAt: "2026-01-01T00:00:00.000Z", updatedAt: "2026-01-01T00:00:00.000Z" };
  return {
    side,
    id: "1",
    email: null,
    shownEmail: null,
    otherEmails: [],
    consent: null,
    mergedIds: [],
    ...times,
    values,
    unreadable: {},
  };
}

function found(
  parts: MappingParts,
  side: Side,
  property: string,
  values: readonly Value[],
  sample: Partial<Sample> = {},
) {
  const text = mappingText({ rules: FROM_KLAVIYO, ...parts });
  const { mapping, diagnostics } = parseMapping(text, "test.yaml");
  if (mapping === null) throw new Error(JSON.stringify(diagnostics));
  const empty: Sample = { contacts: [], whole: true };
  const full = {
    contacts: values.map((value) => contact(side, { [property]: value })),
    whole: true,
    ...sample,
  };
  const samples = { hubspot: empty, klaviyo: empty, [side]: full };
  return checkData(mapping, { hubspot: portal, klaviyo: shop }, samples, { file: "test.yaml", text });
}

const PERSONA = "{ hubspot: persona, klaviyo: properties.Persona, type: option }";

test("values that are no option of the other side are listed with how many contacts have them", () => {
  const values = ["persona_1", "Partner", "Partner", "persona2", "Persona_2", null];
  const [only, ...more] = found({ fields: PERSONA }, "klaviyo", "properties.Persona", values);
  expect(more).toEqual([]);
  expect(only).toMatchObject({
    code: "M308",
    severity: "warning",
    message:
      "Klaviyo `properties.Persona` holds 2 values with no option of that name in HubSpot `persona`: `Partner` (2 contacts), `persona2` (1 contact), of all 6 in Klaviyo",
  });
});

test("of a sample it says how many were looked at, and a value that is nearly an option gets a guess", () => {
  const [only] = found({ fields: PERSONA }, "klaviyo", "properties.Persona", ["persona2"], { whole: false });
  expect(only?.message).toMatch(/`persona2` \(1 contact\), of 1 looked at in Klaviyo$/);
  expect(only?.help).toMatch(/^`persona_2` exists\. /);
});

test("values without a pair in an option table are counted, unless the table says what others do", () => {
  const table = (more: string) =>
    `{ hubspot: persona, klaviyo: properties.Persona, options: { persona_1: Founder${more} } }`;
  const values = ["Founder", "FOUNDER", "Marketer", "Marketer"];
  const told = found({ fields: table("") }, "klaviyo", "properties.Persona", values);
  expect(told.map(short)).toEqual(["M308 warning 13:54-61"]);
  expect(told[0]?.message).toContain("with no pair under `options`: `Marketer` (2 contacts)");
  expect(found({ fields: table(', "*": drop') }, "klaviyo", "properties.Persona", values)).toEqual([]);
});

test("each item of a list counts", () => {
  const fields = "{ hubspot: interests, klaviyo: properties.interests, type: list }";
  const [only] = found({ fields }, "klaviyo", "properties.interests", [["Sport", "Chess"], ["Chess"]]);
  expect(only?.message).toContain("`Chess` (2 contacts)");
});

test("values that cannot be turned are counted and never shown", () => {
  const fields = "{ hubspot: phone, klaviyo: phone_number }";
  const rules = BOTH;
  const [only, ...more] = found({ fields, rules }, "hubspot", "phone", ["0123 secret", "+37251234567"]);
  expect(more).toEqual([]);
  expect(only).toMatchObject({ code: "M309", severity: "warning" });
  expect(only?.message).toMatch(/^1 contact of all 2 in HubSpot have a `phone` that cannot be read as phone/);
  expect(JSON.stringify(only)).not.toContain("0123");
});

test("a side that leads nobody, or whose values do not flow, has nothing counted", () => {
  const rules = "{ id: a, from: hubspot, match: { lists: [1] } }";
  expect(found({ fields: PERSONA, rules }, "klaviyo", "properties.Persona", ["Partner"])).toEqual([]);
  const fields = "{ hubspot: persona, klaviyo: properties.Persona, type: option, direction: to_klaviyo }";
  expect(found({ fields, rules: BOTH }, "klaviyo", "properties.Persona", ["Partner"])).toEqual([]);
});
