import type { Contact } from "../model/contact.ts";
import type { FieldRule } from "../model/mapping.ts";
import type { Problem } from "../model/problem.ts";
import type { Side } from "../model/side.ts";
import type { Value, Values } from "../model/value.ts";
import { canonicalList } from "../model/value.ts";
import type { Translated } from "./option-table.ts";
import { fromOption, toOption } from "./option-table.ts";
import { phoneNumber } from "./phone-number.ts";

/**
 * Between a side's properties and the mapping's fields. The common space is Klaviyo's: a field with an option table has
 * Klaviyo's values, a phone number is E.164, everything else is the same on both sides. Law: what `propertiesOf` writes,
 * `fieldsOf` reads back unchanged. A value that cannot be turned is never an empty one: its key is absent.
 */

/** A value that could not be turned (`problem`), or that the mapping says to leave out (`absent`). */
type Turned =
  | { readonly kind: "value"; readonly value: Value }
  | { readonly kind: "absent" }
  | { readonly kind: "problem"; readonly problem: Problem };

const ABSENT: Turned = { kind: "absent" };

/** A contact's values by `FieldRule.key`, and why those that are missing could not be turned. */
export function fieldsOf(
  rules: readonly FieldRule[],
  contact: Pick<Contact, "side" | "values" | "unreadable">,
): { readonly fields: Values; readonly unreadable: Readonly<Record<string, Problem>> } {
  const fields: [string, Value][] = [];
  const unreadable: [string, Problem][] = [];
  for (const rule of rules) {
    const turned = readField(rule, contact);
    if (turned.kind === "value") fields.push([rule.key, turned.value]);
    if (turned.kind === "problem") unreadable.push([rule.key, turned.problem]);
  }
  return { fields: Object.fromEntries(fields), unreadable: Object.fromEntries(unreadable) };
}

/** The side's own properties for these fields; a field without a key in `fields` is left alone. */
export function propertiesOf(
  rules: readonly FieldRule[],
  side: Side,
  fields: Values,
): { readonly values: Values; readonly problems: readonly Problem[] } {
  const values: [string, Value][] = [];
  const problems: Problem[] = [];
  for (const rule of rules) {
    const value = Object.hasOwn(fields, rule.key) ? fields[rule.key] : undefined;
    if (value === undefined) continue;
    const turned = writeField(rule, side, value);
    if (turned.kind === "value") values.push([rule.property[side], turned.value]);
    if (turned.kind === "problem") problems.push(turned.problem);
  }
  return { values: Object.fromEntries(values), problems };
}

function readField(
  rule: FieldRule,
  { side, values, unreadable }: Pick<Contact, "side" | "values" | "unreadable">,
): Turned {
  const property = rule.property[side];
  const raw = Object.hasOwn(unreadable, property) ? unreadable[property] : undefined;
  const value = Object.hasOwn(values, property) ? values[property] : undefined;
  // A connector does not know the default country: what it could not read may still be a number here.
  if (rule.type === "phone" && raw !== undefined) return turnPhone(rule, side, raw);
  if (raw !== undefined) return { kind: "problem", problem: notOfType(rule, side, raw) };
  if (value === undefined) return ABSENT;
  if (value === null) return { kind: "value", value };
  if (rule.type === "phone") return turnPhone(rule, side, String(value));
  const { options } = rule;
  return options === null
    ? { kind: "value", value }
    : turnOptions(rule, side, value, (one) => fromOption(options, side, one));
}

function writeField(rule: FieldRule, side: Side, value: Value): Turned {
  if (value === null) return { kind: "value", value };
  if (rule.type === "phone") {
    const turned = turnPhone(rule, side, String(value));
    // Fields hold E.164 only; anything else was stored under another mapping.
    const same = turned.kind !== "value" || turned.value === value;
    return same ? turned : { kind: "problem", problem: notAPhone(rule, side, String(value)) };
  }
  const { options } = rule;
  return options === null
    ? { kind: "value", value }
    : turnOptions(rule, side, value, (one) => toOption(options, side, one));
}

function turnPhone(rule: FieldRule, side: Side, text: string): Turned {
  if (text.trim() === "") return { kind: "value", value: null };
  const value = phoneNumber(text, rule.defaultCountry);
  return value === null
    ? { kind: "problem", problem: notAPhone(rule, side, text) }
    : { kind: "value", value };
}

/** One option, or each item of a list. One item without a pair is a problem of the whole list, unless it is dropped. */
function turnOptions(
  rule: FieldRule,
  side: Side,
  value: Value,
  translate: (option: string) => Translated,
): Turned {
  const items = Array.isArray(value) ? (value as readonly string[]) : [String(value)];
  const kept: string[] = [];
  for (const item of items) {
    const translated = translate(item);
    if (translated === undefined) return { kind: "problem", problem: withoutPair(rule, side, item) };
    if (translated !== null) kept.push(translated);
  }
  // Everything was dropped: that is not the same as empty, which would empty the other side.
  if (kept.length === 0) return ABSENT;
  return { kind: "value", value: Array.isArray(value) ? canonicalList(kept) : (kept[0] ?? null) };
}

const SIDE_NAMES = { hubspot: "HubSpot", klaviyo: "Klaviyo" } as const;

function notAPhone(rule: FieldRule, side: Side, text: string): Problem {
  const plus = /^\s*\(?\s*\+/.test(text);
  const why = plus
    ? "is not a phone number of the country that it begins with"
    : rule.defaultCountry === null
      ? "has no country code"
      : `has no country code and is not a number of ${rule.defaultCountry}`;
  const add = plus ? "Correct the number" : "Add + and the country code";
  const always = `Or once for all: \`phone_e164: { default_country: XX }\` on mapping line ${rule.line}.`;
  const fix = [`${add} in ${SIDE_NAMES[side]}.`, ...(plus || rule.defaultCountry !== null ? [] : [always])];
  return problem(
    rule,
    side,
    "KL-PHONE",
    "Phone number is not in international format",
    `"${clip(text, 80)}" ${why}.`,
    fix,
  );
}

function withoutPair(rule: FieldRule, side: Side, option: string): Problem {
  const shown = clip(option, 80);
  const title = `${clip(rule.property[side], 28)}: value not in the option table`;
  const line = `mapping line ${rule.line}`;
  return problem(
    rule,
    side,
    "SK-TRANSFORM",
    title,
    `"${shown}" has no pair under \`options:\` in the entry on ${line}.`,
    [
      `Add a pair for "${shown}" there, or say what other values do: \`"*": keep\` or \`"*": drop\`.`,
      `Or correct the value in ${SIDE_NAMES[side]}.`,
    ],
  );
}

function notOfType(rule: FieldRule, side: Side, raw: string): Problem {
  const title = `${clip(rule.property[side], 28)}: value is not a ${rule.type}`;
  const explanation = `"${clip(raw, 80)}" could not be read as ${rule.type}.`;
  return problem(rule, side, "SK-TRANSFORM", title, explanation, [
    `Correct the value in ${SIDE_NAMES[side]}.`,
    `Or change \`type\` of the entry on mapping line ${rule.line}.`,
  ]);
}

function problem(
  rule: FieldRule,
  side: Side,
  code: string,
  title: string,
  why: string,
  fix: readonly string[],
): Problem {
  const whole = rule.onInvalid === "error";
  const rest = whole ? "The contact is held until it is corrected." : "The rest of the contact is synced.";
  const level = whole ? "contact" : "field";
  return {
    code,
    level,
    side,
    field: rule.key,
    title,
    explanation: `${why} ${rest}`,
    fix,
    retry: "on_change",
    reference: null,
  };
}

function clip(text: string, most: number): string {
  const shown = text.replaceAll(/\s+/g, " ");
  return shown.length <= most ? shown : `${shown.slice(0, most - 1).toWellFormed()}…`;
}
