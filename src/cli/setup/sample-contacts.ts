import type { Connector, PropertyRequest } from "../../connectors/connector.ts";
import type { Sample } from "../../mapping/accounts/check-data.ts";
import type { Contact } from "../../model/contact.ts";

/** Reads whole pages of an account's contacts until so many are read, or all: a bounded number of calls. */
export async function sampleContacts(
  connector: Connector,
  properties: readonly PropertyRequest[],
  most: number,
  signal: AbortSignal,
): Promise<Sample> {
  const contacts: Contact[] = [];
  for await (const page of connector.contacts.everyone(properties, signal)) {
    contacts.push(...page.contacts);
    if (contacts.length >= most) return { contacts, whole: false };
  }
  return { contacts, whole: true };
}
