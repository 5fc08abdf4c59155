import type { Actor } from "../../ground-truth.ts";
import type { Contact, Source } from "./contact.ts";
import { valueOf } from "./contact.ts";
import { invalid, VendorError } from "../wire/vendor-error.ts";
import { LIFECYCLE_STAGES } from "../properties/seed-properties.ts";
import type { HubspotState } from "../state.ts";
import { writtenValues } from "../properties/written-values.ts";

/** Who writes: for the ground truth, and for the property history. */
export interface Writer {
  readonly actor: Actor;
  readonly source: Source;
}

/** What only seeding can say of a contact. */
export interface CreateOptions {
  readonly createdAt?: number;
  readonly additionalEmails?: readonly string[];
  /** Lets two contacts have one address, which HubSpot itself has been seen to do. */
  readonly force?: boolean;
}

/** A write that was found to be in order but is not done yet. */
export type Prepared<T> = { readonly values: ReadonlyMap<string, string>; readonly commit: () => T };

/** Checks a creation; throws 400, or 409 where the address is taken. */
export function prepareCreate(
  state: HubspotState,
  writer: Writer,
  properties: unknown,
  options: CreateOptions = {},
): Prepared<Contact> {
  const values = writtenValues(state, "contacts", properties, () => null);
  const email = values.get("email") ?? "";
  if (email === "" && !values.get("firstname") && !values.get("lastname")) {
    throw invalid("At least one of email, firstname, or lastname is required to create a contact");
  }
  if (options.force !== true) refuseTakenOnCreate(state, values);
  return { values, commit: () => create(state, writer, values, options) };
}

/** Checks an update; throws 400 where a value is wrong or the address belongs to someone else. */
export function prepareUpdate(
  state: HubspotState,
  writer: Writer,
  contact: Contact,
  properties: unknown,
): Prepared<Contact> {
  const values = writtenValues(state, "contacts", properties, (name) => valueOf(contact, name));
  refuseTakenOnUpdate(state, contact, values);
  return {
    values,
    commit() {
      update(state, writer, contact, values);
      return contact;
    },
  };
}

/** Sets one value that nobody may set: for what HubSpot itself keeps, such as an opt-out. False where nothing changed. */
export function setValue(
  { values }: Pick<Contact, "values">,
  name: string,
  value: string,
  at: number,
  source: Source,
): boolean {
  const older = values.get(name) ?? null;
  if ((older?.value ?? "") === value) return false;
  values.set(name, { value, at, source, older });
  return true;
}

function create(
  state: HubspotState,
  { actor, source }: Writer,
  values: ReadonlyMap<string, string>,
  options: CreateOptions,
): Contact {
  const at = options.createdAt ?? state.now();
  const contact: Contact = {
    ...state.nextId(),
    createdAt: at,
    source,
    touched: { at, older: null },
    gone: null,
    additionalEmails: options.additionalEmails ?? [],
    mergedIds: [],
    values: new Map(),
  };
  const all = new Map([["lifecyclestage", "lead"], ...values]);
  for (const [name, value] of all) setValue(contact, name, value, at, source);
  if (all.get("lifecyclestage") === "lead")
    setValue(contact, "hs_lifecyclestage_lead_date", String(at), at, source);
  const email = valueOf(contact, "email");
  if (email !== null) copyOptOut(state, contact, email, at);
  state.contacts.add(contact);
  const after = Object.fromEntries([...all].filter(([, value]) => value !== ""));
  state.world.truth.applied({ actor, action: "contact.create", id: contact.id, before: null, after });
  return contact;
}

function update(
  state: HubspotState,
  { actor, source }: Writer,
  contact: Contact,
  values: ReadonlyMap<string, string>,
): void {
  const at = state.now();
  const before: Record<string, string | null> = {};
  const after: Record<string, string | null> = {};
  const apply = (): void => {
    for (const [name, value] of values) {
      // The API answers 200 and leaves a later stage where it is; only people may move somebody back.
      if (name === "lifecyclestage" && actor === "api" && movesBack(valueOf(contact, name), value)) continue;
      const old = valueOf(contact, name);
      if (!setValue(contact, name, value, at, source)) continue;
      before[name] = old;
      after[name] = value === "" ? null : value;
    }
  };
  const email = values.get("email");
  if (email !== undefined && email !== (valueOf(contact, "email") ?? "")) {
    state.contacts.readdress(contact, () => {
      const old = valueOf(contact, "email");
      const swapped = contact.additionalEmails.includes(email);
      contact.additionalEmails = contact.additionalEmails.filter((other) => other !== email);
      // Choosing one of the contact's own other addresses swaps the two; a new address drops the old one.
      if (swapped && old !== null) contact.additionalEmails = [...contact.additionalEmails, old];
      apply();
    });
    copyOptOut(state, contact, email, at);
  } else {
    apply();
  }
  if (Object.keys(after).length === 0) return;
  state.contacts.touch(contact, at);
  state.world.truth.applied({ actor, action: "contact.update", id: contact.id, before, after });
}

/** Consent belongs to the address: a contact shows that of the address it has now. */
function copyOptOut(state: HubspotState, contact: Contact, email: string, at: number): void {
  const source: Source = { type: "EMAIL", id: "subscriptions", label: null, userId: null };
  const consent = state.subscriptions.consent(email);
  setValue(contact, "hs_email_optout", consent.optedOutAt === null ? "" : "true", at, source);
  for (const { id } of state.subscriptions.definitions) {
    const out = consent.optedOutAt !== null || consent.statuses.get(id)?.state === "UNSUBSCRIBED";
    setValue(contact, `hs_email_optout_${id}`, out ? "true" : "", at, source);
  }
}

function movesBack(current: string | null, next: string): boolean {
  if (current === null || next === "") return false;
  const rank = (stage: string): number => (LIFECYCLE_STAGES as readonly string[]).indexOf(stage);
  return rank(next) < rank(current);
}

function refuseTakenOnCreate(state: HubspotState, values: ReadonlyMap<string, string>): void {
  const email = values.get("email");
  if (email === undefined || email === "") return;
  const owner = state.contacts.byEmail(email);
  if (owner !== undefined && state.settings.takenEmailStatus === 400) {
    // The first id is of the record that HubSpot had half made; nobody ever sees it again.
    throw alreadyHas(state, state.nextId().id, email, owner);
  }
  if (owner !== undefined) {
    throw new VendorError(409, `Contact already exists. Existing ID: ${owner.id}`, { category: "CONFLICT" });
  }
  if (state.erasedEmails.has(email)) {
    throw invalid(`A contact with email ${email} was permanently deleted and cannot be created again`);
  }
}

function refuseTakenOnUpdate(
  state: HubspotState,
  contact: Contact,
  values: ReadonlyMap<string, string>,
): void {
  const email = values.get("email");
  if (email === undefined || email === "" || email === valueOf(contact, "email")) return;
  const owner = state.contacts.byEmail(email);
  if (owner === undefined || owner === contact) return;
  throw alreadyHas(state, contact.id, email, owner);
}

function alreadyHas({ settings }: HubspotState, id: string, email: string, owner: Contact): VendorError {
  const coordinates =
    `portalId=${settings.portalId}, objectTypeId=ObjectTypeId{legacyObjectType=CONTACT}, ` +
    `propertyName=email, value=${email}`;
  return invalid(
    `Cannot set PropertyValueCoordinates{${coordinates}} on ${id}. ${owner.id} already has that value.`,
  );
}
