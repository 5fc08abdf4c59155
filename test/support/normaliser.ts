import * as fc from "fast-check";
import type { Value } from "../../src/model/value.ts";
import { canonicalList, canonicalText } from "../../src/model/value.ts";

/** What a system makes of a value that it is given. */
export type Normaliser = (value: Value) => Value;

/** Makes text and list items its own way, and leaves every other type as it is. */
function ofTexts(name: string, change: (text: string) => string): Normaliser {
  const normalise = (value: Value): Value => {
    if (Array.isArray(value)) return canonicalList(value.map(change));
    return typeof value === "string" ? canonicalText(change(value)) : value;
  };
  return Object.defineProperty(normalise, fc.toStringMethod, { value: () => name });
}

export const KEEPS = ofTexts("keeps", (text) => text);
const TRIMS = ofTexts("trims", (text) => text.trim());
const LOWERS = ofTexts("lower-cases", (text) => text.toLowerCase());
const SQUEEZES = ofTexts("squeezes", (text) => text.trim().replaceAll(/\s+/g, " "));
const CUTS = ofTexts("cuts", (text) => text.slice(0, 4));

/** Those that a system is known to do to anything, and that are taken for its doing where it did not tell. */
export const anyKnownNormaliser = fc.constantFrom(KEEPS, TRIMS, LOWERS, SQUEEZES);

export const anyNormaliser = fc.constantFrom(KEEPS, TRIMS, LOWERS, SQUEEZES, CUTS);
