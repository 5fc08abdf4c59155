import type { Filled, Transform } from "../../model/transform.ts";
import type { FieldType, Value } from "../../model/value.ts";
import { valueFromText } from "../value-from-text.ts";
import { rowOf } from "./transforms.ts";

/** A converted value, or the step that could not convert one and why, to be put after the value in a sentence. */
export type Applied =
  { readonly value: Value } | { readonly step: Transform; readonly given: Filled; readonly why: string };

/** Runs a value through the steps, left to right. Never makes something empty of what is not. */
export function applyTransforms(steps: readonly Transform[], value: Value): Applied {
  let converted = value;
  for (const step of steps) {
    const given = converted;
    const row = rowOf(step);
    const next = given === null ? row.whenEmpty(step) : row.apply(given, step);
    if (next !== null && typeof next === "object" && "why" in next) {
      return given === null ? { value: null } : { step, given, why: next.why };
    }
    converted = next;
  }
  return { value: converted };
}

/** The steps back, or the place of the first step that has none, with a usual value that would be lost there. */
export function reversed(
  steps: readonly Transform[],
): { readonly steps: readonly Transform[] } | { readonly lostAt: number; readonly usual: string } {
  const back: Transform[] = [];
  for (const [at, step] of steps.entries()) {
    const way = rowOf(step).back(step);
    if (way === "as_is") continue;
    if ("loses" in way) return { lostAt: at, usual: way.loses };
    back.unshift(way);
  }
  return { steps: back };
}

/** The type that a chain starts from, where its first step that is not content with any type tells. */
export function startType(steps: readonly Transform[]): FieldType | null {
  for (const step of steps) {
    const row = rowOf(step);
    const [first = "text"] = row.takes(step);
    if (row.fixesType) return first;
    if (row.gives(step, first) !== first || step.kind === "constant") return null;
  }
  return null;
}

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
    const row = rowOf(step);
    const value = step.kind === "default" ? valueFromText(step.value, type) : null;
    if (!row.takes(step).includes(type) || value === undefined) return { wrongAt: at, given: type };
    typed.push(step.kind === "default" && value !== null ? { ...step, value } : step);
    type = row.gives(step, type);
  }
  return { steps: typed, end: type };
}

/** May a value of one type be written where the other is read? Both ways it must come back as what it was. */
export function readsAs(given: FieldType, wanted: FieldType): boolean {
  if (given === wanted) return true;
  return wanted === "text" ? given !== "list" : wanted === "option" && given === "text";
}
