import type { Contact } from "../model/contact.ts";
import type { FieldRule } from "../model/mapping.ts";
import { commonSide } from "../model/mapping.ts";
import { hubspotWords, spelled } from "../model/own-spelling.ts";
import type { Problem } from "../model/problem.ts";
import type { Side } from "../model/side.ts";
import { otherSide } from "../model/side.ts";
import type { Transform } from "../model/transform.ts";
import type { Value, Values } from "../model/value.ts";
import { canonicalList } from "../model/value.ts";
import { applyTransforms } from "./transforms/chain.ts";
import { notAPhone, notOfType, notTurned, phoneCountry, withoutPair } from "./field-problems.ts";
import type { Translated } from "./option-table.ts";
import { fromOption, toOption } from "./option-table.ts";
import { phoneNumber } from "./phone-number.ts";

/**
 * Between a side's properties and the mapping's fields. A field's values are those of the side that is written, Klaviyo's
 * where both are: what the other side shows is turned by the transforms towards it, and what that side is written by the
 * ones back. A field with an option table has Klaviyo's values, a phone number is E.164. HubSpot is written its options
 * in their own spelling. Law: what `propertiesOf` writes is quiet once read back; without transforms `fieldsOf` reads the
 * very same, but for the letter case of options. A value that cannot be turned is never an empty one: its key is absent.
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
  const phone = rule.propertyType[side] === "phone";
  // A connector does not know the default country: what it could not read may still be a number here.
  if (raw !== undefined && !phone) return { kind: "problem", problem: notOfType(rule, side, raw) };
  const value = raw ?? (Object.hasOwn(values, property) ? values[property] : undefined);
  if (value === undefined) return ABSENT;
  const shown = phone && typeof value === "string" && value.trim() === "" ? null : value;
  const common = commonSide(rule.direction);
  const steps = side === common ? [] : rule.transforms[common];
  const turned = turn(rule, side, steps, shown);
  if (turned.kind !== "value" || turned.value === null) return turned;
  if (rule.type === "phone" && steps.at(-1)?.kind !== "phone_e164")
    return turnPhone(rule, side, String(turned.value));
  const { options } = rule;
  return options === null
    ? turned
    : turnOptions(rule, side, turned.value, (one) =>
        fromOption(options, rule.hubspotOptions ?? [], side, one),
      );
}

function writeField(rule: FieldRule, side: Side, value: Value): Turned {
  const turned = turnBack(rule, side, value);
  const { hubspotOptions, options } = rule;
  if (side === "klaviyo" || hubspotOptions === undefined || turned.kind !== "value") return turned;
  // A table that tells two spellings apart means each of them, also where HubSpot has only the other.
  const words = options === null ? hubspotOptions : hubspotWords(options, hubspotOptions);
  return { kind: "value", value: spelled(words, turned.value) };
}

function turnBack(rule: FieldRule, side: Side, value: Value): Turned {
  if (rule.type === "phone" && value !== null) {
    const turned = turnPhone(rule, side, String(value));
    // Fields hold E.164 only; anything else was stored under another mapping.
    if (turned.kind !== "value" || turned.value !== value)
      return { kind: "problem", problem: notAPhone(rule, side, String(value)) };
  }
  const { options } = rule;
  if (options !== null && value !== null)
    return turnOptions(rule, side, value, (one) => toOption(options, rule.hubspotOptions ?? [], side, one));
  const steps = side === commonSide(rule.direction) ? [] : rule.transforms[side];
  return turn(rule, otherSide(side), steps, value);
}

/** `from` is the side that shows the value. */
function turn(rule: FieldRule, from: Side, steps: readonly Transform[], value: Value): Turned {
  const applied = applyTransforms(steps, value);
  if ("value" in applied) return { kind: "value", value: applied.value };
  const { step, given } = applied;
  const phone = step.kind === "phone_e164";
  return {
    kind: "problem",
    problem: phone ? notAPhone(rule, from, String(given)) : notTurned(rule, from, applied),
  };
}

function turnPhone(rule: FieldRule, side: Side, text: string): Turned {
  const value = phoneNumber(text, phoneCountry(rule));
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
