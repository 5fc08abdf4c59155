import { describe, expect, test } from "vitest";
import { parseMapping } from "../../../src/mapping/parse-mapping.ts";
import { mappingText } from "../mapping-text.ts";
import { told, words } from "../told.ts";

const field = (more: string, klaviyo = "properties.a") =>
  mappingText({ fields: `{ hubspot: a, klaviyo: ${klaviyo}, ${more} }` });
const transform = (steps: string, more = "") => field(`transform: { ${steps} }${more}`);

/** Columns of what stands first inside `transform: { … }` and inside `to_klaviyo: { … }`. */
const [CHAIN, STEP] = [55, 69];
const at = (code: string, column: number, length: number) => [`${code} 13:${column}-${column + length}`];

describe("a transform that loses something needs a way back where values flow both ways", () => {
  test("M206 shows what would come back", () => {
    const text = transform("to_klaviyo: { digits: true }");
    expect(told(text)).toEqual(at("M206", STEP, 6));
    expect(words(text)).toEqual({
      message:
        "`digits` loses information; the value written back to HubSpot would be '37251234567' where it was '+372 5123 4567'",
      help: "add `to_hubspot` that says what goes back (`[]`: as it is), or `direction: to_klaviyo`",
    });
  });

  test("of the entry's own example where it has one, after the whole chain", () => {
    const own = transform(
      "to_klaviyo: [{ trim: true }, { digits: true }, { prefix: n }]",
      ", examples: [a1 b2]",
    );
    expect(words(own).message).toContain("would be 'n12' where it was 'a1 b2'");
  });

  test.each([
    ["to_klaviyo: { round: 1 }", "'3.1' where it was '3.14159265359'"],
    ["to_klaviyo: { bucket: [{ below: 10, name: few }, { name: many }] }", "'many' where it was '10'"],
    ["to_klaviyo: { constant: Tandem }", "'Tandem' where it was 'Ann'"],
    ["to_hubspot: { round: 1 }", "written back to Klaviyo would be '3.1'"],
  ])("%s", (steps, shown) => {
    expect(told(transform(steps))).toHaveLength(1);
    expect(words(transform(steps)).message).toContain(shown);
  });

  test("not where values flow one way, by the entry or by default, nor with a way back", () => {
    expect(told(transform("to_klaviyo: { digits: true }", ", direction: to_klaviyo"))).toEqual([]);
    const fields = "{ hubspot: a, klaviyo: title, transform: { to_klaviyo: { digits: true } } }";
    expect(told(mappingText({ fields, tail: "defaults: { direction: to_klaviyo }" }))).toEqual([]);
    expect(told(transform("to_klaviyo: { digits: true }, to_hubspot: []"))).toEqual([]);
  });

  test("a default may overwrite a real value, so it works one way only", () => {
    const text = transform("to_klaviyo: { default: none }");
    expect(told(text)).toEqual(at("M206", STEP, 7));
    expect(words(text).message).toBe(
      "`default` works one way only: where HubSpot is empty, `none` could overwrite what Klaviyo holds",
    );
    expect(told(transform("to_klaviyo: { default: none }", ", direction: to_klaviyo"))).toEqual([]);
  });
});

describe("types follow the chain", () => {
  test("M214 marks the step that cannot turn what the one before gives, and says what could", () => {
    const text = transform("to_klaviyo: [{ split: ';' }, { prefix: a }]");
    expect(told(text)).toEqual(at("M214", 86, 6));
    expect(words(text)).toEqual({
      message: "`prefix` turns a text or an option, and the value is a list here",
      help: "what turns a list: lower, upper, title, trim, join, default, constant; `type` says what the source's values are",
    });
    expect(told(transform("to_klaviyo: { round: 2 }", ", type: date, direction: to_klaviyo"))).toEqual(
      at("M214", STEP, 5),
    );
    expect(
      told(field("type: date, transform: { to_klaviyo: { phone_e164: { default_country: EE } } }")),
    ).toEqual(at("M214", 81, 10));
  });

  test("M214 stands at the other way's key where the step is only its opposite", () => {
    const text = transform("to_hubspot: { split: ';' }", ", type: text");
    expect(told(text)).toEqual(at("M214", CHAIN, 10));
    expect(words(text).message).toBe(
      "the opposite on the way to Klaviyo, `join`, turns a list, and the value is a text here",
    );
  });

  test("M225 is a way back that ends in another type than the source has", () => {
    const text = transform("to_klaviyo: { split: ';' }, to_hubspot: { trim: true }");
    expect(told(text)).toEqual(at("M225", 83, 10));
    expect(words(text)).toEqual({
      message: "what comes back to HubSpot is a list, and its values are a text",
      help: "end `to_hubspot` with a step that gives a text, or add `direction: to_klaviyo`",
    });
  });

  test("M227 is a default of another type than its place", () => {
    const more = ", type: number, direction: to_klaviyo";
    expect(told(transform("to_klaviyo: { default: none }", more))).toEqual(at("M227", STEP, 7));
    expect(words(transform("to_klaviyo: { default: none }", more)).message).toBe(
      "`default` cannot be `none`: the value is a number here",
    );
    expect(told(transform("to_klaviyo: { default: 0 }", more))).toEqual([]);
  });

  test("M226 is a list for a Klaviyo attribute, which holds one text", () => {
    expect(told(field("type: list", "title"))).toEqual(["M226 13:28-33"]);
    expect(words(field("type: list", "title")).help).toContain("join");
    expect(told(field("transform: { to_klaviyo: { join: ', ' } }", "title"))).toEqual([]);
  });

  test("M213 is one property read as two types", () => {
    const fields = [
      "{ hubspot: a, klaviyo: properties.a, type: number, direction: to_klaviyo }",
      "{ hubspot: a, klaviyo: properties.b, direction: to_klaviyo }",
      "{ hubspot: a, klaviyo: properties.c, direction: to_klaviyo, transform: { to_klaviyo: { round: 1 } } }",
    ].join("\n");
    expect(told(mappingText({ fields }))).toEqual(["M213 14:16-17"]);
    expect(words(mappingText({ fields })).message).toBe(
      "HubSpot property `a` is read as text here and as number on line 13",
    );
  });

  test.each([
    ["to_klaviyo: { join: ', ' }", "list", "text"],
    ["to_klaviyo: { split: ', ' }", "text", "list"],
    ["to_hubspot: { split: ', ' }", "list", "text"],
    ["to_klaviyo: { date_format: { from: yyyy-MM-dd, to: d.M.yyyy } }", "date", "text"],
    ["to_klaviyo: { date_format: { from: d.M.yyyy, to: yyyy-MM-dd } }", "text", "date"],
    ["to_klaviyo: { phone_e164: { default_country: EE } }", "phone", "phone"],
    ["to_klaviyo: [{ trim: true }, { split: ',' }]", "text", "list"],
  ])("%s makes of a %s a %s without a word of it", (steps, hubspot, klaviyo) => {
    const { mapping, diagnostics } = parseMapping(transform(steps), "test.yaml");
    expect(diagnostics).toEqual([]);
    expect(mapping?.fields[0]).toMatchObject({ type: klaviyo, propertyType: { hubspot, klaviyo } });
  });

  test("one way to HubSpot, values are compared as HubSpot's", () => {
    const text = transform("to_hubspot: { split: ',' }", ", direction: to_hubspot");
    const field = parseMapping(text, "test.yaml").mapping?.fields[0];
    expect(field).toMatchObject({ type: "list", propertyType: { hubspot: "list", klaviyo: "text" } });
  });
});

describe("keys that do not go together", () => {
  test("M223: a transform for a way that nothing goes", () => {
    const text = transform(
      "to_klaviyo: { trim: true }, to_hubspot: { trim: true }",
      ", direction: to_klaviyo",
    );
    expect(told(text)).toEqual(["M223 warning 13:83-93"]);
    expect(words(text).message).toBe("`to_hubspot` has no effect: values flow one way (to_klaviyo)");
  });

  test("M224: options and transforms both say what a value becomes", () => {
    expect(told(field("options: { a: A }, transform: { to_klaviyo: { trim: true } }"))).toEqual(
      at("M224", 61, 9),
    );
  });
});

describe("examples are sent there and back, each reported at its own line", () => {
  const examples = (steps: string, list: string, more = "") =>
    mappingText({
      fields: `hubspot: a\n    klaviyo: properties.a${more}\n    transform: { ${steps} }\n    examples:${list}`,
    }).replaceAll(/^ {2}- {5}/gm, "    ");

  test("M221: one that comes back as another value", () => {
    const text = examples("to_klaviyo: { lower: true }", "\n      - ann\n      - Ann");
    expect(told(text)).toEqual(["M221 18:9-12"]);
    expect(words(text)).toEqual({
      message: "the example `Ann` is `ann` in Klaviyo and comes back as `ann`",
      help: "say what goes back under `to_hubspot`, or correct the example",
    });
  });

  test("M222: one that cannot be turned, or is no value of the type", () => {
    const dates = "to_klaviyo: { date_format: { from: dd.MM.yyyy, to: yyyy-MM-dd } }";
    expect(told(examples(dates, " [31.01.2026, 2026-01-31, 29.02.2025]"))).toEqual([
      "M222 16:28-38",
      "M222 16:40-50",
    ]);
    expect(words(examples(dates, " [1.2.2026]")).message).toBe(
      'the example cannot be turned: "1.2.2026" is no date written `dd.MM.yyyy`',
    );
    expect(words(examples("to_klaviyo: { round: 1 }, to_hubspot: []", " [many]")).message).toBe(
      "the example `many` is no value of type number",
    );
    const lists = examples("to_klaviyo: { join: ', ' }", " [[a, b], ['a, b', c]]");
    expect(told(lists)).toEqual(["M222 16:24-35"]);
    expect(words(lists).message).toBe(
      'the example cannot be turned: "a, b, c" has an item with `,` in it, which would be two on the way back',
    );
  });

  test("one way, they need only arrive", () => {
    const text = examples("to_klaviyo: { digits: true }", " [a1, b]", "\n    direction: to_klaviyo");
    expect(told(text)).toEqual(["M222 17:20-21"]);
  });

  test("two notations of one phone number are one value; options are tried too", () => {
    const phone = "to_klaviyo: { phone_e164: { default_country: EE } }";
    expect(told(examples(phone, " ['+372 5123 4567', '12']"))).toEqual(["M222 16:34-38"]);
    expect(told(field("options: { a: A }, examples: [a, b]"))).toEqual(["M222 13:75-76"]);
  });
});

describe("steps that are not written as they must be", () => {
  test.each([
    ["{ trim: false }", "M102", "allowed: true"],
    ["{ trim: true, lower: true }", "M105", "steps run left to right: `[{ trim: true }, { lower: true }]`"],
    ["[{}]", "M105", "name one, or delete the step"],
    ["{ round: 11 }", "M105", "must be at most 10"],
    ["{ split: '' }", "M105", 'for example `", "`, in quotes'],
    ["{ default: [a] }", "M105", "put quotes around text"],
    ["{ lowercase: true }", "M101", "allowed here: phone_e164, round, digits, lower, upper, title, trim"],
    ["{ date_format: { from: dd.MM.yy, to: yyyy-MM-dd } }", "M105", "two-digit years could be any century"],
    ["{ date_format: { from: dMyyyy, to: yyyy-MM-dd } }", "M105", "for example `dd.MM.yyyy`"],
    ["{ bucket: [{ below: 1, name: a }] }", "M105", "for example `[{ below: 100, name: small }"],
    ["{ bucket: [{ below: 2, name: a }, { below: 1, name: b }, { name: c }] }", "M105", "for example"],
    ["{ bucket: [{ below: 30 days ago, name: a }, { name: c }] }", "M105", "values that nobody edited"],
    [
      "{ bucket: [{ below: 1, name: a }, { below: 2026-01-01, name: b }, { name: c }] }",
      "M105",
      "for example",
    ],
    ["{ bucket: [{ name: a }, { below: 1, name: b }] }", "M105", "for example"],
  ])("%s", (step, code, said) => {
    const text = transform(`to_klaviyo: ${step}`, ", direction: to_klaviyo");
    const { diagnostics } = parseMapping(text, "test.yaml");
    expect(diagnostics.map((each) => each.code)).toEqual([code]);
    expect(`${diagnostics[0]?.message}\n${diagnostics[0]?.help}`).toContain(said);
  });

  test("a typo in a step is the typo's error", () => {
    expect(told(transform("to_hubspot: { rund: 2 }"))).toEqual(at("M101", STEP, 4));
    expect(words(transform("to_hubspot: { rund: 2 }")).help).toBe("did you mean `round`?");
  });
});
