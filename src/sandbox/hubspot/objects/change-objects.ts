import type { Contact } from "../contacts/contact.ts";
import { valueOf } from "../contacts/contact.ts";
import type { PlainObject } from "./plain-object.ts";
import { newObject, plainValue } from "./plain-object.ts";
import type { HubspotState } from "../state.ts";
import type { Writer } from "../contacts/write-contact.ts";
import { setValue } from "../contacts/write-contact.ts";

export type PlainType = "companies" | "deals";

/** A contact that belongs to a company or deal; `primary`: it is the contact's primary company. */
export interface LinkedContact {
  readonly id: string;
  readonly primary?: boolean;
}

const SINGULAR = { companies: "company", deals: "deal" } as const;

/** Makes a company or deal. Returns its id. */
export function createObject(
  state: HubspotState,
  { actor, source }: Writer,
  type: PlainType,
  properties: Readonly<Record<string, string>>,
): string {
  const object = newObject(state);
  const { id, createdAt: at } = object;
  for (const [name, value] of Object.entries(properties)) setValue(object, name, value, at, source);
  state.objects[type].set(id, object);
  state.world.truth.applied({
    actor,
    action: `${SINGULAR[type]}.create`,
    id,
    before: null,
    after: { ...properties },
  });
  return id;
}

/** Changes values; `""` clears. What changes nothing does not move `hs_lastmodifieddate` either. */
export function editObject(
  state: HubspotState,
  { actor, source }: Writer,
  type: PlainType,
  object: PlainObject,
  properties: Readonly<Record<string, string>>,
): void {
  const at = state.now();
  const before: Record<string, string | null> = {};
  for (const [name, value] of Object.entries(properties)) {
    const old = plainValue(object, name);
    if (setValue(object, name, value, at, source)) before[name] = old;
  }
  const changed = Object.keys(before);
  if (changed.length === 0) return;
  if (object.touched.at !== at) object.touched = { at, older: object.touched };
  const after = Object.fromEntries(changed.map((name) => [name, plainValue(object, name)]));
  state.world.truth.applied({ actor, action: `${SINGULAR[type]}.update`, id: object.id, before, after });
}

/** Takes a company or deal out of reads and search; anybody who belonged to it no longer does. */
export function archiveObject(
  state: HubspotState,
  writer: Writer,
  type: PlainType,
  object: PlainObject,
): void {
  const contacts = state.associations.of(type, object.id, "contacts").map(({ toObjectId }) => toObjectId);
  object.gone = state.now();
  state.associations.disconnect(type, object.id);
  for (const id of contacts) showPrimary(state, writer, id);
  const action = `${SINGULAR[type]}.archive`;
  state.world.truth.applied({ actor: writer.actor, action, id: object.id, before: null, after: null });
}

/** Says that a contact belongs to a company or deal. */
export function associate(
  state: HubspotState,
  writer: Writer,
  type: PlainType,
  object: PlainObject,
  { id, primary = false }: LinkedContact,
): void {
  state.associations.connect("contacts", id, type, object.id, primary);
  showPrimary(state, writer, id);
}

/**
 * `associatedcompanyid` is the id of the primary company, kept by HubSpot itself (changelog of 24 January 2019), and a
 * property like any other: when it moves, so does the contact's `lastmodifieddate`.
 */
function showPrimary(state: HubspotState, { source }: Writer, contactId: string): void {
  const contact: Contact | undefined = state.contacts.get(contactId);
  if (contact === undefined) return;
  const primary = state.associations
    .of("contacts", contactId, "companies")
    .find(({ associationTypes }) => associationTypes.some(({ label }) => label === "Primary"));
  const at = state.now();
  const before = valueOf(contact, "associatedcompanyid");
  if (!setValue(contact, "associatedcompanyid", primary?.toObjectId ?? "", at, source)) return;
  state.contacts.touch(contact, at);
  const after = valueOf(contact, "associatedcompanyid");
  state.world.truth.applied({
    actor: "system",
    action: "contact.update",
    id: contactId,
    before: { associatedcompanyid: before },
    after: { associatedcompanyid: after },
  });
}
