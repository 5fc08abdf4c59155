import type { Contact } from "./contact.ts";
import { valueOf } from "./contact.ts";
import { canonicalEmail } from "../properties/property-value.ts";
import { invalid } from "../wire/vendor-error.ts";
import type { HubspotState } from "../state.ts";

/** The live contact behind an id, or behind a value of a property that is unique; merged-away ids lead on. */
export function findContact(state: HubspotState, id: string, idProperty: string | null): Contact | undefined {
  if (idProperty === null || idProperty === "hs_object_id") return state.contacts.resolve(id);
  return findByUniqueValue(state, id, idProperty);
}

/** The same for a write: a merged-away id no longer names anybody who could be written to. */
export function findToWrite(state: HubspotState, id: string, idProperty: string | null): Contact | undefined {
  if (idProperty === null || idProperty === "hs_object_id") return state.contacts.get(id);
  return findByUniqueValue(state, id, idProperty);
}

function findByUniqueValue(state: HubspotState, value: string, idProperty: string): Contact | undefined {
  if (idProperty === "email") return state.contacts.byEmail(canonicalEmail(value));
  if (state.properties.contacts.get(idProperty)?.hasUniqueValue !== true) {
    throw invalid(`${idProperty} is not a unique identifier property`);
  }
  for (const contact of state.contacts.fromId(0)) {
    if (contact.gone === null && valueOf(contact, idProperty) === value) return contact;
  }
  return undefined;
}
