import type { Consent } from "../../model/consent.ts";
import { plainConsent } from "../../model/consent.ts";
import type { Contact, ExternalId } from "../../model/contact.ts";
import type { EmailKey } from "../../model/email.ts";
import { emailKey } from "../../model/email.ts";
import type { Side } from "../../model/side.ts";
import type { Value, Values, FieldType } from "../../model/value.ts";
import {
  sameValue,
  canonicalDate,
  canonicalList,
  canonicalNumber,
  canonicalText,
} from "../../model/value.ts";
import type { ContactHistory, PastValue } from "../../model/history/contact-history.ts";
import type { PropertyRequest } from "../connector.ts";

/** A contact as stored. Never changed, only replaced, so that an old version can still be shown by a lagging index. */
export interface StoredContact {
  readonly id: ExternalId;
  readonly shownEmail: string | null;
  /** Addresses that lead here since a merge. */
  readonly otherEmails: readonly string[];
  /** The keys of all its addresses. */
  readonly emails: readonly EmailKey[];
  readonly values: ReadonlyMap<string, Value>;
  readonly consent: Consent | null;
  /** Milliseconds. */
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly mergedIds: readonly ExternalId[];
}

export interface StoredCollection {
  readonly id: string;
  readonly name: string;
  readonly kind: "list" | "segment";
  /** When each member joined, in milliseconds. */
  readonly members: Map<ExternalId, number>;
  /** How often somebody left. */
  leaves: number;
}

/** Everything one memory system holds, and the few ways in which it changes. */
export interface MemoryStore {
  readonly collections: Map<string, StoredCollection>;
  /** Properties that are no longer part of any answer. */
  readonly hidden: Set<string>;
  get(id: ExternalId): StoredContact | undefined;
  /** Follows merges. */
  survivor(id: ExternalId): StoredContact | undefined;
  all(): Iterable<StoredContact>;
  create(shownEmail: string | null, values: Values): StoredContact;
  change(id: ExternalId, change: Partial<Omit<StoredContact, "id" | "emails">>): StoredContact | undefined;
  /** The contact leaves every collection with it. */
  remove(id: ExternalId): void;
  /** Leaves nothing to be restored. */
  removeForGood(id: ExternalId): void;
  /** Is it, or the contact that it was merged into, there, or deleted and still restorable? */
  isKept(id: ExternalId): boolean;
  /** A removed contact as it was, in no collection. */
  restore(id: ExternalId): void;
  merge(winner: ExternalId, loser: ExternalId): void;
  join(id: ExternalId, collection: string): void;
  leave(id: ExternalId, collection: string): void;
  /** Every version of every contact that there is. */
  history(): Iterable<StoredContact>;
  /** What these properties have held, the newest first. */
  past(id: ExternalId, properties: readonly PropertyRequest[]): ContactHistory["past"];
  /** The contact as it was at a time (milliseconds); `undefined` before it was created. */
  asOf(id: ExternalId, at: number): StoredContact | undefined;
  show(contact: StoredContact, properties: readonly PropertyRequest[]): Contact;
}

export function memoryStore(side: Side, now: () => number): MemoryStore {
  /** Every version of each contact, oldest first. */
  const versions = new Map<ExternalId, StoredContact[]>();
  const removed = new Map<ExternalId, StoredContact[]>();
  const merged = new Map<ExternalId, ExternalId>();
  const collections = new Map<string, StoredCollection>();
  const hidden = new Set<string>();
  let lastId = 1000;

  const get = (id: ExternalId): StoredContact | undefined => versions.get(id)?.at(-1);
  const keep = (stored: Omit<StoredContact, "emails">): StoredContact => {
    const emails = [stored.shownEmail, ...stored.otherEmails].map(emailKey).filter((key) => key !== null);
    const contact = { ...stored, emails };
    const known = versions.get(contact.id);
    if (known === undefined) versions.set(contact.id, [contact]);
    else known.push(contact);
    return contact;
  };
  const leave = (id: ExternalId, collection: StoredCollection): void => {
    if (collection.members.delete(id)) collection.leaves += 1;
  };
  const store: MemoryStore = {
    collections,
    hidden,
    get,
    survivor(id) {
      const into = merged.get(id);
      return into === undefined ? get(id) : store.survivor(into);
    },
    *all() {
      for (const known of versions.values()) {
        const newest = known.at(-1);
        if (newest !== undefined) yield newest;
      }
    },
    create(shownEmail, values) {
      lastId += 1;
      const at = now();
      return keep({
        // Ids of one length, so that they sort as they were made.
        id: `${side === "hubspot" ? "" : "01K"}${String(lastId).padStart(8, "0")}`,
        shownEmail,
        otherEmails: [],
        values: new Map(Object.entries(copyValues(values))),
        consent: plainConsent("never_subscribed"),
        createdAt: at,
        updatedAt: at,
        mergedIds: [],
      });
    },
    change(id, change) {
      const before = get(id);
      if (before === undefined) return undefined;
      return keep({ ...before, ...change, updatedAt: change.updatedAt ?? now() });
    },
    remove(id) {
      for (const collection of collections.values()) leave(id, collection);
      const known = versions.get(id);
      if (known !== undefined) removed.set(id, known);
      versions.delete(id);
    },
    removeForGood(id) {
      store.remove(id);
      removed.delete(id);
    },
    isKept(id) {
      const into = merged.get(id);
      return versions.has(id) || removed.has(id) || (into !== undefined && store.isKept(into));
    },
    restore(id) {
      const known = removed.get(id);
      if (known === undefined || versions.has(id)) return;
      versions.set(id, known);
      store.change(id, {});
    },
    merge(winner, loser) {
      const [kept, lost] = [get(winner), get(loser)];
      if (kept === undefined || lost === undefined || winner === loser) return;
      for (const collection of collections.values()) {
        if (collection.members.has(loser) && !collection.members.has(winner))
          collection.members.set(winner, now());
      }
      store.remove(loser);
      merged.set(loser, winner);
      store.change(winner, {
        shownEmail: kept.shownEmail ?? lost.shownEmail,
        // A profile has one address; that of the one merged into it leads nowhere.
        otherEmails:
          side === "klaviyo"
            ? kept.otherEmails
            : [...kept.otherEmails, ...lost.otherEmails, ...(lost.shownEmail ? [lost.shownEmail] : [])],
        values: new Map([...lost.values, ...kept.values]),
        mergedIds: [...kept.mergedIds, ...lost.mergedIds, loser],
      });
    },
    join(id, name) {
      const collection = collections.get(name);
      if (collection === undefined || get(id) === undefined || collection.members.has(id)) return;
      collection.members.set(id, now());
    },
    leave(id, name) {
      const collection = collections.get(name);
      if (collection !== undefined) leave(id, collection);
    },
    *history() {
      for (const known of versions.values()) yield* known;
    },
    past(id, properties) {
      const known = versions.get(id) ?? [];
      return Object.fromEntries(
        properties.flatMap(({ property, type }) => {
          const set = known.filter((version, index) => {
            const before = known[index - 1];
            const [was, is] = [before && heldBy(before, property), heldBy(version, property)];
            return is !== undefined && (was === undefined || !sameValue(was, is));
          });
          if (set.length === 0) return [];
          const past = set.map((version): PastValue => {
            const value = readAs(heldBy(version, property) ?? null, type);
            return {
              at: new Date(version.updatedAt).toISOString(),
              ...(value === undefined ? {} : { value }),
            };
          });
          return [[property, past.reverse()]];
        }),
      );
    },
    asOf: (id, at) => versions.get(id)?.findLast((version) => version.updatedAt <= at),
    show(contact, properties) {
      const values: [string, Value][] = [];
      const unreadable: [string, string][] = [];
      for (const { property, type } of properties) {
        if (hidden.has(property)) continue;
        const stored = heldBy(contact, property) ?? null;
        const value = readAs(stored, type);
        if (value === undefined) unreadable.push([property, String(stored)]);
        else values.push([property, copyValue(value)]);
      }
      return {
        side,
        id: contact.id,
        email: emailKey(contact.shownEmail),
        shownEmail: contact.shownEmail,
        otherEmails: side === "hubspot" ? contact.otherEmails.flatMap((other) => emailKey(other) ?? []) : [],
        values: Object.fromEntries(values),
        unreadable: Object.fromEntries(unreadable),
        consent: contact.consent === null ? null : structuredClone(contact.consent),
        createdAt: new Date(contact.createdAt).toISOString(),
        updatedAt: new Date(contact.updatedAt).toISOString(),
        // Klaviyo does not tell who was merged into a profile.
        mergedIds: side === "hubspot" ? [...contact.mergedIds] : [],
      };
    },
  };
  return store;
}

/** The address is a property like any other, to anybody who reads it. */
function heldBy({ values, shownEmail }: StoredContact, property: string): Value | undefined {
  return property === "email" ? shownEmail : values.get(property);
}

function copyValue(value: Value): Value {
  return typeof value === "object" && value !== null ? [...value] : value;
}

/** A copy that shares nothing with the original. */
export function copyValues(values: Values): Values {
  return Object.fromEntries(Object.entries(values).map(([property, value]) => [property, copyValue(value)]));
}

/** A stored value read as a type: canonical, or `undefined` where it does not fit. Empty fits every type. */
function readAs(stored: Value, type: FieldType): Value | undefined {
  if (stored === null || stored === "") return null;
  switch (type) {
    case "text":
    case "option":
    case "phone":
      return typeof stored === "object" ? undefined : canonicalText(String(stored));
    case "number":
      return typeof stored === "string" ? canonicalNumber(stored) : undefined;
    case "boolean":
      if (typeof stored === "boolean") return stored;
      return stored === "true" ? true : stored === "false" ? false : undefined;
    case "date":
      return typeof stored === "string" ? canonicalDate(stored) : undefined;
    case "datetime":
      return typeof stored === "string" && !Number.isNaN(Date.parse(stored))
        ? new Date(stored).toISOString()
        : undefined;
    case "list":
      break;
  }
  return canonicalList(typeof stored === "object" ? stored : [String(stored)]);
}
