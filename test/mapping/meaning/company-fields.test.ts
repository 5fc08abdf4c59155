import { describe, expect, test } from "vitest";
import { parseMapping } from "../../../src/mapping/parse-mapping.ts";
import { mappingText } from "../mapping-text.ts";
import { told, words } from "../told.ts";

const company = (entry: string) => mappingText({ tail: `company_fields:\n  - ${entry}` });

test("a company field is a field whose property is the company's, and flows to Klaviyo", () => {
  const text = mappingText({
    tail: [
      "defaults: { direction: to_hubspot, winner: klaviyo, on_empty: clear }",
      "company_fields:",
      "  - { hubspot: industry, klaviyo: properties.company_industry }",
      "  - { hubspot: numberofemployees, klaviyo: properties.staff, type: number, on_empty: keep }",
    ].join("\n"),
    rules: "{ id: a, from: klaviyo, match: { lists: [A] } }",
  });
  const { mapping, diagnostics } = parseMapping(text, "test.yaml");
  expect(diagnostics).toEqual([]);
  expect(mapping?.fields.slice(1)).toMatchObject([
    {
      key: "company.industry:properties.company_industry:text",
      property: { hubspot: "company.industry", klaviyo: "properties.company_industry" },
      direction: "to_klaviyo",
      winner: "hubspot",
      onEmpty: "clear",
      line: 16,
    },
    { key: "company.numberofemployees:properties.staff:number", type: "number", onEmpty: "keep", line: 17 },
  ]);
});

test("values of companies are turned on their way like any other", () => {
  const { mapping } = parseMapping(
    company(
      "{ hubspot: name, klaviyo: organization, transform: { to_klaviyo: [{ trim: true }, { upper: true }] } }",
    ),
    "test.yaml",
  );
  expect(mapping?.fields[1]?.transforms.klaviyo.map(({ kind }) => kind)).toEqual(["trim", "upper"]);
});

test("another version of the mapping is another hash", () => {
  const hash = (text: string) => parseMapping(text, "test.yaml").mapping?.hash;
  const one = hash(company("{ hubspot: name, klaviyo: organization }"));
  expect(one).not.toBe(hash(mappingText()));
  expect(one).not.toBe(hash(company("{ hubspot: name, klaviyo: organization, on_empty: clear }")));
});

describe("companies are sources only", () => {
  test.each(["both", "to_hubspot"])("direction: %s is refused at its place, with what to do", (direction) => {
    const text = company(`{ hubspot: name, klaviyo: organization, direction: ${direction} }`);
    expect(told(text)).toEqual([`M105 15:56-${56 + direction.length}`]);
    expect(words(text)).toEqual({
      message: "`company_fields[0].direction` can only be `to_klaviyo`",
      help: "delete it: companies are sources, Tandem never writes to one",
    });
  });

  test("to_klaviyo may be written down", () => {
    expect(told(company("{ hubspot: name, klaviyo: organization, direction: to_klaviyo }"))).toEqual([]);
  });

  test("nothing wins over a company, and nothing is merged with it", () => {
    expect(told(company("{ hubspot: name, klaviyo: organization, winner: klaviyo }"))).toEqual([
      "M101 15:45-51",
    ]);
    expect(told(company("{ hubspot: name, klaviyo: organization, tie: klaviyo }"))).toEqual([
      "M101 15:45-48",
    ]);
  });

  test("a way back is said to do nothing", () => {
    const text = company(
      "{ hubspot: name, klaviyo: organization, transform: { to_hubspot: { trim: true } } }",
    );
    expect(told(text).every((each) => each.includes(" warning 15:"))).toBe(true);
    expect(told(text).length).toBe(1);
  });
});

describe("who writes one Klaviyo field", () => {
  test("is one entry, of contacts and companies together", () => {
    const text = mappingText({
      fields: "{ hubspot: company, klaviyo: organization }",
      tail: "company_fields: [{ hubspot: name, klaviyo: organization }]",
    });
    expect(told(text)).toEqual(["M202 14:44-56"]);
    expect(words(text).message).toBe("two entries write the Klaviyo field `organization`");
    expect(words(text).help).toContain("the first one is on line 13");
  });

  test("is one entry among companies", () => {
    const tail =
      "company_fields: [{ hubspot: name, klaviyo: organization }, { hubspot: domain, klaviyo: organization }]";
    expect(told(mappingText({ tail }))).toEqual(["M202 14:88-100"]);
  });

  test("may be a contact's property of the same name as another company's", () => {
    const text = mappingText({
      fields: "{ hubspot: city, klaviyo: location.city }",
      tail: "company_fields: [{ hubspot: city, klaviyo: properties.company_city }]",
    });
    expect(told(text)).toEqual([]);
  });
});

describe("slips", () => {
  test("a company's property among the contact's, and the other way about", () => {
    const among = mappingText({ fields: "{ hubspot: company.industry, klaviyo: title }" });
    expect(told(among)).toEqual(["M205 13:16-32"]);
    expect(words(among).help).toBe("move this entry to `company_fields:`, as `hubspot: industry`");
    const twice = company("{ hubspot: company.industry, klaviyo: title }");
    expect(told(twice)).toEqual(["M205 15:16-32"]);
    expect(words(twice).help).toBe("write `hubspot: industry`");
  });

  test("what Klaviyo does not have or writes itself, at its place", () => {
    expect(told(company("{ hubspot: name, klaviyo: organisation }"))).toEqual(["M204 15:31-43"]);
    expect(told(company("{ hubspot: name, klaviyo: updated }"))).toEqual(["M212 15:31-38"]);
    expect(told(company("{ hubspot: name }"))).toEqual(["M103 15:7-14"]);
  });
});
