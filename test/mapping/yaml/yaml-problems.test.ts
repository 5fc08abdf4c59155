import { describe, expect, test } from "vitest";
import { LINE, mappingText } from "../mapping-text.ts";
import { told, words } from "../told.ts";

describe("a file that is no plain text is refused before a parser sees it", () => {
  test("an empty file, or one with comments only", () => {
    expect(told("")).toEqual(["M007 1:1-2"]);
    expect(told("# nothing\n\n  # yet\n")).toEqual(["M007 1:1-2"]);
  });

  test("a byte order mark", () => {
    expect(told(`\ufeff${mappingText()}`)).toEqual(["M008 1:1-2"]);
  });

  test("control characters and halves of characters, named by their code", () => {
    expect(told(mappingText({ head: "timezone: U\0TC" }))).toEqual(["M009 3:12-13"]);
    expect(words(mappingText({ head: "timezone: \u001b[2J" })).message).toContain("U+001B");
    expect(told(mappingText({ head: "timezone: \ud800" }))).toEqual(["M009 3:11-12"]);
  });

  test("emoji, accents and Windows line ends are plain text", () => {
    expect(told(mappingText({ tail: 'x-note: "Größe 😀"' }).replaceAll("\n", "\r\n"))).toEqual([]);
  });
});

describe("YAML that cannot be read gives one error, at its place, without a parser's jargon", () => {
  test("a tab as indentation", () => {
    expect(told(mappingText({ tail: "schedule:\n\tcontacts: every 15m" }))).toEqual(["M012 15:1-2"]);
    expect(told("rules:\n  - id: a\n\tfrom: klaviyo\n    on_leave: stop\n")).toEqual(["M012 3:1-2"]);
    expect(told("rules:\n  - id: a\n  \tfrom: klaviyo\n")).toEqual(["M012 3:3-4"]);
  });

  test("a tab inside a comment or between values is none", () => {
    expect(told(mappingText({ head: "timezone: UTC\t# here\tis one" }))).toEqual([]);
  });

  test("a key twice in one entry, also where a number or a quoted word is the same key", () => {
    expect(told(mappingText({ fields: "{ hubspot: a, klaviyo: title, hubspot: b }" }))).toEqual([
      "M011 13:35-36",
    ]);
    expect(told(mappingText({ tail: "name: again" }))).toEqual(["M011 14:1-2"]);
    const twice = "{ hubspot: a, klaviyo: title, options: { 1: A, '1': B } }";
    expect(words(mappingText({ fields: twice })).message).toBe("key `1` appears twice in the same entry");
  });

  test("the same key in different entries is no duplicate, nor is one in an anchor", () => {
    const tail = "x-a: &a { type: text }\nx-b: { type: text }\nx-c: *a";
    expect(told(mappingText({ tail }))).toEqual([]);
  });

  test("two documents", () => {
    expect(told(`${mappingText()}---\nname: second\n`)).toEqual(["M013 14:1-2"]);
  });

  test.each([
    ["schedule:\n  contacts: */15 * * * *", "15:13-14", '"*/15 * * * *"'],
    ["schedule:\n  contacts: * * * * *", "15:13-14", '"* * * * *"'],
    ["schedule: { contacts: */15 }", "14:23-27", '"*/15"'],
  ])("a cron expression without quotes: %s", (tail, place, quoted) => {
    expect(told(mappingText({ tail }))).toEqual([`M014 ${place}`]);
    expect(words(mappingText({ tail })).help).toContain(quoted);
  });

  test.each([
    ["name: 'never closed", /never closed/],
    ["limits: { creates_per_run: 5", /bracket above is never closed|never closed/],
    ["note: a: b", /second `key: value`/],
    ["note: @home", /cannot begin with this character/],
    [" note: 1", /indented|not valid YAML|bracket/],
  ])("%s", (tail, expected) => {
    const { message, help } = words(mappingText({ tail }));
    expect(message).toMatch(expected);
    expect(help).not.toBeNull();
    expect(message).not.toMatch(/token|scalar|implicit|flow|node/);
  });

  test("tags and directives, which change what a reader seems to read", () => {
    expect(told(mappingText({ head: "timezone: !!str UTC" }))).toEqual(["M016 3:17-20"]);
    expect(told(mappingText({ head: "timezone: !zone UTC" }))).toEqual(["M016 3:17-20"]);
    expect(told(`%YAML 1.1\n---\n${mappingText()}`)).toEqual(["M016 1:1-2"]);
  });

  test("merge keys", () => {
    expect(told(mappingText({ tail: "x-a: &a { type: text }\nx-b:\n  <<: *a" }))).toEqual(["M017 16:3-5"]);
  });

  test("aliases without an anchor above, inside their own anchor, or too many", () => {
    expect(told(mappingText({ tail: "x-a: *nobody" }))).toEqual(["M018 14:6-13"]);
    expect(told(mappingText({ tail: "x-a: &a [*a]" }))).toEqual(["M018 14:10-12"]);
    expect(told(mappingText({ tail: `x-a: &a 1\nx-b: [${"*a, ".repeat(51)}]` }))).toEqual([
      "M018 15:207-208",
    ]);
  });

  test("anchors and aliases for whole values are allowed", () => {
    const tail = "x-phone: &phone { to_klaviyo: { phone_e164: { default_country: EE } } }";
    const fields = "{ hubspot: phone, klaviyo: phone_number, transform: *phone }";
    expect(told(`${tail}\n${mappingText({ fields })}`)).toEqual([]);
  });

  test("`__proto__` as a key", () => {
    expect(told(mappingText({ tail: "__proto__: { admin: true }" }))).toEqual(["M109 14:1-10"]);
    expect(told(mappingText({ tail: "x-a:\n  - { __proto__: 1 }" }))).toEqual(["M109 15:7-16"]);
    expect(Object.hasOwn(Object.prototype, "admin")).toBe(false);
  });
});

describe("text that YAML reads as a number must be quoted", () => {
  test.each([
    ["account_id: 12E456", "9:17-23", "the number Infinity"],
    ["account_id: 123456", "9:17-23", "the number 123456"],
    ["account_id: true", "9:17-21", "true"],
  ])("%s", (line, place, read) => {
    const text = mappingText({ klaviyo: `${line}\n    token: { env: K }` });
    expect(told(text)).toEqual([`M015 ${place}`]);
    expect(words(text).message).toContain(`is read as ${read}`);
    expect(words(text).help).toBe(`put quotes around it: \`${line.replace(": ", ': "')}"\``);
  });

  test("leading zeros, even where a number is welcome", () => {
    expect(told(mappingText({ hubspot: "portal_id: 0123" }))).toEqual(["M015 6:16-20"]);
    const rules = "{ id: a, from: hubspot, match: { lists: [007] } }";
    expect(told(mappingText({ rules }))).toEqual([`M015 ${LINE.rules}:46-49`]);
    expect(words(mappingText({ rules })).help).toBe('put quotes around it: `"007"`');
  });

  test("a phone number as an option loses its plus", () => {
    const fields = '{ hubspot: a, klaviyo: title, options: { "1": +911234567890 } }';
    expect(told(mappingText({ fields }))).toEqual(["M015 13:51-64"]);
  });

  test("so does one that is an example, and a price loses its last digit", () => {
    const phone = "{ hubspot: phone, klaviyo: phone_number, examples: [+4930123456] }";
    expect(told(mappingText({ fields: phone }))).toEqual(["M015 13:57-68"]);
    expect(words(mappingText({ fields: phone }))).toEqual({
      message:
        "`fields[0].examples[0]` is read as the number 4930123456, because `+4930123456` has no quotes",
      help: 'put quotes around it: `"+4930123456"`',
    });
    const price =
      "{ hubspot: a, klaviyo: title, direction: to_klaviyo, transform: { to_klaviyo: { default: 1.50 } } }";
    expect(told(mappingText({ fields: price }))).toEqual(["M015 13:94-98"]);
  });

  test("keys stay as written", () => {
    const fields = "{ hubspot: a, klaviyo: title, options: { 01: One, true: Yes } }";
    expect(told(mappingText({ fields }))).toEqual([]);
  });

  test("numbers among anchors are nobody's business", () => {
    expect(told(mappingText({ tail: "x-a: 0123" }))).toEqual([]);
  });
});
