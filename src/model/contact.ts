import type { Consent } from "./consent.ts";
import type { EditTimes } from "./history/edit-time.ts";
import type { EmailKey } from "./email.ts";
import type { Problem } from "./problem.ts";
import type { Side } from "./side.ts";
import type { Values } from "./value.ts";

/** A system's own id of a contact; numeric at HubSpot, a ULID at Klaviyo, text to us. */
export type ExternalId = string;

/** A person as one side shows it. `values` are by the side's own property names, canonical by the asked-for type. */
export interface Contact {
  readonly side: Side;
  readonly id: ExternalId;
  /** `null` where the contact has no address or one that is no address. */
  readonly email: EmailKey | null;
  /** The side's own spelling of the address, for people to read. */
  readonly shownEmail: string | null;
  /** Its additional addresses, where the side keeps such. */
  readonly otherEmails: readonly EmailKey[];
  /** A property that was not in the answer has no key here: unknown is not empty. */
  readonly values: Values;
  /** Properties whose value does not fit the asked-for type, with the value as text; they have no key in `values`. */
  readonly unreadable: Readonly<Record<string, string>>;
  /** Only where the side keeps e-mail consent and it was asked for. */
  readonly consent: Consent | null;
  /** ISO, UTC. */
  readonly createdAt: string;
  /** When the side last changed anything of it, for whatever reason. ISO, UTC. */
  readonly updatedAt: string;
  /** Other ids that led to this contact before a merge. */
  readonly mergedIds: readonly ExternalId[];
}

/** A contact that a side has and that could not be read. It exists; nothing else may be concluded from it. */
export interface UnreadableContact {
  readonly side: Side;
  /** `null` where the record does not even say that. */
  readonly id: ExternalId | null;
  /** Its email address, where that part could be read. */
  readonly email: EmailKey | null;
  /** Of level `contact`: which part could not be read. */
  readonly problem: Problem;
}

/** What a side showed when asked for contacts. A contact in neither part does not exist, says the side. */
export interface ContactReading {
  readonly contacts: readonly Contact[];
  readonly unreadable: readonly UnreadableContact[];
}

/** Contacts that were read as records: by id, so that what they show is what is there, whatever their times say. */
export interface RecordReading extends ContactReading {
  readonly from: "records";
}

/** Contacts as a search or a page of a list showed them, which may lag behind what was written. */
export interface IndexReading extends ContactReading {
  readonly from: "index";
}

/** Tags what was read by id. */
export function fromRecords({ contacts, unreadable }: ContactReading): RecordReading {
  return { from: "records", contacts, unreadable };
}

/** Tags what was found by a search, or shown on a page. */
export function fromIndex({ contacts, unreadable }: ContactReading): IndexReading {
  return { from: "index", contacts, unreadable };
}

/** A contact as last seen and stored, its values turned into the mapping's fields. */
export interface Sighting {
  readonly side: Side;
  readonly id: ExternalId;
  readonly email: EmailKey | null;
  /** By `FieldRule.key`, after options and normalising: comparable between the sides. */
  readonly fields: Values;
  /** Fields whose value could not be turned, with why. They have no key in `fields`. */
  readonly unreadable: Readonly<Record<string, Problem>>;
  readonly consent: Consent | null;
  /** How it was read (`mapping/snapshot-shape.ts`). */
  readonly shape: string;
  readonly edited: EditTimes;
  /** The ids of the rules that this contact matches on its side. */
  readonly rules: readonly string[];
}
