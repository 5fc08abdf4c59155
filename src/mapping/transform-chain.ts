import type { Transform, TransformKind } from "../model/transform.ts";
import type { FieldType } from "../model/value.ts";
import { FIELD_TYPES } from "../model/value.ts";
import { ISO_DAY } from "./date-pattern.ts";
import { valueFromText } from "./value-from-text.ts";

/** What each kind of transform takes and gives, and how its way back is found. */

const TEXTS: readonly FieldType[] = ["text", "option", "list"];

/** The types that a step turns; the first is what a field is taken for that does not say its type. */
export function takes(step: Transform): readonly FieldType[] {
  switch (step.kind) {
    case "phone_e164":
      return ["phone", "text"];
    case "round":
      return ["number"];
    case "digits":
      return ["text", "phone"];
    case "lower":
    case "upper":
    case "title":
    case "trim":
      return TEXTS;
    case "date_format":
      return step.from === ISO_DAY ? ["date", "text"] : ["text"];
    case "bucket":
      return step.bands.some(({ below }) => below !== null && /^\d{4}-\d{2}-\d{2}$/.test(below))
        ? ["date", "datetime"]
        : ["number"];
    case "join":
      return ["list"];
    case "split":
      return ["text"];
    case "prefix":
    case "remove_prefix":
      return ["text", "option"];
    case "default":
    case "constant":
      return FIELD_TYPES;
  }
}

/** The type of what a step makes of a value of this type. */
export function gives(step: Transform, type: FieldType): FieldType {
  switch (step.kind) {
    case "phone_e164":
      return "phone";
    case "digits":
    case "bucket":
    case "join":
    case "prefix":
    case "remove_prefix":
      return "text";
    case "date_format":
      return step.to === ISO_DAY ? "date" : "text";
    case "split":
      return "list";
    case "constant":
      return step.type;
    case "round":
    case "lower":
    case "upper":
    case "title":
    case "trim":
    case "default":
      return type;
  }
}

/**
 * How a value comes back from behind a step: as it is, since the step only tidies; through the opposite step; or not at
 * all, since something was lost.
 */
export function wayBack(step: Transform): Transform | "as_is" | "lost" {
  switch (step.kind) {
    case "phone_e164":
    case "lower":
    case "upper":
    case "title":
    case "trim":
    case "default":
      return "as_is";
    case "prefix":
      return { kind: "remove_prefix", text: step.text };
    case "remove_prefix":
      return { kind: "prefix", text: step.text };
    case "join":
      return { kind: "split", separator: step.separator };
    case "split":
      return { kind: "join", separator: step.separator, exact: true };
    case "date_format":
      return { kind: "date_format", from: step.to, to: step.from };
    case "digits":
    case "round":
    case "bucket":
    case "constant":
      return "lost";
  }
}

/** The steps back, or the place of the first step that has none. */
export function reversed(
  steps: readonly Transform[],
): { readonly steps: readonly Transform[] } | { readonly lostAt: number } {
  const back: Transform[] = [];
  for (const [at, step] of steps.entries()) {
    const way = wayBack(step);
    if (way === "lost") return { lostAt: at };
    if (way !== "as_is") back.unshift(way);
  }
  return { steps: back };
}

/** The type that a chain starts from, where its first step that is not content with any type tells. */
export function startType(steps: readonly Transform[]): FieldType | null {
  for (const step of steps) {
    const [first = "text"] = takes(step);
    if (DEMANDING.has(step.kind)) return first;
    if (gives(step, first) !== first || step.kind === "constant") return null;
  }
  return null;
}

const DEMANDING: ReadonlySet<TransformKind> = new Set([
  "phone_e164",
  "round",
  "date_format",
  "bucket",
  "join",
  "split",
]);

export type Walked =
  /** The steps with every `default` read as the type of its place, and the type at the end. */
  | { readonly steps: readonly Transform[]; readonly end: FieldType }
  /** The first step that does not take what the one before gives, or whose value is not of that type. */
  | { readonly wrongAt: number; readonly given: FieldType };

/** Follows the types through a chain. */
export function walk(steps: readonly Transform[], start: FieldType): Walked {
  const typed: Transform[] = [];
  let type = start;
  for (const [at, step] of steps.entries()) {
    const value = step.kind === "default" ? valueFromText(step.value, type) : null;
    if (!takes(step).includes(type) || value === undefined) return { wrongAt: at, given: type };
    typed.push(step.kind === "default" && value !== null ? { ...step, value } : step);
    type = gives(step, type);
  }
  return { steps: typed, end: type };
}

/** May a value of one type be written where the other is read? Both ways it must come back as what it was. */
export function readsAs(given: FieldType, wanted: FieldType): boolean {
  if (given === wanted) return true;
  return wanted === "text" ? given !== "list" : wanted === "option" && given === "text";
}

/** One of each kind, more where its arguments decide what it takes. */
export const TYPICAL: readonly Transform[] = [
  { kind: "phone_e164", defaultCountry: "EE" },
  { kind: "round", digits: 2 },
  { kind: "digits" },
  { kind: "lower" },
  { kind: "upper" },
  { kind: "title" },
  { kind: "trim" },
  { kind: "date_format", from: "dd.MM.yyyy", to: ISO_DAY },
  { kind: "date_format", from: ISO_DAY, to: "dd.MM.yyyy" },
  {
    kind: "bucket",
    bands: [
      { below: "100", name: "small" },
      { below: null, name: "large" },
    ],
  },
  {
    kind: "bucket",
    bands: [
      { below: "2026-01-01", name: "old" },
      { below: null, name: "new" },
    ],
  },
  { kind: "join", separator: ", ", exact: true },
  { kind: "split", separator: ", " },
  { kind: "prefix", text: "HS-" },
  { kind: "remove_prefix", text: "HS-" },
  { kind: "default", value: "0" },
  { kind: "constant", value: "Tandem", type: "text" },
];
