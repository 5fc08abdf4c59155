import type {
  Contact,
  ContactReading,
  ExternalId,
  IndexReading,
  RecordReading,
  UnreadableContact,
} from "../model/contact.ts";
import type { Problem } from "../model/problem.ts";

export const NOBODY_READ: RecordReading = { from: "records", contacts: [], unreadable: [] };

export const NOBODY_FOUND: IndexReading = { from: "index", contacts: [], unreadable: [] };

/** Their ids, and those that were merged into them. */
export function idsAndMerged(contacts: readonly Pick<Contact, "id" | "mergedIds">[]): readonly ExternalId[] {
  return contacts.flatMap(({ id, mergedIds }) => [id, ...mergedIds]);
}

/** Which of the ids that were read exist, readable or not, and which do not. */
export function existing(
  wanted: readonly ExternalId[],
  { contacts, unreadable }: ContactReading,
): { readonly there: readonly ExternalId[]; readonly missing: readonly ExternalId[] } {
  const unread = unreadable.flatMap(({ id }) => id ?? []);
  const found = new Set([...idsAndMerged(contacts), ...unread]);
  return {
    there: [...contacts.map(({ id }) => id), ...unread],
    missing: wanted.filter((id) => !found.has(id)),
  };
}

/** Records without an id belong to no known contact, so they are a problem of the connection. */
export function namelessProblems(unreadable: readonly UnreadableContact[]): readonly Problem[] {
  const [first] = unreadable.filter(({ id }) => id === null);
  return first === undefined ? [] : [{ ...first.problem, level: "mapping", field: "id" }];
}
