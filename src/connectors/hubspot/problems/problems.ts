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
} from "./refusal.ts";
import type { Refusal, Row } from "./refusal.ts";

/** HubSpot's causes, the first that matches. An answer that no row knows is shown in HubSpot's own words. */
export const CATALOGUE: readonly Row[] = [
  ...ACCOUNT_PROBLEMS,
  {
    code: "HS-EXISTS",
    level: "contact",
    retry: "soon",
    match: (refusal) => refusal.status === 409 && existingId(refusal.error) !== null,
    title: "The contact exists in HubSpot already",
    explanation: (refusal) => `A create met contact ${existingId(refusal.error)}; it is linked and updated.`,
    fix: [],
  },
  {
    code: "HS-EMAIL-TAKEN",
    level: "contact",
    retry: "on_change",
    match: (refusal) =>
      (propertyCode(refusal, /^ALREADY_TAKEN$/) && name(refusal) === "email") ||
      (refusal.status === 409 && refusal.about === "contact"),
    title: "This email already belongs to another HubSpot contact",
    explanation: (refusal) => {
      const other = /\. (\d+) already has that value/.exec(said(refusal))?.[1];
      return `${refusal.subject} is on ${other === undefined ? "another contact" : `contact ${other}`}, perhaps as an additional address.`;
    },
    fix: ["Merge the two contacts in HubSpot, or remove the address from one of them."],
  },
  {
    code: "HS-BATCH-DUP",
    level: "contact",
    retry: "soon",
    match: (refusal) => /Duplicate IDs found in batch input/.test(said(refusal)),
    title: "The same contact was twice in one batch",
    explanation: "This is a mistake of Tandem's, not yours.",
    fix: ["Copy the diagnostics and report them."],
  },
  {
    code: "HS-EMAIL",
    level: "contact",
    retry: "on_change",
    match: (refusal) =>
      propertyCode(refusal, /^INVALID_EMAIL$/) ||
      between(said(refusal), "Email address ", " is invalid") !== null,
    title: "HubSpot does not accept this email address",
    explanation: (refusal) =>
      `"${refusal.value || refusal.subject}" is refused. HubSpot checks the ending of the domain too.`,
    fix: ["Correct the address in Klaviyo, or ignore the contact."],
  },
  {
    code: "HS-OPTION",
    level: "field",
    retry: "on_change",
    match: (refusal) =>
      propertyCode(refusal, /^INVALID_OPTION$/) || /was not one of the allowed options/.test(said(refusal)),
    title: (refusal) => `"${clip(unknownItems(refusal), 20)}" is not an option of ${clip(name(refusal), 20)}`,
    explanation: (refusal) =>
      `HubSpot does not take "${unknownItems(refusal)}" for ${name(refusal)}. It only takes: ${firstOptions(refusal)}.`,
    fix: (refusal) => [
      `Add the option in HubSpot under Settings > Properties > ${name(refusal)},`,
      "or map the value under options: in the mapping file.",
    ],
  },
  {
    code: "HS-NOPROP",
    level: "mapping",
    retry: "soon",
    match: (refusal) => propertyCode(refusal, /^PROPERTY_DOESNT_EXIST$/),
    title: (refusal) => `HubSpot property ${clip(name(refusal), 32)} is gone`,
    explanation: (refusal) =>
      `${name(refusal)} was deleted or renamed in HubSpot. This field is off for everyone until that is fixed; other fields keep syncing.`,
    fix: (refusal) => [`Restore ${name(refusal)} in HubSpot, or change its line in the mapping file.`],
  },
  {
    code: "HS-READONLY",
    level: "mapping",
    retry: "on_change",
    match: (refusal) =>
      propertyCode(refusal, /^READ_ONLY_VALUE$/) ||
      (refusal.property !== null && /(read[ -]only|calculated) property/i.test(said(refusal))),
    title: (refusal) => `HubSpot computes ${clip(name(refusal), 20)}; it cannot be written`,
    explanation: (refusal) => `${name(refusal)} is a read-only or calculated property of HubSpot.`,
    fix: ["Set direction: to_klaviyo on this field's line in the mapping file."],
  },
  {
    code: "HS-TYPE",
    level: "field",
    retry: "on_change",
    match: (refusal) =>
      propertyCode(
        refusal,
        /^INVALID_(LONG|INTEGER|NUMBER|NUMERIC|DOUBLE|DECIMAL|DATE|DATETIME|BOOLEAN|BOOL)$/,
      ) ||
      (refusal.property !== null &&
        /was not a valid (long|number|integer|date|boolean)/i.test(said(refusal))),
    title: (refusal) =>
      `${clip(name(refusal), 20)} needs a ${neededType(refusal)}, got "${clip(refusal.value, 15)}"`,
    explanation: (refusal) =>
      `HubSpot keeps a ${neededType(refusal)} in ${name(refusal)}, and "${refusal.value}" is none. The other fields were synced.`,
    fix: ["Correct the value in Klaviyo, or add a transform to this field's line in the mapping file."],
  },
  {
    code: "HS-REQUIRED",
    level: "contact",
    retry: "on_change",
    match: (refusal) =>
      refusal.status === 400 &&
      (propertyCode(refusal, /REQUIRED|MISSING/) ||
        /\b(is|are) (also |now )?required\b/i.test(said(refusal))),
    title: (refusal) => `HubSpot now needs ${clip(name(refusal), 30)} as well`,
    explanation: (refusal) =>
      `HubSpot requires another property before it takes this contact: ${said(refusal)}`,
    fix: (refusal) => [`Map ${name(refusal)} too, or change the requirement in HubSpot.`],
  },
  {
    code: "HS-RULE",
    level: "field",
    retry: "on_change",
    match: (refusal) =>
      propertyCode(refusal, /VALIDATION|RULE|PATTERN|REGEX|FORMAT|LENGTH|TOO_|RANGE|MIN|MAX|ALREADY_TAKEN/) ||
      (refusal.property !== null && /validation rule/i.test(said(refusal))),
    title: (refusal) => `${clip(name(refusal), 30)} breaks a rule set in your HubSpot`,
    explanation: (refusal) => `Your HubSpot admin set a rule for ${name(refusal)}: ${said(refusal)}`,
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
    match: (refusal) =>
      refusal.about !== "account" && (refusal.status === 404 || category(refusal) === "OBJECT_NOT_FOUND"),
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
  explanation: (refusal) => `HubSpot says: ${said(refusal) || "nothing"}`,
  fix: ["Look the message up in HubSpot's documentation, or report it with the reference."],
};

/** The Problem that a refusal is, in words with its values. Pure; never quotes a header or a key. */
export function problemOf(refusal: Refusal): Problem {
  const row = CATALOGUE.find((each) => each.match(refusal)) ?? UNKNOWN;
  const word = <T>(part: T | ((refusal: Refusal) => T)): T =>
    typeof part === "function" ? (part as (refusal: Refusal) => T)(refusal) : part;
  return {
    code: row.code,
    level: row === UNKNOWN && refusal.property !== null ? "field" : row.level,
    side: "hubspot",
    field: refusal.property?.property ?? null,
    title: clip(word(row.title), LONGEST_TITLE),
    explanation: clip(word(row.explanation), LONGEST_EXPLANATION),
    fix: word(row.fix),
    retry: row.retry,
    reference: refusal.error?.correlationId ?? null,
  };
}

const LONGEST_TITLE = 60;
/** A refused value can be 65,536 characters long; a person reads the beginning. */
const LONGEST_EXPLANATION = 400;
