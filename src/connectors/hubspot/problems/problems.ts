import { clip } from "../../../model/clip.ts";
import type { Problem } from "../../../model/problem.ts";
import { ACCOUNT_PROBLEMS } from "./account-problems.ts";
import { between } from "./between.ts";
import {
  category,
  existingId,
  firstOptions,
  name,
  neededType,
  propertyCode,
  said,
  unknownItems,
} from "./error-answer.ts";
import type { ErrorAnswer, Row } from "./error-answer.ts";

/** HubSpot's causes, the first that matches. An answer that no row knows is shown in HubSpot's own words. */
export const CATALOGUE: readonly Row[] = [
  ...ACCOUNT_PROBLEMS,
  {
    code: "HS-EXISTS",
    level: "contact",
    retry: "soon",
    match: (answer) => answer.status === 409 && existingId(answer.error) !== null,
    title: "The contact exists in HubSpot already",
    explanation: (answer) => `A create met contact ${existingId(answer.error)}; it is linked and updated.`,
    fix: [],
  },
  {
    code: "HS-EMAIL-TAKEN",
    level: "contact",
    retry: "on_change",
    match: (answer) =>
      (propertyCode(answer, /^ALREADY_TAKEN$/) && name(answer) === "email") ||
      (answer.status === 409 && answer.about === "contact"),
    title: "This email already belongs to another HubSpot contact",
    explanation: (answer) => {
      const other = /\. (\d+) already has that value/.exec(said(answer))?.[1];
      return `${answer.subject} is on ${other === undefined ? "another contact" : `contact ${other}`}, perhaps as an additional address.`;
    },
    fix: ["Merge the two contacts in HubSpot, or remove the address from one of them."],
  },
  {
    code: "HS-BATCH-DUP",
    level: "contact",
    retry: "soon",
    match: (answer) => /Duplicate IDs found in batch input/.test(said(answer)),
    title: "The same contact was twice in one batch",
    explanation: "This is a mistake of Tandem's, not yours.",
    fix: ["Copy the diagnostics and report them."],
  },
  {
    code: "HS-EMAIL",
    level: "contact",
    retry: "on_change",
    match: (answer) =>
      propertyCode(answer, /^INVALID_EMAIL$/) ||
      between(said(answer), "Email address ", " is invalid") !== null,
    title: "HubSpot does not accept this email address",
    explanation: (answer) =>
      `"${answer.value || answer.subject}" is refused. HubSpot checks the ending of the domain too.`,
    fix: ["Correct the address in Klaviyo, or ignore the contact."],
  },
  {
    code: "HS-OPTION",
    level: "field",
    retry: "on_change",
    match: (answer) =>
      propertyCode(answer, /^INVALID_OPTION$/) || /was not one of the allowed options/.test(said(answer)),
    title: (answer) => `"${clip(unknownItems(answer), 20)}" is not an option of ${clip(name(answer), 20)}`,
    explanation: (answer) =>
      `HubSpot does not take "${unknownItems(answer)}" for ${name(answer)}. It only takes: ${firstOptions(answer)}.`,
    fix: (answer) => [
      `Add the option in HubSpot under Settings > Properties > ${name(answer)},`,
      "or map the value under options: in the mapping file.",
    ],
  },
  {
    code: "HS-NOPROP",
    level: "mapping",
    retry: "soon",
    match: (answer) => propertyCode(answer, /^PROPERTY_DOESNT_EXIST$/),
    title: (answer) => `HubSpot property ${clip(name(answer), 32)} is gone`,
    explanation: (answer) =>
      `${name(answer)} was deleted or renamed in HubSpot. This field is off for everyone until that is fixed; other fields keep syncing.`,
    fix: (answer) => [`Restore ${name(answer)} in HubSpot, or change its line in the mapping file.`],
  },
  {
    code: "HS-READONLY",
    level: "mapping",
    retry: "on_change",
    match: (answer) =>
      propertyCode(answer, /^READ_ONLY_VALUE$/) ||
      (answer.property !== null && /(read[ -]only|calculated) property/i.test(said(answer))),
    title: (answer) => `HubSpot computes ${clip(name(answer), 20)}; it cannot be written`,
    explanation: (answer) => `${name(answer)} is a read-only or calculated property of HubSpot.`,
    fix: ["Set direction: to_klaviyo on this field's line in the mapping file."],
  },
  {
    code: "HS-TYPE",
    level: "field",
    retry: "on_change",
    match: (answer) =>
      propertyCode(
        answer,
        /^INVALID_(LONG|INTEGER|NUMBER|NUMERIC|DOUBLE|DECIMAL|DATE|DATETIME|BOOLEAN|BOOL)$/,
      ) ||
      (answer.property !== null && /was not a valid (long|number|integer|date|boolean)/i.test(said(answer))),
    title: (answer) =>
      `${clip(name(answer), 20)} needs a ${neededType(answer)}, got "${clip(answer.value, 15)}"`,
    explanation: (answer) =>
      `HubSpot keeps a ${neededType(answer)} in ${name(answer)}, and "${answer.value}" is none. The other fields were synced.`,
    fix: ["Correct the value in Klaviyo, or add a transform to this field's line in the mapping file."],
  },
  {
    code: "HS-REQUIRED",
    level: "contact",
    retry: "on_change",
    match: (answer) =>
      answer.status === 400 &&
      (propertyCode(answer, /REQUIRED|MISSING/) || /\b(is|are) (also |now )?required\b/i.test(said(answer))),
    title: (answer) => `HubSpot now needs ${clip(name(answer), 30)} as well`,
    explanation: (answer) =>
      `HubSpot requires another property before it takes this contact: ${said(answer)}`,
    fix: (answer) => [`Map ${name(answer)} too, or change the requirement in HubSpot.`],
  },
  {
    code: "HS-RULE",
    level: "field",
    retry: "on_change",
    match: (answer) =>
      propertyCode(answer, /VALIDATION|RULE|PATTERN|REGEX|FORMAT|LENGTH|TOO_|RANGE|MIN|MAX|ALREADY_TAKEN/) ||
      (answer.property !== null && /validation rule/i.test(said(answer))),
    title: (answer) => `${clip(name(answer), 30)} breaks a rule set in your HubSpot`,
    explanation: (answer) => `Your HubSpot admin set a rule for ${name(answer)}: ${said(answer)}`,
    fix: ["Correct the value, or relax the rule in HubSpot under Settings > Properties > Rules."],
  },
  {
    code: "HS-LIST",
    level: "mapping",
    retry: "soon",
    match: ({ status, about }) => about === "list" && status === 404,
    title: ({ subject }) => `HubSpot list "${clip(subject, 24)}" no longer exists`,
    explanation: ({ subject }) =>
      `List ${subject} was deleted in HubSpot, or may not be read any more. To be safe nobody is removed from Klaviyo.`,
    fix: ["Restore the list in HubSpot, or change the rule in the mapping file."],
  },
  {
    code: "HS-GONE",
    level: "contact",
    retry: "never",
    // Of everything at once a 404 says nothing: it is no contact that is not there.
    match: (answer) =>
      answer.about !== "account" && (answer.status === 404 || category(answer) === "OBJECT_NOT_FOUND"),
    title: "The HubSpot contact was deleted or merged",
    explanation: ({ subject }) =>
      `HubSpot does not know the contact of ${subject || "this person"} any more. It can be restored for 90 days.`,
    fix: [
      "If it is wanted again, restore it in HubSpot, or create a contact with the same address there.",
      "It is then linked and kept in step by itself.",
    ],
  },
  {
    code: "HS-EVENT-DUP",
    level: "contact",
    retry: "never",
    match: ({ about, status }) => about === "event" && status === 409,
    title: "HubSpot has this event already",
    explanation: "An occurrence with this id exists, and occurrences never change. It counts as done.",
    fix: [],
  },
];

const UNKNOWN: Row = {
  code: "HS-UNKNOWN",
  level: "contact",
  retry: "on_change",
  match: () => true,
  title: ({ status }) => `HubSpot refused this (status ${status})`,
  explanation: (answer) => `HubSpot says: ${said(answer) || "nothing"}`,
  fix: ["Look the message up in HubSpot's documentation, or report it with the reference."],
};

/** The Problem that an error answer is, in words with its values. Pure; never quotes a header or a key. */
export function problemOf(answer: ErrorAnswer): Problem {
  const row = CATALOGUE.find((each) => each.match(answer)) ?? UNKNOWN;
  const word = <T>(part: T | ((answer: ErrorAnswer) => T)): T =>
    typeof part === "function" ? (part as (answer: ErrorAnswer) => T)(answer) : part;
  return {
    code: row.code,
    level: row === UNKNOWN && answer.property !== null ? "field" : row.level,
    side: "hubspot",
    field: answer.property?.property ?? null,
    title: clip(word(row.title), LONGEST_TITLE),
    explanation: clip(word(row.explanation), LONGEST_EXPLANATION),
    fix: word(row.fix),
    retry: row.retry,
    reference: answer.error?.correlationId ?? null,
  };
}

const LONGEST_TITLE = 60;
/** A refused value can be 65,536 characters long; a person reads the beginning. */
const LONGEST_EXPLANATION = 400;
