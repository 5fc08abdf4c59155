import { describe, expect, test } from "vitest";
import { parseMapping } from "../../../src/mapping/parse-mapping.ts";
import { mappingText } from "../mapping-text.ts";
import { told, words } from "../told.ts";

const KLAVIYO_RULE = "{ id: a, from: klaviyo, match: { segments: [A] } }";

describe("fields", () => {
  test("email is the link key and cannot be mapped, and an entry that maps it is not looked at further", () => {
    expect(told(mappingText({ fields: "{ hubspot: email, klaviyo: email }" }))).toEqual(["M201 13:7-14"]);
    expect(told(mappingText({ fields: "{ hubspot: work_email, klaviyo: email }" }))).toEqual([
      "M201 13:28-35",
    ]);
    const twice = "{ hubspot: email, klaviyo: country, winner: hubspot, direction: to_klaviyo }";
    expect(told(mappingText({ fields: `${twice}\n${twice}` }))).toEqual(["M201 13:7-14", "M201 14:7-14"]);
  });

  test("two entries that write one property", () => {
    const fields = "{ hubspot: a, klaviyo: properties.x }\n{ hubspot: b, klaviyo: properties.x }";
    expect(told(mappingText({ fields }))).toEqual(["M202 14:28-40"]);
    expect(words(mappingText({ fields }))).toEqual({
      message: "two entries write the Klaviyo field `properties.x`",
      help: "the first one is on line 13; keep one, or make one of them one-way in the other direction",
    });
    const back = "{ hubspot: a, klaviyo: properties.x }\n{ hubspot: a, klaviyo: properties.y }";
    expect(told(mappingText({ fields: back }))).toEqual(["M202 14:16-17"]);
  });

  test("one property may be the source of many, and a target may be a source elsewhere", () => {
    const many = [
      "{ hubspot: a, klaviyo: properties.x, direction: to_klaviyo }",
      "{ hubspot: a, klaviyo: properties.y, direction: to_klaviyo }",
      "{ hubspot: b, klaviyo: properties.y, direction: to_hubspot }",
    ];
    const tail = "x-note: 1";
    const rules = KLAVIYO_RULE;
    expect(told(mappingText({ fields: many.join("\n"), rules, tail }))).toEqual([
      "M218 warning 13:53-63",
      "M218 warning 14:53-63",
    ]);
  });

  test("the same pair in two entries is one field, even in opposite directions", () => {
    const fields = "{ hubspot: a, klaviyo: title, direction: to_klaviyo }\n{ hubspot: a, klaviyo: title }";
    expect(told(mappingText({ fields }))).toEqual(["M202 14:16-17"]);
    expect(words(mappingText({ fields })).message).toBe("`a` and `title` are mapped twice");
  });

  test("the newest as winner is approximate, which refuses nothing, and a tie needs it", () => {
    const entry = "{ hubspot: a, klaviyo: title, winner: newest }";
    expect(told(mappingText({ fields: entry }))).toEqual(["M205 info 13:43-49"]);
    expect(parseMapping(mappingText({ fields: entry }), "test.yaml").mapping).not.toBe(null);
    const tail = "defaults: { winner: newest }";
    expect(told(mappingText({ tail }))).toEqual(["M205 info 14:21-27"]);
    const tie = "{ hubspot: a, klaviyo: title, tie: klaviyo }";
    expect(told(mappingText({ fields: tie }))).toEqual(["M220 warning 13:35-38"]);
    expect(told(mappingText({ fields: tie, tail }))).toEqual(["M205 info 14:21-27"]);
  });

  test("a winner where only one side can win", () => {
    const fields = "{ hubspot: a, klaviyo: title, direction: to_klaviyo, winner: klaviyo }";
    expect(told(mappingText({ fields }))).toEqual(["M203 warning 13:58-64"]);
    expect(words(mappingText({ fields }))).toEqual({
      message: "`winner` has no effect: `title` flows one way (to_klaviyo)",
      help: "delete `winner`, or set `direction: both`",
    });
    const byDefault = mappingText({
      fields: "{ hubspot: a, klaviyo: title, winner: klaviyo }",
      tail: "defaults: { direction: to_klaviyo }",
    });
    expect(told(byDefault)).toEqual(["M203 warning 13:35-41"]);
  });

  test("a Klaviyo attribute that is none: the suffix is suggested before the nearest spelling", () => {
    expect(words(mappingText({ fields: "{ hubspot: a, klaviyo: country }" }))).toEqual({
      message: "`country` is not a Klaviyo profile attribute",
      help: "did you mean `location.country`? Custom properties are written `properties.NAME`",
    });
    expect(told(mappingText({ fields: "{ hubspot: a, klaviyo: frist_name }" }))).toEqual(["M204 13:28-38"]);
    expect(told(mappingText({ fields: "{ hubspot: a, klaviyo: properties. }" }))).toEqual(["M204 13:28-39"]);
    expect(told(mappingText({ fields: "{ hubspot: a, klaviyo: location.planet }" }))).toEqual([
      "M204 13:28-43",
    ]);
  });

  test("what Klaviyo writes itself can only be read", () => {
    expect(told(mappingText({ fields: "{ hubspot: a, klaviyo: updated }" }))).toEqual(["M212 13:28-35"]);
    expect(told(mappingText({ fields: "{ hubspot: a, klaviyo: external_id }" }))).toEqual(["M212 13:28-39"]);
    expect(told(mappingText({ fields: "{ hubspot: a, klaviyo: properties.$consent }" }))).toEqual([
      "M212 13:28-47",
    ]);
    expect(told(mappingText({ fields: "{ hubspot: a, klaviyo: properties.company_id }" }))).toEqual([
      "M212 13:28-49",
    ]);
    const consent = "subscriptions.email.marketing.consent";
    expect(told(mappingText({ fields: `{ hubspot: a, klaviyo: ${consent} }` }))).toEqual(["M212 13:28-65"]);
    const shown = `{ hubspot: a, klaviyo: ${consent}, direction: to_hubspot }`;
    expect(told(mappingText({ fields: shown, rules: KLAVIYO_RULE }))).toEqual([]);
    const read = "{ hubspot: a, klaviyo: updated, direction: to_hubspot }";
    expect(told(mappingText({ fields: read, rules: KLAVIYO_RULE }))).toEqual([]);
  });

  test("types that do not go with what the entry asks", () => {
    expect(
      told(mappingText({ fields: "{ hubspot: a, klaviyo: title, type: date, options: { a: A } }" })),
    ).toEqual(["M215 13:47-54"]);
  });

  test("predictions are sources only", () => {
    const clv = "klaviyo: predictive_analytics.total_clv";
    const shown = `{ hubspot: a, ${clv}, direction: to_hubspot }`;
    expect(told(mappingText({ fields: shown, rules: KLAVIYO_RULE }))).toEqual([]);
    const [refused] = parseMapping(
      mappingText({ fields: `{ hubspot: a, ${clv} }` }),
      "test.yaml",
    ).diagnostics;
    expect(refused).toMatchObject({ code: "M212", help: "add `direction: to_hubspot`" });
    const unknown = "{ hubspot: a, klaviyo: predictive_analytics.mood, direction: to_hubspot }";
    expect(told(mappingText({ fields: unknown, rules: KLAVIYO_RULE }))).toEqual(["M204 13:28-53"]);
  });

  test("keys without effect", () => {
    expect(told(mappingText({ fields: "{ hubspot: a, klaviyo: title, on_target_edit: enforce }" }))).toEqual([
      "M210 warning 13:35-49",
    ]);
    expect(told(mappingText({ fields: "{ hubspot: a, klaviyo: title, merge: union }" }))).toEqual([
      "M211 warning 13:35-40",
    ]);
    const rules = "{ id: customers, from: hubspot, match: { lists: [Customers] } }";
    const toHubspot = "{ hubspot: a, klaviyo: title, direction: to_hubspot }";
    expect(told(mappingText({ fields: toHubspot, rules }))).toEqual(["M218 warning 13:46-56"]);
  });

  test("a warning leaves the mapping usable", () => {
    const text = mappingText({ fields: "{ hubspot: a, klaviyo: title, merge: union }" });
    expect(parseMapping(text, "test.yaml").mapping).not.toBeNull();
  });
});

describe("option tables", () => {
  const field = (options: string, more = "") => `{ hubspot: a, klaviyo: title, options: ${options}${more} }`;

  test("what other values do is one of three", () => {
    expect(told(mappingText({ fields: field('{ a: A, "*": erorr }') }))).toEqual(["M102 13:57-62"]);
    expect(told(mappingText({ fields: field('{ a: A, "*": drop }') }))).toEqual([]);
  });

  test("a table needs a pair, and no empty words", () => {
    expect(told(mappingText({ fields: field('{ "*": drop }') }))).toEqual(["M105 13:35-42"]);
    expect(told(mappingText({ fields: field('{ a: "" }') }))).toEqual(["M105 13:46-47"]);
  });

  test("two options with one word have no way back", () => {
    expect(told(mappingText({ fields: field("{ a: A, b: A }") }))).toEqual(["M216 13:55-56"]);
    expect(told(mappingText({ fields: field("{ a: A, b: A }", ", direction: to_klaviyo") }))).toEqual([]);
  });

  test("dropping from a list that is written back loses items there", () => {
    expect(
      told(
        mappingText({
          fields: field('{ a: A, "*": drop }', ", type: list").replace("title", "properties.a"),
        }),
      ),
    ).toEqual(["M217 warning 13:59-62"]);
  });
});

describe("rules", () => {
  test("two rules with one id", () => {
    const rules =
      "{ id: a, from: hubspot, match: { lists: [A] } }\n  - { id: a, from: klaviyo, match: { lists: [B] } }";
    expect(told(mappingText({ rules }))).toEqual(["M207 12:11-12"]);
    expect(words(mappingText({ rules })).help).toBe("the first one is on line 11; rename one");
  });

  test("Klaviyo lists are for people who come from HubSpot", () => {
    const rules =
      "{ id: a, from: klaviyo, match: { lists: [A] }, add_to_klaviyo_lists: [B], on_leave: remove_from_list }";
    expect(told(mappingText({ rules }))).toEqual(["M208 11:52-72"]);
  });

  test("leaving a list needs a list", () => {
    const rules = "{ id: a, from: hubspot, match: { lists: [A] }, on_leave: remove_from_list }";
    expect(told(mappingText({ rules }))).toEqual(["M209 11:62-78"]);
  });
});

describe("schedule and retry", () => {
  test("looking more often than the API limits allow", () => {
    expect(told(mappingText({ tail: "schedule:\n  contacts: every 1m" }))).toEqual(["M230 warning 15:13-21"]);
    expect(told(mappingText({ tail: 'schedule: { contacts: "0,2,30 * * * *" }' }))).toEqual([
      "M230 warning 14:23-39",
    ]);
    expect(told(mappingText({ tail: "schedule: { contacts: every 5m }" }))).toEqual([]);
  });

  test("waits that shrink", () => {
    expect(told(mappingText({ tail: "retry: { first: 2h, max: 1h }" }))).toEqual(["M219 14:17-19"]);
    expect(told(mappingText({ tail: "retry: { max: 10s }" }))).toEqual(["M219 14:15-18"]);
  });
});

test("every problem comes at once, in the order of the file", () => {
  const text = mappingText({
    head: "timezone: Talinn",
    klaviyo: "token: pk_0123456789abcdef",
    fields:
      "{ hubspot: email, klaviyo: email }\n{ hubspot: a, klaviyo: country }\n{ hubspot: b, klaviyo: title, type: txt }",
    tail: "limts: {}",
  });
  expect(told(text)).toEqual([
    "M106 3:11-17",
    "M120 9:12-31",
    "M201 13:7-14",
    "M204 14:28-35",
    "M102 15:41-44",
    "M101 16:1-6",
  ]);
});
