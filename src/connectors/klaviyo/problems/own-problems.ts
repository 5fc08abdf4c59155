import { clip } from "../../../model/clip.ts";
import type { Problem } from "../../../model/problem.ts";

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

/** SK-MEMBERS: so many members are shown in a form that nobody can read. */
export function unreadMembersProblem(collection: string, unread: number): Problem {
  return {
    code: "SK-MEMBERS",
    level: "mapping",
    side: "klaviyo",
    field: collection,
    title: clip(`${unread} members of Klaviyo's ${collection} could not be read`, 60),
    explanation: `Klaviyo showed ${unread} of the members of list or segment ${collection} without a readable id. Until all can be read, nobody counts as removed from it.`,
    fix: ["Tandem retries automatically in every sync."],
    retry: "soon",
    reference: null,
  };
}
