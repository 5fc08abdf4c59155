import { clip } from "../../model/clip.ts";
import type { Problem } from "../../model/problem.ts";

/** Something wrong with a value before it is sent. */
export function valueProblem(property: string, value: string, type: string): Problem {
  return {
    code: "SK-TRANSFORM",
    level: "field",
    side: "klaviyo",
    field: property,
    title: clip(`A value does not fit ${property}`, 60),
    explanation: `"${clip(value, 80)}" could not be turned into ${type} for Klaviyo. The rest of the contact was synced.`,
    fix: ["Correct the value, or change the field's type in the mapping."],
    retry: "on_change",
    reference: null,
  };
}

/** A list that was to be joined, and no answer whether it was. */
export function unjoined(list: string): Problem {
  return {
    code: "KL-DOWN",
    level: "contact",
    side: "klaviyo",
    field: null,
    title: "Klaviyo did not say whether the list was joined",
    explanation: `The contact is in Klaviyo; whether it is on list ${list} was not answered.`,
    fix: [],
    retry: "soon",
    reference: null,
  };
}
