import type { FieldRule } from "../model/mapping.ts";
import type { Problem } from "../model/problem.ts";
import type { Side } from "../model/side.ts";
import { SIDE_NAMES } from "../model/side.ts";
import type { Filled, Transform } from "../model/transform.ts";
import { clip } from "../model/clip.ts";

/** What is said of a value that cannot be turned between a side's property and the mapping's field. */

/** The country that the field's phone numbers are taken to be of where they name none. */
export function phoneCountry({ transforms }: Pick<FieldRule, "transforms">): string | null {
  const step = [...transforms.klaviyo, ...transforms.hubspot].find((each) => each.kind === "phone_e164");
  return step?.defaultCountry ?? null;
}

/** No phone number of any country has fewer. */
const FEWEST_DIGITS = 5;

export function notAPhone(rule: FieldRule, side: Side, text: string): Problem {
  const country = phoneCountry(rule);
  const plus = /^\s*(?:\(\s*)?\+/.test(text);
  if ((text.match(/\d/g) ?? []).length < FEWEST_DIGITS) {
    const fix = [`Enter a phone number in ${SIDE_NAMES[side]}, or empty the field there.`];
    const why = `"${inOneLine(text, 80)}" is not a phone number.`;
    return problem(rule, side, "KL-PHONE", "Value is not a phone number", why, fix);
  }
  const why = plus
    ? "is not a phone number of the country that it begins with"
    : country === null
      ? "has no country code"
      : `has no country code and is not a number of ${country}`;
  const add = plus
    ? "Correct the number"
    : country === null
      ? "Add + and the country code"
      : "Correct the number, or add + and its country code,";
  const always = `Or fix all at once: add \`phone_e164: { default_country: XX }\` to \`transform\` on mapping line ${rule.line}.`;
  const fix = [`${add} in ${SIDE_NAMES[side]}.`, ...(plus || country !== null ? [] : [always])];
  const title = "Phone number is not in international format";
  return problem(rule, side, "KL-PHONE", title, `"${inOneLine(text, 80)}" ${why}.`, fix);
}

export function withoutPair(rule: FieldRule, side: Side, option: string): Problem {
  const shown = inOneLine(option, 80);
  const title = `${inOneLine(rule.property[side], 28)}: value not in the option table`;
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

export function notOfType(rule: FieldRule, side: Side, raw: string): Problem {
  const type = rule.propertyType[side];
  const title = `${inOneLine(rule.property[side], 28)}: value is not a ${type}`;
  const explanation = `"${inOneLine(raw, 80)}" could not be read as ${type}.`;
  return problem(rule, side, "SK-TRANSFORM", title, explanation, [
    `Correct the value in ${SIDE_NAMES[side]}.`,
    `Or change \`type\` of the entry on mapping line ${rule.line}.`,
  ]);
}

/** A step could not turn a value; `from` is the side that shows it, where somebody can correct it. */
export function notTurned(
  rule: FieldRule,
  from: Side,
  { step, given, why }: { readonly step: Transform; readonly given: Filled; readonly why: string },
): Problem {
  const title = `${inOneLine(rule.property[from], 28)}: \`${step.kind}\` cannot turn it`;
  const shown = typeof given === "object" ? given.join(", ") : String(given);
  return problem(rule, from, "SK-TRANSFORM", title, `"${inOneLine(shown, 80)}" ${inOneLine(why, 160)}.`, [
    `Correct the value in ${SIDE_NAMES[from]}.`,
    `Or change \`transform\` of the entry on mapping line ${rule.line}.`,
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

function inOneLine(text: string, most: number): string {
  return clip(text.replaceAll(/\s+/g, " "), most);
}
