import type { Consent } from "../../model/consent.ts";
import type { ExternalId } from "../../model/contact.ts";
import type { Value, Values } from "../../model/value.ts";
import { plainConsent } from "../../model/consent.ts";
import type { Quirks } from "./quirks.ts";
import type { MemoryStore, StoredContact } from "./store.ts";
import { copyValues } from "./store.ts";

/** What people do in a memory system, and what they would see there. Values are stored as given, fitting or not. */
export interface MemoryUser {
  create(email: string | null, values?: Values, collections?: readonly string[]): ExternalId;
  edit(id: ExternalId, values: Values): void;
  clear(id: ExternalId, property: string): void;
  changeEmail(id: ExternalId, email: string | null): void;
  /** An additional address, as HubSpot's contacts may have. */
  addEmail(id: ExternalId, email: string): void;
  setConsent(id: ExternalId, consent: Consent): void;
  delete(id: ExternalId): void;
  /** Removes a contact for good. */
  deleteForPrivacy(id: ExternalId): void;
  /** Brings a deleted contact back under its id, in no collection. */
  restore(id: ExternalId): void;
  merge(winner: ExternalId, loser: ExternalId): void;
  join(id: ExternalId, collection: string): void;
  leave(id: ExternalId, collection: string): void;
  makeCollection(id: string, kind?: "list" | "segment", name?: string): void;
  renameCollection(id: string, name: string): void;
  dropCollection(id: string): void;
  /** A property disappears from every answer, or comes back. */
  hideProperty(property: string, hidden?: boolean): void;
  see(id: ExternalId): StoredContact | undefined;
  value(id: ExternalId, property: string): Value;
  all(): readonly StoredContact[];
  members(collection: string): readonly ExternalId[];
}

export function memoryUser(store: MemoryStore, quirks: Pick<Quirks, "consentStaysWithAddress">): MemoryUser {
  const edit = (id: ExternalId, values: Values): void => {
    const before = store.get(id);
    if (before === undefined) return;
    store.change(id, { values: new Map([...before.values, ...Object.entries(copyValues(values))]) });
  };
  return {
    create(email, values = {}, collections = []) {
      const { id } = store.create(email, values);
      for (const collection of collections) store.join(id, collection);
      return id;
    },
    edit,
    clear: (id, property) => edit(id, { [property]: null }),
    changeEmail(id, shownEmail) {
      const consent = quirks.consentStaysWithAddress ? { consent: plainConsent("never_subscribed") } : {};
      store.change(id, { shownEmail, ...consent });
    },
    addEmail: (id, email) =>
      void store.change(id, { otherEmails: [...(store.get(id)?.otherEmails ?? []), email] }),
    setConsent: (id, consent) => void store.change(id, { consent }),
    delete: (id) => store.remove(id),
    deleteForPrivacy: (id) => store.removeForGood(id),
    restore: (id) => store.restore(id),
    merge: (winner, loser) => store.merge(winner, loser),
    join: (id, collection) => store.join(id, collection),
    leave: (id, collection) => store.leave(id, collection),
    makeCollection(id, kind = "list", name = id) {
      store.collections.set(id, { id, name, kind, members: new Map(), leaves: 0 });
    },
    renameCollection(id, name) {
      const known = store.collections.get(id);
      if (known !== undefined) store.collections.set(id, { ...known, name });
    },
    dropCollection: (id) => void store.collections.delete(id),
    hideProperty: (property, hidden = true) =>
      void (hidden ? store.hidden.add(property) : store.hidden.delete(property)),
    see: (id) => store.get(id),
    value: (id, property) => store.get(id)?.values.get(property) ?? null,
    all: () => [...store.all()],
    members: (collection) => [...(store.collections.get(collection)?.members.keys() ?? [])],
  };
}
