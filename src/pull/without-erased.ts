import type { Contact, UnreadableContact } from "../model/contact.ts";
import { erasedAmong, traceOf } from "../store/people/erased.ts";
import type { Store } from "../store/database/store.ts";

/** Contacts of a page, parted by whether their person was erased from Tandem. */
export interface PartedContacts {
  readonly kept: readonly Contact[];
  /** Not to be stored. */
  readonly erased: readonly Contact[];
}

/**
 * Stores nobody who has an erased email address, main or additional, or whose contact was erased or has
 * taken in an erased one. A person in sync under another email address stays so, without the erased one.
 */
export async function withoutErased(store: Store, contacts: readonly Contact[]): Promise<PartedContacts> {
  const traces = new Set(contacts.flatMap((contact) => [contact.email ?? [], tracesOf(contact)].flat()));
  const erased = await erasedAmong(store, [...traces]);
  if (erased.size === 0) return { kept: contacts, erased: [] };
  const isErased = (address: string | null): boolean => address !== null && erased.has(address);
  const unsure = contacts.filter((contact) => tracesOf(contact).some(isErased));
  const linked = await linkedAmong(store, unsure);
  const isGone = (contact: Contact): boolean =>
    isErased(contact.email) || (tracesOf(contact).some(isErased) && !linked.has(contact));
  return {
    kept: contacts
      .filter((contact) => !isGone(contact))
      .map((contact) => ({
        ...contact,
        otherEmails: contact.otherEmails.filter((address) => !isErased(address)),
      })),
    erased: contacts.filter(isGone),
  };
}

/** Of erased people nothing is kept, a record that cannot be read included. */
export async function unreadableOfKnown(
  store: Store,
  unreadable: readonly UnreadableContact[],
): Promise<readonly UnreadableContact[]> {
  if (unreadable.length === 0) return [];
  const traces = ({ side, id, email }: UnreadableContact): readonly string[] => [
    ...(id === null ? [] : [traceOf(side, id)]),
    ...(email === null ? [] : [email]),
  ];
  const erased = await erasedAmong(store, [...new Set(unreadable.flatMap(traces))]);
  return unreadable.filter((one) => !traces(one).some((trace) => erased.has(trace)));
}

/** By which somebody is known besides their own address. */
function tracesOf({ side, id, mergedIds, otherEmails }: Contact): readonly string[] {
  return [...otherEmails, ...[id, ...mergedIds].map((each) => traceOf(side, each))];
}

/** Those who are in sync, by their own address or their own contact. */
async function linkedAmong(
  { statements, connectionId }: Store,
  contacts: readonly Contact[],
): Promise<ReadonlySet<Contact>> {
  const emails = contacts.flatMap(({ email }) => email ?? []);
  const idsOf = (side: Contact["side"]) => contacts.filter((one) => one.side === side).map(({ id }) => id);
  const links = await statements.link.findMany({
    where: {
      connectionId,
      OR: [
        { emailKey: { in: emails } },
        { hubspotId: { in: idsOf("hubspot") } },
        { klaviyoId: { in: idsOf("klaviyo") } },
      ],
    },
    select: { emailKey: true, hubspotId: true, klaviyoId: true },
  });
  const known = new Set(
    links.flatMap(({ emailKey, hubspotId, klaviyoId }) => [
      emailKey,
      traceOf("hubspot", hubspotId ?? ""),
      traceOf("klaviyo", klaviyoId ?? ""),
    ]),
  );
  return new Set(
    contacts.filter(({ side, id, email }) => known.has(email ?? "") || known.has(traceOf(side, id))),
  );
}
