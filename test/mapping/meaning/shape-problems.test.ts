import { describe, expect, test } from "vitest";
import { LINE, mappingText } from "../mapping-text.ts";
import { told, words } from "../told.ts";

test("a mapping that is right has nothing said about it", () => {
  expect(told(mappingText())).toEqual([]);
});

test("something that is no block of keys", () => {
  expect(told("- a\n- b\n")).toEqual(["M100 1:1-2"]);
  expect(told("just words\n")).toEqual(["M100 1:1-2"]);
});

describe("unknown keys", () => {
  test("at the top, in an entry, deep inside: the key is marked and the nearest suggested", () => {
    expect(told(mappingText({ tail: "limts: {}" }))).toEqual(["M101 14:1-6"]);
    expect(words(mappingText({ tail: "limts: {}" }))).toEqual({
      message: "unknown key `limts` at the top level",
      help: "did you mean `limits`?",
    });
    const fields = "{ hubspot: a, klaviyo: title, direcion: both }";
    expect(told(mappingText({ fields }))).toEqual([`M101 ${LINE.fields}:35-43`]);
    const deep = "{ hubspot: phone, klaviyo: phone_number, transform: { to_klaviyo: { phone_164: {} } } }";
    expect(words(mappingText({ fields: deep })).help).toBe("did you mean `phone_e164`?");
  });

  test("with nothing near, what is allowed is listed", () => {
    expect(words(mappingText({ tail: "limits: { speed: 1 }" })).help).toMatch(
      /^allowed here: creates_per_run, /,
    );
  });

  test("a misspelt key is one problem, not also a missing one", () => {
    const text = mappingText().replace("fields:", "feilds:");
    expect(told(text)).toEqual(["M101 12:1-7"]);
    expect(told(mappingText({ klaviyo: "token: { fil: x }" }))).toEqual(["M101 9:14-17"]);
  });

  test("`x-` keys are free at the top, and nowhere else", () => {
    expect(told(mappingText({ tail: "x-anything: { at: all }" }))).toEqual([]);
    expect(told(mappingText({ tail: "limits: { x-a: 1 }" }))).toEqual(["M101 14:11-14"]);
  });

  test("a key of an unbuilt part is known, a typo in it is not", () => {
    expect(told(mappingText({ tail: "engagement: { record_a: note }" }))).toEqual(["M101 14:15-23"]);
  });
});

describe("values that are none of the allowed", () => {
  test("are marked, and the allowed are listed", () => {
    const rules = "{ id: a, from: hubspot, match: { lists: [A] }, on_leave: remove }";
    expect(told(mappingText({ rules }))).toEqual(["M102 11:62-68"]);
    expect(words(mappingText({ rules }))).toEqual({
      message: "`rules[0].on_leave` cannot be `remove`",
      help: "allowed: stop, remove_from_list, unsubscribe",
    });
  });

  test("a slip is suggested as well", () => {
    const rules = "{ id: a, from: hubspt, match: { lists: [A] } }";
    expect(words(mappingText({ rules })).help).toBe("did you mean `hubspot`? allowed: hubspot, klaviyo");
  });

  test("another version of the format", () => {
    expect(told(mappingText().replace("version: 1", "version: 2"))).toEqual(["M102 1:10-11"]);
  });

  test("resubscribing is no setting", () => {
    expect(told(mappingText({ tail: "consent: { resubscribe_unsubscribed: from_rules }" }))).toEqual([
      "M102 14:38-48",
    ]);
    expect(told(mappingText({ tail: "consent: { resubscribe_unsubscribed: never }" }))).toEqual([]);
  });
});

describe("missing and empty", () => {
  test("a missing key is shown at what should have it", () => {
    expect(told(mappingText().replace("name: test\n", ""))).toEqual(["M103 1:1-2"]);
    expect(told(mappingText({ fields: "{ hubspot: city }" }))).toEqual(["M103 13:7-14"]);
    expect(told(mappingText({ klaviyo: "account_id: AbC123" }))).toEqual(["M103 8:3-10"]);
    expect(told(mappingText({ rules: "{ id: a, from: hubspot, match: {} }" }))).toEqual(["M103 11:36-38"]);
  });

  test("a key without a value", () => {
    expect(told(mappingText({ fields: "{ hubspot: , klaviyo: title }" }))).toEqual(["M104 13:7-14"]);
    expect(told(mappingText({ tail: "limits:" }))).toEqual(["M104 14:1-7"]);
  });

  test("another kind of value", () => {
    expect(told(mappingText({ tail: "limits: [1]" }))).toEqual(["M104 14:1-7"]);
    expect(told(mappingText({ rules: "{ id: a, from: hubspot, match: { lists: A } }" }))).toEqual([
      "M104 11:45-46",
    ]);
    const rules = "{ id: a, from: hubspot, match: { lists: [A] }, subscribe: yes }";
    expect(words(mappingText({ rules }))).toEqual({
      message: "`rules[0].subscribe` must be `true` or `false`",
      help: "write `true` or `false`, without quotes",
    });
  });

  test("lists that must name somebody", () => {
    expect(told(mappingText({ rules: "{ id: a, from: hubspot, match: { lists: [] } }" }))).toEqual([
      "M105 11:45-47",
    ]);
  });
});

describe("values written in a way that is none", () => {
  test.each([
    ["limits: { creates_per_run: lots }", "14:28-32", "for example `500` or `5%`"],
    ["limits: { creates_per_run: -1 }", "14:28-30", "for example `500` or `5%`"],
    ["limits: { creates_per_run: 101% }", "14:28-32", "for example `500` or `5%`"],
    ["limits: { api_share: { hubspot: 60 } }", "14:33-35", "for example `60%`"],
    ["retry: { first: 10 }", "14:17-19", "write a number and s, m, h or d, for example `30s` or `6h`"],
    ["retry: { max: 10min }", "14:15-20", "write a number and s, m, h or d, for example `30s` or `6h`"],
  ])("%s", (tail, place, help) => {
    expect(told(mappingText({ tail }))).toEqual([`M105 ${place}`]);
    expect(words(mappingText({ tail })).help).toBe(help);
  });

  test("names that would not fit a metric label", () => {
    expect(told(mappingText().replace("name: test", "name: my shop"))).toEqual(["M105 2:7-14"]);
  });

  test("countries that are none", () => {
    const fields = (country: string) =>
      `{ hubspot: phone, klaviyo: phone_number, transform: { to_klaviyo: { phone_e164: { default_country: ${country} } } } }`;
    expect(told(mappingText({ fields: fields("UK") }))).toEqual(["M105 13:104-106"]);
    expect(words(mappingText({ fields: fields("UK") })).help).toBe("did you mean `GB`?");
    expect(words(mappingText({ fields: fields("ee") })).help).toBe("did you mean `EE`?");
    expect(told(mappingText({ fields: fields("NO") }))).toEqual([]);
  });

  test("time zones that are none", () => {
    expect(told(mappingText({ head: "timezone: Talinn" }))).toEqual(["M106 3:11-17"]);
    expect(words(mappingText({ head: "timezone: Talinn" })).help).toBe("did you mean `Europe/Tallinn`?");
    expect(words(mappingText({ head: "timezone: Europe/Talinn" })).help).toBe(
      "did you mean `Europe/Tallinn`?",
    );
    expect(words(mappingText({ head: "timezone: New York" })).help).toBe("did you mean `America/New_York`?");
    expect(told(mappingText({ head: 'timezone: "+02:00"' }))).toEqual(["M106 3:11-19"]);
  });

  test("schedules that nobody can keep", () => {
    expect(told(mappingText({ tail: "schedule: { contacts: every 7m }" }))).toEqual([]);
    expect(told(mappingText({ tail: "schedule: { contacts: every 0m }" }))).toEqual(["M107 14:23-31"]);
    expect(told(mappingText({ tail: "schedule: { contacts: every 30s }" }))).toEqual(["M107 14:23-32"]);
    expect(told(mappingText({ tail: 'schedule: { contacts: "61 * * * *" }' }))).toEqual(["M107 14:23-35"]);
  });
});

describe("what could lead a key astray", () => {
  test.each([
    "https://evil.example",
    "http://api.hubapi.com",
    "https://api.hubapi.com.evil.example",
    "https://api.hubapi.com@evil.example",
    "https://user:pass@127.0.0.1",
    "http://127.0.0.1:4010/elsewhere",
    "http://127.0.0.1:4010?x=1",
    "http://169.254.169.254",
    "http://0.0.0.0:4010",
    "ftp://127.0.0.1",
    "file:///etc/passwd",
    "https://a.klaviyo.com",
    "nonsense",
  ])("HubSpot's base_url cannot be %s", (url) => {
    expect(told(mappingText({ hubspot: `base_url: ${url}` }))).toEqual([`M108 6:15-${15 + url.length}`]);
  });

  test.each([
    "http://127.0.0.1:4010",
    "http://localhost:4010/",
    "http://[::1]:4010",
    "https://api.hubapi.com",
  ])("but it may be %s", (url) => {
    expect(told(mappingText({ hubspot: `base_url: "${url}"` }))).toEqual([]);
  });

  test.each(["__proto__", "constructor", "prototype", "properties.__proto__", "properties.constructor"])(
    "no property is called %s",
    (name) => {
      expect(told(mappingText({ fields: `{ hubspot: a, klaviyo: ${name} }` }))).toEqual([
        `M109 13:28-${28 + name.length}`,
      ]);
    },
  );

  test("no rule is either", () => {
    expect(told(mappingText({ rules: "{ id: constructor, from: hubspot, match: { lists: [A] } }" }))).toEqual(
      ["M109 11:11-22"],
    );
  });

  test.each([
    ["token: pk_0123456789abcdef", "M120 9:12-31"],
    ["token: { file: pk_0123456789abcdef }", "M120 9:20-39"],
    ["token: { env: pk_0123456789abcdef }", "M120 9:19-38"],
    ["token: 123456", "M120 9:12-18"],
  ])("a token in the file is refused: %s", (klaviyo, expected) => {
    expect(told(mappingText({ klaviyo }))).toEqual([expected]);
  });

  test("a secret is in one place", () => {
    expect(told(mappingText({ klaviyo: "token: { env: A, file: b }" }))).toEqual(["M105 9:12-31"]);
    expect(told(mappingText({ klaviyo: "token: {}" }))).toEqual(["M105 9:12-14"]);
  });
});
