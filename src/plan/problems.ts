import type { ExternalId } from "../model/contact.ts";
import type { EmailKey } from "../model/email.ts";
import type { Problem } from "../model/problem.ts";
import type { Side } from "../model/side.ts";
import type { ExceededLimit } from "./limits.ts";

/** SK-TWO: the oldest contact is linked, the others are left alone until a person merges them. */
export function twoContactsOneAddress(
  side: Side,
  email: EmailKey,
  kept: ExternalId,
  others: readonly ExternalId[],
): Problem {
  const system = side === "hubspot" ? "HubSpot" : "Klaviyo";
  return {
    code: "SK-TWO",
    level: "contact",
    side,
    field: null,
    title: `${others.length === 1 ? "Two" : "Several"} ${system} contacts have the same email`,
    explanation: `${email} is on ${system} contacts ${[kept, ...others].join(" and ")}. The oldest, ${kept}, is kept in step; ${others.length === 1 ? "the other is" : "the others are"} left alone.`,
    fix: [`Merge these contacts in ${system}, or give each its own address.`],
    retry: "on_change",
    reference: null,
  };
}

/** SK-LIMIT: no call of that class was made; the rest of the run went on. */
export function heldByLimit({ side, action, planned, allowed }: ExceededLimit): Problem {
  const system = side === "hubspot" ? "HubSpot" : "Klaviyo";
  return {
    code: "SK-LIMIT",
    level: "connection",
    side: null,
    field: `${side} ${action}`,
    title: `Held: ${planned} ${action} in ${system}, limit ${allowed}`,
    explanation: `This run would make ${planned} ${action} in ${system}; limits.${action}_per_run allows ${allowed}. None of them was made.`,
    fix: [
      "Look at `tandem plan`: is this what you want?",
      `If it is, raise limits.${action}_per_run in the mapping. If not, mend the cause: the held changes withdraw themselves.`,
    ],
    retry: "on_change",
    reference: null,
  };
}
