import { describe, expect, test } from "vitest";
import { checkAgainst } from "../../../src/mapping/accounts/check-against.ts";
import type { Schema } from "../../../src/connectors/connector.ts";
import type { Diagnostic } from "../../../src/mapping/diagnostics/diagnostic.ts";
import { parseMapping } from "../../../src/mapping/parse-mapping.ts";
import type { MappingParts } from "../mapping-text.ts";
import { mappingText } from "../mapping-text.ts";
import { portal, shop } from "./schemas.ts";
import { short } from "../told.ts";

const RULE = '{ id: a, from: hubspot, match: { lists: ["All customers"] } }';

function found(parts: MappingParts): readonly Diagnostic[] {
  const text = mappingText({ rules: RULE, ...parts });
  const { mapping, diagnostics } = parseMapping(text, "test.yaml");
  if (mapping === null) throw new Error(JSON.stringify(diagnostics));
  return checkAgainst(mapping, { hubspot: portal, klaviyo: shop }, { file: "test.yaml", text });
}

const told = (parts: MappingParts) => found(parts).map(short);
const help = (parts: MappingParts) => found(parts).map((each) => each.help);

test("what both accounts have is right", () => {
  expect(
    told({
      fields: "{ hubspot: firstname, klaviyo: first_name }\n{ hubspot: phone, klaviyo: phone_number }",
    }),
  ).toEqual([]);
});

describe("properties", () => {
  test("that HubSpot does not have, by name or by its label", () => {
    expect(told({ fields: "{ hubspot: lastnme, klaviyo: last_name }" })).toEqual(["M301 13:16-23"]);
    expect(help({ fields: "{ hubspot: Job Title, klaviyo: title }" })[0]).toMatch(
      /^did you mean `jobtitle`\?/,
    );
    expect(help({ fields: "{ hubspot: zzz, klaviyo: title }" })[0]).toBe(
      "Internal names are in Settings > Properties > Details",
    );
  });

  test("that this Klaviyo account does not have", () => {
    expect(told({ fields: "{ hubspot: city, klaviyo: location.region }" })).toEqual(["M301 13:31-46"]);
  });

  test("new custom properties of Klaviyo are fine, unless one of nearly that name exists or they are the source", () => {
    expect(told({ fields: "{ hubspot: city, klaviyo: properties.brand_new }" })).toEqual([]);
    expect(told({ fields: "{ hubspot: city, klaviyo: properties.persona }" })).toEqual([
      "M306 warning 13:31-49",
    ]);
    expect(help({ fields: "{ hubspot: city, klaviyo: properties.persona }" })[0]).toMatch(
      /^did you mean `properties.Persona`\?/,
    );
    const rules = '{ id: a, from: klaviyo, match: { segments: ["Engaged 90 days"] } }';
    const fields = "{ hubspot: city, klaviyo: properties.brand_new, direction: to_hubspot }";
    expect(told({ fields, rules })).toEqual(["M306 warning 13:31-51"]);
  });

  test("that can only be read (P8)", () => {
    expect(told({ fields: "{ hubspot: createdate, klaviyo: properties.since }" })).toEqual(["M302 13:16-26"]);
    expect(
      told({ fields: "{ hubspot: createdate, klaviyo: properties.since, direction: to_klaviyo }" }),
    ).toEqual([]);
  });

  test.each([
    ["{ hubspot: score, klaviyo: properties.score }", ["M304 13:16-21"]],
    ["{ hubspot: score, klaviyo: properties.score, type: number }", []],
    ["{ hubspot: score, klaviyo: properties.score, direction: to_klaviyo }", []],
    ["{ hubspot: interests, klaviyo: properties.interests, direction: to_klaviyo }", ["M304 13:16-25"]],
    [
      "{ hubspot: renewal_date, klaviyo: properties.renewal, type: number, direction: to_klaviyo }",
      ["M304 13:16-28"],
    ],
    ["{ hubspot: renewal_date, klaviyo: properties.renewal, type: date }", []],
    ["{ hubspot: vip, klaviyo: properties.vip, options: { 'true': Gold, 'false': Basic } }", []],
    ["{ hubspot: persona, klaviyo: properties.Persona }", []],
    ["{ hubspot: persona, klaviyo: properties.Persona, type: list }", ["M304 13:16-23"]],
    ["{ hubspot: city, klaviyo: location.latitude, type: text }", ["M304 13:31-48"]],
    ["{ hubspot: city, klaviyo: properties.Tier }", []],
  ])("of a type that does not fit: %s", (fields, expected) => {
    expect(told({ fields })).toEqual(expected);
  });

  test("the fitting type is suggested", () => {
    expect(help({ fields: "{ hubspot: score, klaviyo: properties.score }" })[0]).toMatch(
      /^add `type: number`/,
    );
  });

  test("options that do not exist: one each, and no guess between equals", () => {
    const fields =
      "{ hubspot: persona, klaviyo: properties.Persona, options: { persona_3: A, PERSONA_1: B, persona2: C } }";
    expect(told({ fields })).toEqual(["M303 13:65-74", "M303 13:93-101"]);
    expect(help({ fields })).toEqual(["options: persona_1, persona_2", "did you mean `persona_2`?"]);
  });
});

describe("lists and segments", () => {
  const hubspot = (match: string) => `{ id: a, from: hubspot, match: { ${match} } }`;
  const klaviyo = (match: string) => `{ id: a, from: klaviyo, match: { ${match} } }`;
  const onto = (list: string) =>
    `{ id: a, from: hubspot, match: { lists: [1] }, add_to_klaviyo_lists: [${list}] }`;

  test("by id before name; HubSpot's have two names, Klaviyo's are two kinds", () => {
    expect(told({ rules: hubspot("lists: [1, Leads], segments: [2, All customers]") })).toEqual([]);
    expect(told({ rules: klaviyo("lists: [Newsletter], segments: [SeGmnt]") })).toEqual([]);
    expect(told({ rules: klaviyo("lists: [Engaged 90 days]") })).toEqual(["M310 11:46-61"]);
    expect(help({ rules: klaviyo("lists: [Engaged 90 days]") })).toEqual([
      "there is a segment of that name: write it under `segments`",
    ]);
  });

  test("that do not exist", () => {
    expect(told({ rules: hubspot("lists: [1, All custmers]") })).toEqual(["M310 11:49-61"]);
    expect(told({ rules: hubspot("segments: [99]") })).toEqual(["M310 11:49-51"]);
    expect(found({ rules: hubspot("segments: [99]") })[0]?.message).toBe(
      "HubSpot has no segment with id `99`",
    );
    expect(told({ rules: onto("Nwsletter") })).toEqual(["M310 11:75-84"]);
  });

  test("of which there are two", () => {
    expect(told({ rules: hubspot("lists: [Twins]") })).toEqual(["M313 11:46-51"]);
    expect(help({ rules: hubspot("lists: [Twins]") })).toEqual(["use an id: 3, 4"]);
  });

  test("that nobody can be put on, or that ask before they take", () => {
    expect(told({ rules: onto("Locked") })).toEqual(["M311 11:75-81"]);
    expect(told({ rules: onto("Careful") })).toEqual(["M312 warning 11:75-82"]);
    expect(told({ rules: onto("Newsletter") })).toEqual([]);
  });
});

describe("properties of companies", () => {
  const tail = (entries: string) => `company_fields: [${entries}]`;
  const withCompanies = {
    ...portal,
    fields: [
      ...portal.fields,
      ...(["name", "industry", "city"] as const).map((name) => ({
        property: `company.${name}`,
        label: name === "name" ? "Company name" : name,
        type: "text" as const,
        readOnly: true,
        options: null,
      })),
    ],
  };
  const toldOf = (entries: string, hubspot: Schema = withCompanies) => {
    const text = mappingText({ rules: RULE, tail: tail(entries) });
    const { mapping, diagnostics } = parseMapping(text, "test.yaml");
    if (mapping === null) throw new Error(JSON.stringify(diagnostics));
    return checkAgainst(mapping, { hubspot, klaviyo: shop }, { file: "test.yaml", text });
  };

  test("that HubSpot has are right, read-only as they are", () => {
    expect(toldOf("{ hubspot: name, klaviyo: properties.company }")).toEqual([]);
  });

  test("that HubSpot does not have, by name or by label, and never by a contact's", () => {
    const [unknown] = toldOf("{ hubspot: industri, klaviyo: properties.company_industry }");
    expect(unknown).toMatchObject({
      code: "M301",
      line: 14,
      column: 29,
      message: "HubSpot portal 1234567 has no company property `industri`",
    });
    expect(unknown?.help).toMatch(/^did you mean `industry`\?/);
    const [label] = toldOf("{ hubspot: Company name, klaviyo: properties.company }");
    expect(label?.help).toMatch(/^did you mean `name`\?/);
    expect(toldOf("{ hubspot: jobtitle, klaviyo: properties.job }").map(short)).toEqual(["M301 14:29-37"]);
  });

  test("cannot be checked, nor synced, without the scope, which is named once", () => {
    const two = "{ hubspot: name, klaviyo: properties.a1 }, { hubspot: zzz, klaviyo: properties.b1 }";
    const found = toldOf(two, portal);
    expect(found.map(short)).toEqual(["M307 14:1-15"]);
    expect(found[0]?.help).toContain("crm.objects.companies.read");
    expect(told({})).toEqual([]);
  });
});

test("without the text, diagnostics point at the entry's line", () => {
  const { mapping } = parseMapping(mappingText({ fields: "{ hubspot: nope, klaviyo: title }" }), "test.yaml");
  if (mapping === null) throw new Error("the mapping is right in itself");
  const lines = checkAgainst(mapping, { hubspot: portal, klaviyo: shop }).map(short);
  expect(lines).toEqual(["M310 11:54-55", "M301 13:1-2"]);
});
