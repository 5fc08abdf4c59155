import type { Contact, Touch } from "./contact.ts";
import { emailsOf } from "./contact.ts";

/** Every contact there is or was, found by id, by address, by id order and by time of change. */
export interface ContactStore {
  /** Contacts that are neither archived nor merged nor erased. */
  live(): number;
  /** A live one by its own id. */
  get(id: string): Contact | undefined;
  /** A live one by its own id or by any id that was merged into it. */
  resolve(id: string): Contact | undefined;
  /** A deleted one that can still be restored. */
  getArchived(id: string, now: number): Contact | undefined;
  /** The owner of an address, primary or additional; the oldest where a seed forced several. */
  byEmail(email: string): Contact | undefined;
  add(contact: Contact): void;
  /** Moves `lastmodifieddate`. */
  touch(contact: Contact, at: number): void;
  /** Changes the addresses of a contact and keeps them findable. */
  readdress(contact: Contact, change: () => void): void;
  remove(contact: Contact, at: number, how: "archived" | "merged" | "erased"): void;
  /** Says that an id now leads to another contact. */
  alias(from: string, to: Contact): void;
  /** All with an id of at least this one, ascending; those that are gone included. */
  fromId(number: number): Iterable<Contact>;
  /** Every move of `lastmodifieddate` in a span of time, oldest first. */
  touchesBetween(from: number, to: number): Iterable<{ readonly at: number; readonly contact: Contact }>;
}

/** HubSpot restores a deleted contact for 90 days. */
const RESTORABLE_MS = 90 * 86_400_000;

/** All that the store knows, as plain data. */
export interface ContactData {
  readonly byId: Map<string, Contact>;
  readonly byEmail: Map<string, Contact[]>;
  readonly aliases: Map<string, Contact>;
  /** Sorted when it is read: ids do not ascend with creation. */
  readonly inIdOrder: Contact[];
  /** Absent in what an earlier version kept, whose ids ascended. */
  idsSorted?: boolean;
  readonly touches: { readonly at: number; readonly contact: Contact }[];
  touchesSorted: boolean;
  live: number;
}

export function noContacts(): ContactData {
  return {
    byId: new Map(),
    byEmail: new Map(),
    aliases: new Map(),
    inIdOrder: [],
    touches: [],
    touchesSorted: true,
    live: 0,
  };
}

export function contactStore(data: ContactData): ContactStore {
  const { byId, byEmail, aliases, inIdOrder, touches } = data;

  const claim = (contact: Contact): void => {
    for (const email of emailsOf(contact)) {
      const owners = byEmail.get(email);
      if (owners === undefined) byEmail.set(email, [contact]);
      else owners.push(contact);
    }
  };
  const release = (contact: Contact): void => {
    for (const email of emailsOf(contact)) {
      const others = byEmail.get(email)?.filter((owner) => owner !== contact) ?? [];
      if (others.length === 0) byEmail.delete(email);
      else byEmail.set(email, others);
    }
  };
  const recordTouch = (touch: Touch, contact: Contact): void => {
    const last = touches.at(-1);
    if (last !== undefined && last.at > touch.at) data.touchesSorted = false;
    touches.push({ at: touch.at, contact });
  };
  const alive = (contact: Contact | undefined): Contact | undefined =>
    contact?.gone === null ? contact : undefined;

  return {
    live: () => data.live,
    get: (id) => alive(byId.get(id)),
    resolve(id) {
      let contact = aliases.get(id) ?? byId.get(id);
      for (let next; contact !== undefined && (next = aliases.get(contact.id)) !== undefined;) contact = next;
      return alive(contact);
    },
    getArchived(id, now) {
      const contact = byId.get(id);
      const isKept = contact?.gone?.how === "archived" && now - contact.gone.at < RESTORABLE_MS;
      return isKept ? contact : undefined;
    },
    byEmail: (email) => byEmail.get(email)?.[0],
    add(contact) {
      if (byId.has(contact.id)) throw new RangeError(`the id ${contact.id} was given before`);
      const last = inIdOrder.at(-1);
      if (last !== undefined && last.number >= contact.number) data.idsSorted = false;
      byId.set(contact.id, contact);
      inIdOrder.push(contact);
      claim(contact);
      recordTouch(contact.touched, contact);
      data.live += 1;
    },
    touch(contact, at) {
      if (contact.touched.at === at) return;
      contact.touched = { at, older: contact.touched };
      recordTouch(contact.touched, contact);
    },
    readdress(contact, change) {
      release(contact);
      change();
      claim(contact);
    },
    remove(contact, at, how) {
      release(contact);
      contact.gone = { at, how };
      data.live -= 1;
    },
    alias: (from, to) => void aliases.set(from, to),
    *fromId(number) {
      if (data.idsSorted === false) {
        inIdOrder.sort((one, other) => one.number - other.number);
        data.idsSorted = true;
      }
      for (let index = firstIndex(inIdOrder, (contact) => contact.number >= number); ; index += 1) {
        const contact = inIdOrder[index];
        if (contact === undefined) return;
        yield contact;
      }
    },
    *touchesBetween(from, to) {
      if (!data.touchesSorted) {
        touches.sort((one, other) => one.at - other.at);
        data.touchesSorted = true;
      }
      for (let index = firstIndex(touches, (touch) => touch.at >= from); ; index += 1) {
        const touch = touches[index];
        if (touch === undefined || touch.at > to) return;
        yield touch;
      }
    },
  };
}

/** The first index of a sorted array at which the condition holds. */
function firstIndex<T>(items: readonly T[], holds: (item: T) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = items[middle];
    if (item !== undefined && holds(item)) high = middle;
    else low = middle + 1;
  }
  return low;
}
