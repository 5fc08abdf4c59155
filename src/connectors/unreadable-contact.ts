import { clip } from "../model/clip.ts";
import type { ExternalId, UnreadableContact } from "../model/contact.ts";
import type { EmailKey } from "../model/email.ts";
import type { Side } from "../model/side.ts";

/** What is known of a record that is not as its system documents it. */
export interface BrokenRecord {
  readonly id: ExternalId | null;
  readonly email: EmailKey | null;
  /** The path of the part that could not be read: `updatedAt`, `attributes.email`. */
  readonly part: string;
  /** What stood there, as text. */
  readonly value: string;
}

const LONGEST_VALUE = 80;

/** SK-UNREADABLE: Tandem writes nothing for this person, and concludes nothing, until the record can be read. */
export function unreadableContact(side: Side, record: BrokenRecord): UnreadableContact {
  const { id, email, part, value } = record;
  const [system, kind] = side === "hubspot" ? ["HubSpot", "contact"] : ["Klaviyo", "profile"];
  const which = id === null ? "One" : `"${clip(part, 40)}" of`;
  const said = value === "" ? "missing" : `"${clip(value, LONGEST_VALUE)}"`;
  const where =
    id === null
      ? `${which} ${system} ${kind} has no readable id: its "${clip(part, 40)}" is ${said}.`
      : `${which} ${system} ${kind} ${id} is ${said}, which Tandem can't read.`;
  const problem = {
    code: "SK-UNREADABLE",
    level: "contact",
    side,
    field: null,
    title: clip(`A ${system} ${kind} could not be read`, 60),
    explanation: `${where} Nothing is written for this person, and the ${kind} doesn't count as deleted.`,
    fix: [
      "Tandem retries automatically in every sync.",
      `If it lasts, edit the ${kind} in ${system} so that ${system} stores it again, or ask ${system} support.`,
    ],
    retry: "soon",
    reference: null,
  } as const;
  return { side, id, email, problem };
}

/** A value of any kind as text for people. */
export function textOfAny(value: unknown): string {
  if (value === undefined) return "";
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}
