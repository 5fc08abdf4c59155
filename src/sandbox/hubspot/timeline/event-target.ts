import type { Contact } from "../contacts/contact.ts";
import { valueOf } from "../contacts/contact.ts";
import { canonicalEmail } from "../properties/property-value.ts";
import { invalid } from "../wire/vendor-error.ts";
import type { JsonObject } from "../wire/request-parts.ts";
import type { HubspotState } from "../state.ts";
import type { Writer } from "../contacts/write-contact.ts";
import { prepareCreate, prepareUpdate } from "../contacts/write-contact.ts";

/** The record an event belongs to, found when it is recorded: an event before it may have made it. */
export type Target = () => string;

/** What an event that names an address does to people, beside being recorded. */
export interface TargetRules {
  /** `email` with `objectId` gives the contact that address. */
  readonly emailChanges: boolean;
  /** `email` alone makes a contact where nobody has the address. */
  readonly emailCreates: boolean;
}

/**
 * Finds whom an event is about. For contacts HubSpot documents two dangers of its timeline API: an unknown `email`
 * creates a contact, and `email` together with `objectId` changes the contact's address. Both are
 * done, and counted.
 *
 * @throws VendorError 400 where nobody is named, or nobody is there
 */
export function targetOf(
  state: HubspotState,
  writer: Writer,
  objectType: "contacts" | "companies" | "deals",
  event: JsonObject,
  rules: TargetRules,
): Target {
  const objectId = textOf(event["objectId"]);
  const email = textOf(event["email"]);
  if (objectType !== "contacts") return otherTarget(state, objectType, objectId);
  if (objectId !== null) {
    const contact = state.contacts.resolve(objectId);
    if (contact === undefined) throw invalid(`No contact with id ${objectId} was found`);
    if (email === null || !rules.emailChanges) return () => contact.id;
    return readdressed(state, writer, contact, email);
  }
  // A visitor's token leads to nobody here: nobody browses.
  if (email === null) throw invalid("One of objectId, email or utk must be provided");
  const known = (): Contact | undefined => state.contacts.byEmail(canonicalEmail(email));
  if (known() === undefined) {
    if (!rules.emailCreates) throw invalid(`No contact with email ${email} was found`);
    prepareCreate(state, writer, { email });
  }
  return () => {
    const found = known();
    if (found !== undefined) return found.id;
    const created = prepareCreate(state, writer, { email }).commit();
    state.timeline.incidents.contactsCreated += 1;
    return created.id;
  };
}

function readdressed(state: HubspotState, writer: Writer, contact: Contact, email: string): Target {
  const prepared = prepareUpdate(state, writer, contact, { email });
  return () => {
    const before = valueOf(contact, "email");
    prepared.commit();
    if (valueOf(contact, "email") !== before) state.timeline.incidents.emailsChanged += 1;
    return contact.id;
  };
}

function otherTarget(state: HubspotState, type: "companies" | "deals", objectId: string | null): Target {
  if (objectId === null) throw invalid("objectId must be provided");
  const object = state.objects[type].get(objectId);
  if (object === undefined || object.gone !== null) throw invalid(`No record with id ${objectId} was found`);
  return () => object.id;
}

function textOf(value: unknown): string | null {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value : null;
}
