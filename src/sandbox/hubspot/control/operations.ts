import { changeMembers } from "../lists/change-members.ts";
import type { ChangedMembers, MemberChanges } from "../lists/change-members.ts";
import { archiveObject, associate, createObject, editObject } from "../objects/change-objects.ts";
import type { LinkedContact, PlainType } from "../objects/change-objects.ts";
import { changeStatus, unsubscribeFromAll } from "../consent/change-consent.ts";
import type { Contact } from "../contacts/contact.ts";
import { findContact } from "../contacts/find-contact.ts";
import { createList, deleteList } from "../lists/list-endpoints.ts";
import type { ContactList, ProcessingType } from "../lists/list-store.ts";
import { mergeContacts } from "../contacts/merge-contacts.ts";
import type { PlainObject } from "../objects/plain-object.ts";
import type { PropertyDefinition } from "../properties/property-definition.ts";
import { changeProperty, createProperty } from "../properties/property-endpoints.ts";
import { canonicalEmail } from "../properties/property-value.ts";
import { invalid, notFound } from "../wire/vendor-error.ts";
import { archiveContact, eraseContact } from "../contacts/remove-contact.ts";
import type { ObjectType } from "../properties/seed-properties.ts";
import { USUAL_SCOPES } from "../wire/scopes.ts";
import type { Settings } from "../settings.ts";
import type { HubspotState } from "../state.ts";
import type { Token } from "../wire/token.ts";
import { USER_SOURCE } from "../state.ts";
import type { StatusState } from "../consent/subscription-store.ts";
import type { Writer } from "../contacts/write-contact.ts";
import { prepareCreate, prepareUpdate } from "../contacts/write-contact.ts";

/** Names one contact. */
export type ContactKey = { readonly id: string } | { readonly email: string };

/** A contact to begin with. */
export interface SeedContact {
  readonly properties: Readonly<Record<string, string | number | boolean>>;
  readonly additionalEmails?: readonly string[];
  /** ISO; default now. */
  readonly createdAt?: string;
  /** Ids of lists to put it on. */
  readonly lists?: readonly string[];
}

/** What people do in HubSpot's own pages, and what only a rehearsal can do. All throw Vendor error where HubSpot refuses. */
export interface HubspotOperations {
  /** Returns the ids. `force` lets several contacts have one address. */
  seedContacts(contacts: readonly SeedContact[], options?: { readonly force?: boolean }): readonly string[];
  editContact(key: ContactKey, properties: SeedContact["properties"]): void;
  archiveContact(key: ContactKey): void;
  eraseContact(key: ContactKey): void;
  /** Returns the survivor's id. */
  mergeContacts(primary: ContactKey, other: ContactKey): string;
  /** Returns its id. */
  createList(name: string, processingType?: ProcessingType): string;
  deleteList(listId: string): void;
  renameList(listId: string, name: string): void;
  /** Its filters are edited to the same end: for so long HubSpot computes who belongs to it, and shows nobody. */
  rebuildList(listId: string, milliseconds: number): void;
  /** DYNAMIC lists too: here the person is the filter. */
  changeMembers(listId: string, changes: Partial<MemberChanges>): ChangedMembers;
  createProperty(definition: Readonly<Record<string, unknown>>, objectType?: ObjectType): PropertyDefinition;
  archiveProperty(name: string, objectType?: ObjectType): void;
  makeReadOnly(name: string, objectType?: ObjectType): void;
  removeOption(name: string, value: string, objectType?: ObjectType): void;
  /** Returns its id; the first company of a contact may be its primary one. */
  createObject(
    type: PlainType,
    properties: Readonly<Record<string, string>>,
    contacts?: readonly LinkedContact[],
  ): string;
  editObject(type: PlainType, id: string, properties: Readonly<Record<string, string>>): void;
  archiveObject(type: PlainType, id: string): void;
  /** A primary company takes the place of the one before. */
  associate(type: PlainType, id: string, contacts: readonly LinkedContact[]): void;
  setSubscription(email: string, subscriptionId: number, state: StatusState): void;
  unsubscribeFromAll(email: string): void;
  /** Adds a token, or changes the scopes of one that is there. */
  setToken(
    token: string,
    change?: Partial<Omit<Token, "token" | "scopes">> & { scopes?: readonly string[] },
  ): void;
  revokeToken(token: string): void;
  set(settings: Partial<Settings>): Settings;
}

const DEFAULT_APP = { appId: "35417792", appName: "Tandem" } as const;

export function hubspotOperations(state: HubspotState): HubspotOperations {
  const user: Writer = { actor: "user", source: USER_SOURCE };
  const contactOf = (key: ContactKey): Contact => {
    const contact =
      "id" in key ? findContact(state, key.id, null) : state.contacts.byEmail(canonicalEmail(key.email));
    if (contact === undefined) throw notFound();
    return contact;
  };
  const listOf = (listId: string): ContactList => {
    const list = state.lists.get(listId);
    if (list === undefined) throw notFound();
    return list;
  };
  const propertyOf = (name: string, objectType: ObjectType): PropertyDefinition => {
    const property = state.properties[objectType].get(name);
    if (property === undefined) throw notFound();
    return property;
  };
  const objectOf = (type: PlainType, id: string): PlainObject => {
    const object = state.objects[type].get(id);
    if (object === undefined || object.gone !== null) throw notFound();
    return object;
  };
  return {
    seedContacts: (contacts, { force = false } = {}) =>
      contacts.map(({ properties, additionalEmails = [], createdAt, lists = [] }) => {
        const { id } = prepareCreate(state, user, properties, {
          force,
          additionalEmails: additionalEmails.map(canonicalEmail),
          ...(createdAt === undefined ? {} : { createdAt: timeOf(createdAt) }),
        }).commit();
        for (const listId of lists) changeMembers(state, user, listOf(listId), { add: [id], remove: [] });
        return id;
      }),
    editContact: (key, properties) => void prepareUpdate(state, user, contactOf(key), properties).commit(),
    archiveContact: (key) => archiveContact(state, user, contactOf(key)),
    eraseContact: (key) => eraseContact(state, user, contactOf(key)),
    mergeContacts: (primary, other) => mergeContacts(state, user, contactOf(primary), contactOf(other)).id,
    createList: (name, processingType = "MANUAL") => createList(state, user, name, processingType).id,
    deleteList: (listId) => deleteList(state, user, listOf(listId)),
    renameList(listId, name) {
      const list = listOf(listId);
      const before = { name: list.name };
      state.lists.rename(list, name);
      state.world.truth.applied({
        actor: "user",
        action: "list.rename",
        id: list.id,
        before,
        after: { name },
      });
    },
    rebuildList(listId, milliseconds) {
      const list = listOf(listId);
      if (list.processingType !== "DYNAMIC") throw invalid("Only a DYNAMIC list is computed");
      state.lists.rebuild(list, state.now() + milliseconds);
    },
    changeMembers: (listId, { add = [], remove = [] }) =>
      changeMembers(state, user, listOf(listId), { add, remove }),
    createProperty: (definition, objectType = "contacts") =>
      createProperty(state, user, objectType, definition),
    archiveProperty(name, objectType = "contacts") {
      changeProperty(state, user, objectType, propertyOf(name, objectType), { archived: true });
    },
    makeReadOnly(name, objectType = "contacts") {
      const property = propertyOf(name, objectType);
      const modificationMetadata = { ...property.modificationMetadata, readOnlyValue: true };
      changeProperty(state, user, objectType, property, { modificationMetadata });
    },
    removeOption(name, value, objectType = "contacts") {
      const property = propertyOf(name, objectType);
      const options = property.options.filter((option) => option.value !== value);
      if (options.length === property.options.length) throw invalid(`${name} has no option ${value}`);
      changeProperty(state, user, objectType, property, { options });
    },
    createObject(type, properties, contacts = []) {
      const id = createObject(state, user, type, properties);
      for (const contact of contacts) associate(state, user, type, objectOf(type, id), contact);
      return id;
    },
    editObject: (type, id, properties) => editObject(state, user, type, objectOf(type, id), properties),
    archiveObject: (type, id) => archiveObject(state, user, type, objectOf(type, id)),
    associate(type, id, contacts) {
      for (const contact of contacts) associate(state, user, type, objectOf(type, id), contact);
    },
    setSubscription: (email, subscriptionId, status) =>
      void changeStatus(state, user, { email, subscriptionId, state: status }),
    unsubscribeFromAll: (email) => void unsubscribeFromAll(state, user, email),
    setToken(token, { scopes, ...change } = {}) {
      const known = state.tokens.get(token) ?? {
        ...DEFAULT_APP,
        token,
        kind: "private-app" as const,
        scopes: new Set(USUAL_SCOPES),
        expiresAt: null,
      };
      state.tokens.set(token, {
        ...known,
        ...change,
        scopes: scopes === undefined ? known.scopes : new Set(scopes),
      });
    },
    revokeToken: (token) => void state.tokens.delete(token),
    set: (settings) => Object.assign(state.settings, settings),
  };
}

function timeOf(iso: string): number {
  const time = Date.parse(iso);
  if (Number.isNaN(time)) throw invalid(`${iso} is not a time`);
  return time;
}
