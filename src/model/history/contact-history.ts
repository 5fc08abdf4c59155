import type { Contact, UnreadableContact } from "../contact.ts";
import type { Value } from "../value.ts";

/** What a side told of the past of contacts, as `ContactReading` tells of their present. */
export interface HistoryReading {
  readonly histories: readonly ContactHistory[];
  readonly unreadable: readonly UnreadableContact[];
}

/** A contact, and what its properties held before. */
export interface ContactHistory {
  readonly contact: Contact;
  /** By property, the newest value first, as far back as the system tells. One that was never set has no key. */
  readonly past: Readonly<Record<string, readonly PastValue[]>>;
}

/** A value that a property had, or still has. */
export interface PastValue {
  /** Absent where it cannot be read as the property's type. */
  readonly value?: Value;
  /** When it was set; ISO, UTC. */
  readonly at: string;
}
