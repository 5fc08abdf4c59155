import * as fc from "fast-check";
import type { PerSide } from "../../src/model/side.ts";
import type { FieldType, Value } from "../../src/model/value.ts";
import { canonicalList, canonicalNumber } from "../../src/model/value.ts";
import { anyFilled } from "../support/any-value.ts";

/** A two-way field, and what people may write in it on each side. */
export interface RoundTrip {
  readonly name: string;
  /** HubSpot's own types of the property. */
  readonly native: {
    readonly type: string;
    readonly fieldType: string;
    readonly options?: readonly { readonly label: string; readonly value: string }[];
  };
  /** What the mapping says besides the two properties. */
  readonly entry: string;
  readonly values: PerSide<fc.Arbitrary<Value>>;
}

const TEXT = { type: "string", fieldType: "text" };

/** What HubSpot's enumerations let choose: with spaces, cases, signs and letters of other alphabets. */
const OPTIONS = [
  "a",
  "b",
  "A",
  "Ärger",
  "ß",
  "two words",
  "three of them",
  "50 %",
  "x=y",
  "-1",
  "0",
  "true",
  "O'Hara",
  "&",

  "日本",
  "Ünï",
  "été",
  "E-mail",
  "new_customer",
  "#7",
  "(none)",
  "null",
  "2026-01-01",
  "😀",
  "ȘȚ",
  "“quoted”",
];
const options = OPTIONS.map((value) => ({ label: value, value }));
const CHOICE = { type: "enumeration", fieldType: "select", options };
const CHOICES = { type: "enumeration", fieldType: "checkbox", options };

const word = fc.stringMatching(/^[A-Za-zäöÜß]{1,8}( [a-zé]{1,6})?$/);
const option = fc.constantFrom(...OPTIONS);
const words = fc.subarray(OPTIONS, { minLength: 1 }).map((all) => canonicalList(all) ?? ["a"]);
// Its numbers are floating point: fifteen digits survive.
const number = fc
  .tuple(fc.integer({ min: -999_999_999, max: 999_999_999 }), fc.nat(9_999))
  .map(([whole, decimals]) => canonicalNumber(`${whole}.${decimals}`) ?? "0");
const phone = fc.stringMatching(/^\+1212[2-9]\d{6}$/);
const day = anyFilled("date");

function same(
  name: string,
  native: RoundTrip["native"],
  type: FieldType,
  values: fc.Arbitrary<Value>,
): RoundTrip {
  return { name, native, entry: `type: ${type}`, values: { hubspot: values, klaviyo: values } };
}

function turned(
  name: string,
  native: RoundTrip["native"],
  entry: string,
  hubspot: fc.Arbitrary<Value>,
  klaviyo: fc.Arbitrary<Value>,
): RoundTrip {
  return { name, native, entry, values: { hubspot, klaviyo } };
}

const toKlaviyo = (steps: string): string => `transform: { to_klaviyo: ${steps} }`;

/** Each type, the pairs of types that differ, and each transform that has a way back. */
export const ROUND_TRIPS: readonly RoundTrip[] = [
  same("text", TEXT, "text", anyFilled("text")),
  same("number", { type: "number", fieldType: "number" }, "number", number),
  same("boolean", { type: "bool", fieldType: "booleancheckbox" }, "boolean", fc.boolean()),
  same("date", { type: "date", fieldType: "date" }, "date", day),
  same("datetime", { type: "datetime", fieldType: "date" }, "datetime", anyFilled("datetime")),
  same("option", CHOICE, "option", option),
  same("list", CHOICES, "list", words),
  same("phone", { type: "string", fieldType: "phonenumber" }, "phone", phone),
  same("number_in_text", TEXT, "text", number),
  same("option_in_text", TEXT, "option", word),
  same("boolean_in_text", TEXT, "boolean", fc.boolean()),
  turned(
    "table",
    CHOICE,
    'options: { a: Gold, b: "Silver; fine" }',
    fc.constantFrom("a", "b"),
    fc.constantFrom("Gold", "Silver; fine"),
  ),
  turned(
    "prefix",
    TEXT,
    toKlaviyo('{ prefix: "HS-" }'),
    word,
    word.map((text) => `HS-${text}`),
  ),
  turned(
    "unprefix",
    TEXT,
    toKlaviyo('{ remove_prefix: "K-" }'),
    word.map((text) => `K-${text}`),
    word,
  ),
  turned(
    "join",
    CHOICES,
    `type: list, ${toKlaviyo('{ join: ", " }')}`,
    words,
    words.map((all) => all.join(", ")),
  ),
  turned(
    "split",
    TEXT,
    toKlaviyo('{ split: ", " }'),
    words.map((all) => all.join(", ")),
    words,
  ),
  turned(
    "date_format",
    TEXT,
    toKlaviyo("{ date_format: { from: dd.MM.yyyy, to: yyyy-MM-dd } }"),
    day.map((text) => String(text).split("-").reverse().join(".")),
    day,
  ),
  turned(
    "trim",
    TEXT,
    toKlaviyo("{ trim: true }"),
    word.map((text) => `  ${text} `),
    word,
  ),
  turned(
    "lower",
    TEXT,
    toKlaviyo("{ lower: true }"),
    word,
    word.map((text) => text.toLowerCase()),
  ),
  turned(
    "upper",
    TEXT,
    toKlaviyo("{ upper: true }"),
    word,
    word.map((text) => text.toUpperCase()),
  ),
  turned("title", TEXT, toKlaviyo("{ title: true }"), word, fc.constantFrom("Ann", "Ann Bea", "O'hara")),
  turned(
    "phone_e164",
    { type: "string", fieldType: "phonenumber" },
    `type: phone, ${toKlaviyo("{ phone_e164: { default_country: US } }")}`,
    fc.stringMatching(/^212[2-9]\d{6}$/),
    phone,
  ),
];
