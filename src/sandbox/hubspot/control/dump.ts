import type { Contact } from "../contacts/contact.ts";
import { valueOf } from "../contacts/contact.ts";
import type { HubspotState } from "../state.ts";

/** A contact with everything it has, for a test to compare against. */
export interface DumpedContact {
  readonly id: string;
  /** Only what has a value; hidden computed properties are left out, opt-outs are in. */
  readonly properties: Readonly<Record<string, string>>;
  readonly additionalEmails: readonly string[];
  readonly mergedIds: readonly string[];
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Ids of the lists it is on. */
  readonly lists: readonly string[];
}

export interface DumpPage {
  readonly contacts: readonly DumpedContact[];
  /** Give it as `after` to continue; null at the end. */
  readonly next: string | null;
}

/** Live contacts in the order of their ids, a page at a time. */
export function dumpContacts(state: HubspotState, after: string | null = null, limit = 1_000): DumpPage {
  const contacts: DumpedContact[] = [];
  for (const contact of state.contacts.fromId(after === null ? 0 : Number(after) + 1)) {
    if (contact.gone !== null) continue;
    contacts.push(dumped(state, contact));
    if (contacts.length === limit) return { contacts, next: contact.id };
  }
  return { contacts, next: null };
}

/** How many there are of everything. */
export function counts(state: HubspotState): Readonly<Record<string, number>> {
  return {
    contacts: state.contacts.live(),
    companies: [...state.objects.companies.values()].filter(({ gone }) => gone === null).length,
    deals: [...state.objects.deals.values()].filter(({ gone }) => gone === null).length,
    lists: state.lists.all().length,
    memberships: state.lists.all().reduce((sum, list) => sum + list.members.size, 0),
    properties: state.properties.contacts.size,
    changes: state.world.truth.changes.length,
    calls: state.world.truth.calls.length,
  };
}

function dumped(state: HubspotState, contact: Contact): DumpedContact {
  const properties: Record<string, string> = {};
  for (const name of contact.values.keys()) {
    const value = valueOf(contact, name);
    if (value !== null) properties[name] = value;
  }
  return {
    id: contact.id,
    properties,
    additionalEmails: contact.additionalEmails,
    mergedIds: contact.mergedIds,
    createdAt: new Date(contact.createdAt).toISOString(),
    updatedAt: new Date(contact.touched.at).toISOString(),
    lists: state.lists.all().flatMap((list) => (list.members.has(contact.id) ? [list.id] : [])),
  };
}
