import type { Band, Filled, Transform } from "../model/transform.ts";
import type { Value } from "../model/value.ts";
import { canonicalList, canonicalText, sameValue } from "../model/value.ts";
import { readDay, writeDay } from "./date-pattern.ts";
import { compareDecimals, roundDecimal } from "./decimal.ts";
import { phoneNumber } from "./phone-number.ts";

/** A turned value, or the step that could not turn one and why, to be put after the value in a sentence. */
export type Applied =
  { readonly value: Value } | { readonly step: Transform; readonly given: Filled; readonly why: string };

/** Runs a value through the steps, left to right. Never makes something empty of what is not. */
export function applyTransforms(steps: readonly Transform[], value: Value): Applied {
  let turned = value;
  for (const step of steps) {
    const given = turned;
    const next = given === null ? whereEmpty(step) : applyOne(step, given);
    if (next !== null && typeof next === "object" && "why" in next) {
      return given === null ? { value: null } : { step, given, why: next.why };
    }
    turned = next;
  }
  return { value: turned };
}

function whereEmpty(step: Transform): Value {
  return step.kind === "default" || step.kind === "constant" ? step.value : null;
}

interface Failed {
  readonly why: string;
}

const failed = (why: string): Failed => ({ why });

function applyOne(step: Transform, value: Filled): Filled | Failed {
  switch (step.kind) {
    case "default":
      return value;
    case "constant":
      return step.value;
    case "lower":
      return eachText(value, (text) => text.toLowerCase());
    case "upper":
      return eachText(value, (text) => text.toUpperCase());
    case "title":
      return eachText(value, titleCase);
    case "trim":
      return eachText(value, (text) => text.trim());
    case "join":
      return join(step, value);
    case "phone_e164":
    case "round":
    case "digits":
    case "date_format":
    case "bucket":
    case "split":
    case "prefix":
    case "remove_prefix":
      return turnText(step, String(value));
  }
}

type TextStep = Extract<
  Transform,
  {
    kind: "phone_e164" | "round" | "digits" | "date_format" | "bucket" | "split" | "prefix" | "remove_prefix";
  }
>;

function turnText(step: TextStep, text: string): Filled | Failed {
  switch (step.kind) {
    case "phone_e164":
      return phoneNumber(text, step.defaultCountry) ?? failed("is no phone number");
    case "round":
      return roundDecimal(text, step.digits);
    case "digits": {
      const digits = text.replaceAll(/\D/g, "");
      return digits === "" ? failed("has no digits") : digits;
    }
    case "date_format": {
      const day = readDay(step.from, text);
      return day === null ? failed(`is no date written \`${step.from}\``) : writeDay(step.to, day);
    }
    case "bucket":
      return bandOf(step.bands, text);
    case "split": {
      const items = canonicalList(splitAt(step.separator, text));
      return items ?? failed(`has nothing between its \`${step.separator}\``);
    }
    case "prefix": {
      const whole = canonicalText(step.text + text) ?? "";
      // A combining mark at the beginning melts into the prefix, which could not be taken off again.
      return whole === step.text + text ? whole : failed(`cannot stand behind \`${step.text}\``);
    }
    case "remove_prefix": {
      const rest = text.startsWith(step.text) ? canonicalText(text.slice(step.text.length)) : null;
      return rest ?? failed(`is not \`${step.text}\` with something behind it`);
    }
  }
}

/** One text, or each item of a list. */
function eachText(value: Filled, change: (text: string) => string): Filled {
  const changed =
    typeof value === "object" ? canonicalList(value.map(change)) : canonicalText(change(String(value)));
  return changed ?? value;
}

/** The first letter of each word large, the others small. An apostrophe belongs to its word. */
function titleCase(text: string): string {
  return text.replaceAll(/[\p{L}\p{N}][\p{L}\p{M}\p{N}'’]*/gu, (word) => {
    const [first = ""] = word;
    // One letter may have two capitals (`ß`, `SS`): only the first of them begins the word.
    const capitals = first.toUpperCase();
    const [head = ""] = capitals;
    return head + (capitals.slice(head.length) + word.slice(first.length)).toLowerCase();
  });
}

function join(step: Extract<Transform, { kind: "join" }>, value: Filled): Filled | Failed {
  const items = typeof value === "object" ? value : [String(value)];
  const text = canonicalText(items.join(step.separator)) ?? "";
  if (!step.exact || sameValue(canonicalList(splitAt(step.separator, text)), canonicalList(items)))
    return text;
  return failed(`has an item with \`${trimmed(step.separator)}\` in it, which would be two on the way back`);
}

/** The parts of a text. They are trimmed in a list, so that `a,b` and `a, b` are the same. */
function splitAt(separator: string, text: string): readonly string[] {
  return text.split(trimmed(separator));
}

/** What is between two items without the white space around it; white space itself where there is nothing else. */
function trimmed(separator: string): string {
  return separator.trim() === "" ? separator : separator.trim();
}

/** Days compare as texts do: their notation is fixed, and a time begins with its day. */
function bandOf(bands: readonly Band[], text: string): string {
  const day = /^\d{4}-\d{2}-\d{2}/.test(text);
  const found = bands.find(
    ({ below }) => below === null || (day ? text < below : compareDecimals(text, below) < 0),
  );
  return found?.name ?? text;
}
