import { clip } from "../model/clip.ts";
import type { ExternalId } from "../model/contact.ts";
import type { EmailKey } from "../model/email.ts";
import type { FieldRule } from "../model/mapping.ts";
import type { PastWrite } from "../model/history/past-write.ts";
import type { Problem } from "../model/problem.ts";
import type { Side } from "../model/side.ts";
import { SIDE_NAMES } from "../model/side.ts";
import type { Value } from "../model/value.ts";
import type { ExceededLimit } from "../model/hold.ts";
import { counted, grouped } from "../model/count-words.ts";

/** SK-TWO: the oldest contact is linked, the others are left alone until a person merges them. */
export function twoContactsOneAddress(
  side: Side,
  email: EmailKey,
  kept: ExternalId,
  others: readonly ExternalId[],
): Problem {
  const system = SIDE_NAMES[side];
  return {
    code: "SK-TWO",
    level: "contact",
    side,
    field: null,
    title: `${others.length === 1 ? "Two" : "Several"} ${system} contacts have the same email`,
    explanation: `${email} is on ${system} contacts ${[kept, ...others].join(" and ")}. Tandem syncs the oldest, ${kept}, and leaves the ${others.length === 1 ? "other" : "others"} alone.`,
    fix: [`Merge these contacts in ${system}, or give each its own address.`],
    retry: "on_change",
    reference: null,
  };
}

/** SK-CLAIMED: nothing of an erased person's contact is named. */
export function addressHeldByErased(side: Side, email: string): Problem {
  const system = SIDE_NAMES[side];
  return {
    code: "SK-CLAIMED",
    level: "contact",
    side,
    field: null,
    title: `An erased person's ${system} contact has this email`,
    explanation: `${email} belongs to a ${system} contact whose person was erased from Tandem. Tandem doesn't use that contact, and ${system} allows no second contact with the same email address. Tandem writes nothing for ${email}.`,
    fix: [
      `Remove ${email} from that ${system} contact. Tandem will retry automatically.`,
      `If the erased person should sync again, run \`tandem erase --allow\` with their email address.`,
    ],
    retry: "soon",
    reference: null,
  };
}

const HELD_WORDS: Readonly<Record<ExceededLimit["action"], string>> = {
  creates: "contacts to create",
  updates: "contacts to change",
  clears: "values to empty",
  removals: "list removals",
  unsubscribes: "people to unsubscribe",
  subscribes: "people to subscribe",
  leavers: "people who left a list",
  deaths: "contacts no longer found",
  people: "people with a change",
  repointed: "people affected by a list name",
};

/** SK-LIMIT: nothing of that kind was done; the rest of the run went on. */
export function heldByLimit(limit: ExceededLimit): Problem {
  const { side, action, planned, allowed, collection, repointed } = limit;
  const where = side === null ? "" : ` in ${SIDE_NAMES[side]}`;
  return {
    code: "SK-LIMIT",
    level: "connection",
    side: null,
    field: [side, action, collection].filter((part) => part !== null).join(" "),
    title:
      repointed === undefined
        ? `Held: ${grouped(planned)} ${HELD_WORDS[action]}${where}, limit ${grouped(allowed)}`
        : clip(`Held: another ${where.slice(4)} list is called "${collection ?? ""}"`, 60),
    explanation: heldBecause(limit, where),
    fix: [
      "Review the changes on the Mapping page under Held changes, or with `tandem approve`.",
      "Approve them if they are meant. If not, fix the cause: Tandem then withdraws them.",
    ],
    retry: "on_change",
    reference: null,
  };
}

function heldBecause(limit: ExceededLimit, where: string): string {
  const { action, planned, allowed, collection, repointed } = limit;
  if (repointed !== undefined) {
    const { from, to, gone, enters, leaves } = repointed;
    const first = gone ? "which no longer exists" : "which stays in use";
    return `The mapping names "${collection ?? ""}". That was ${from}${where}, ${first}, and is now ${to}. With ${to}, ${counted(enters, "person", "people")} would enter and ${counted(leaves, "person", "people")} would leave. Nothing changes until someone approves.`;
  }
  if (action === "subscribes" && allowed === 0)
    return `${counted(planned, "subscribe request waits", "subscribe requests wait")}. They need approval if limits.subscribes_per_run is 0. They also need it after an hour without a run, because opt-outs may be missing.`;
  switch (action) {
    case "leavers":
      return `${grouped(planned)} people are no longer in ${collection ?? "a list"}${where}. Tandem accepts ${grouped(allowed)} at once, because more is usually a mistake. Until someone approves, it treats them as still there.`;
    case "deaths":
      return `${grouped(planned)} linked contacts were not found${where}. Tandem accepts ${grouped(allowed)} at once, because more usually means an incomplete answer. Their links wait.`;
    case "people":
    case "repointed":
      return `This run would change ${grouped(planned)} people. limits.approval_above allows ${grouped(allowed)}. No contact was written.`;
    case "creates":
    case "updates":
    case "clears":
    case "removals":
    case "unsubscribes":
    case "subscribes":
      return `This run has ${grouped(planned)} ${HELD_WORDS[action]}${where}. limits.${action}_per_run allows ${grouped(allowed)}. None were made; everything else was.`;
  }
}

/** SK-ERRORS: something is wrong with more than these contacts; the rest of the run was not tried. */
export function tooManyErrors(refused: number, allowed: number): Problem {
  return {
    code: "SK-ERRORS",
    level: "connection",
    side: null,
    field: null,
    title: `Stopped: ${grouped(refused)} contacts failed`,
    explanation: `limits.errors_per_run allows ${grouped(allowed)} failing contacts in this run. This many at once usually have one cause. The others were not tried.`,
    fix: [
      "Find the causes on the Errors page or with `tandem status`, and fix the first one.",
      "The next run continues automatically.",
    ],
    retry: "on_change",
    reference: null,
  };
}

/** Values in words; the longest are cut, since four of them stand in one sentence. */
const LONGEST_VALUE = 40;

/** SK-LOOP: two things that both rewrite a field, and Tandem carries their values to and fro. */
export function keepsChanging({ key, property }: FieldRule, writes: readonly PastWrite[]): Problem {
  const name = clip(property.hubspot, 28);
  const spoken = writes.map(({ after, at }) => `${valueWords(after)} (${at.slice(0, 16).replace("T", " ")})`);
  return {
    code: "SK-LOOP",
    level: "field",
    side: null,
    field: key,
    title: `${name} keeps changing back and forth`,
    explanation: `Both systems, or another tool, rewrite ${property.hubspot} ↔ ${property.klaviyo}. In UTC, Tandem wrote ${spoken.join(", ")}. Tandem does not write these values again for a day. It does write any other value.`,
    fix: [
      `Find what changes it back: a workflow in HubSpot, a flow in Klaviyo, or another tool. Stop it there, or make the field one-way in the mapping.`,
      "Then run `tandem retry --cause SK-LOOP`, or set the field to another value.",
    ],
    retry: "on_change",
    reference: null,
  };
}

function valueWords(value: Value): string {
  const text = value === null ? "(empty)" : Array.isArray(value) ? value.join(", ") : JSON.stringify(value);
  return clip(text, LONGEST_VALUE);
}
