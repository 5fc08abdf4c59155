import { chunks } from "../../model/chunks.ts";
import type { Contact, ExternalId } from "../../model/contact.ts";
import type { EmailKey } from "../../model/email.ts";
import type { Engagement } from "../../model/engagement.ts";
import { linkedContacts } from "../../store/feeds/engagement-contacts.ts";
import type { ShownContact } from "../../store/feeds/engagement-roll-ups.ts";
import type { EngagementContext } from "./context.ts";
import { personOf } from "./occurrence.ts";

/** Addresses looked up in one call: HubSpot takes a hundred. */
const ADDRESSES_PER_LOOKUP = 100;

/** The HubSpot contacts of people of the source, by `personOf`. Anybody who is not among them is unknown. */
export type FoundContacts = ReadonlyMap<string, ShownContact>;

/**
 * Finds the contacts of these events' people: the ones they are linked to, and otherwise the one that has their address.
 * Nothing is made or changed by it.
 */
export async function findContacts(
  context: EngagementContext,
  engagements: readonly Pick<Engagement, "person" | "email">[],
): Promise<FoundContacts> {
  const { store } = context;
  const people = new Map(engagements.map((one) => [personOf(one), one]));
  const ids = [...people.values()].flatMap(({ person }) => person ?? []);
  const emails = [...people.values()].flatMap(({ email }) => email ?? []);
  const linked = await linkedContacts(store, ids, emails);
  const byPerson = new Map(linked.map((link) => [link.person, link]));
  const byEmail = new Map<EmailKey, ShownContact>(linked.map((link) => [link.email, link]));
  const sought = [...people.values()].flatMap(({ person, email }) =>
    email === null || byPerson.has(person) || byEmail.has(email) ? [] : email,
  );
  for (const [email, contact] of await findByAddress(context, [...new Set(sought)]))
    byEmail.set(email, contact);
  const found = new Map<string, ShownContact>();
  for (const [key, { person, email }] of people) {
    const own =
      (person === null ? undefined : byPerson.get(person)) ??
      (email === null ? undefined : byEmail.get(email));
    if (key !== null && own !== undefined) found.set(key, { contact: own.contact, email: own.email });
  }
  return found;
}

async function findByAddress(
  { connectors, signal, progress }: EngagementContext,
  emails: readonly EmailKey[],
): Promise<ReadonlyMap<EmailKey, ShownContact>> {
  const wanted = new Set(emails);
  const oldest = new Map<EmailKey, Contact>();
  const unread = new Map<EmailKey, ShownContact>();
  let reached = 0;
  for (const some of chunks(emails, ADDRESSES_PER_LOOKUP)) {
    reached += some.length;
    const { contacts, unreadable } = await connectors.hubspot.contacts.find(some, [], signal);
    // One that cannot be read is there all the same: its person is not unknown.
    for (const { id, email } of unreadable)
      if (id !== null && email !== null) unread.set(email, { contact: id, email });
    for (const contact of contacts) {
      for (const email of [contact.email, ...contact.otherEmails]) {
        if (email === null || !wanted.has(email)) continue;
        const before = oldest.get(email);
        if (before === undefined || isOlder(contact, before)) oldest.set(email, contact);
      }
    }
    progress({ step: "look_up", side: "hubspot", done: reached, total: emails.length });
  }
  return new Map([
    ...unread,
    ...[...oldest].map(([email, { id }]) => [email, { contact: id, email }] as const),
  ]);
}

/** As the contact lane links: of several with one address the oldest. */
function isOlder(one: Contact, other: Contact): boolean {
  if (one.createdAt !== other.createdAt) return one.createdAt < other.createdAt;
  return lengthFirst(one.id) < lengthFirst(other.id);
}

function lengthFirst(id: ExternalId): string {
  return id.padStart(32, " ");
}
