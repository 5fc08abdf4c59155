export type ProcessingType = "MANUAL" | "SNAPSHOT" | "DYNAMIC";

export interface Member {
  /** The record's id as a number, by which pages are sorted. */
  readonly number: number;
  readonly at: number;
  /** Counts joins; the order of `join-order`, unambiguous within one millisecond. */
  readonly joined: number;
}

/** A list ("segment" in HubSpot's pages) of contacts. */
export interface ContactList {
  readonly id: string;
  name: string;
  readonly processingType: ProcessingType;
  readonly filterBranch: unknown;
  readonly createdAt: number;
  updatedAt: number;
  version: number;
  /** Who really belongs to it; while HubSpot computes that again, nobody is shown. */
  readonly members: ReadonlyMap<string, Member>;
  /** Milliseconds since 1970 until which it is being computed. Absent: it never was. */
  processingUntil?: number;
  /** When somebody last left it; milliseconds since 1970. Absent: nobody ever did. */
  lastRemovedAt?: number;
}

/** The lists of a portal and who is on them. */
export interface ListStore {
  all(): readonly ContactList[];
  get(id: string): ContactList | undefined;
  /** Names are compared without regard to case. */
  byName(name: string): ContactList | undefined;
  create(name: string, processingType: ProcessingType, filterBranch?: unknown): ContactList;
  delete(id: string): void;
  rename(list: ContactList, name: string): void;
  /** False where it was there already. `at` is for what happened earlier. */
  add(list: ContactList, contactId: string, at?: number): boolean;
  /** False where it was not there. */
  remove(list: ContactList, contactId: string): boolean;
  /** Somebody changed its filters: HubSpot computes again who belongs to it. `until`: milliseconds since 1970. */
  rebuild(list: ContactList, until: number): void;
  isProcessing(list: ContactList): boolean;
  /** As HubSpot tells it. */
  size(list: ContactList): number;
  /** Ascending by record id; nobody while it is being computed. */
  byRecordId(list: ContactList): readonly Member[];
  /** In the order they joined; nobody while it is being computed. */
  byJoinOrder(list: ContactList): readonly Member[];
}

type Mutable = ContactList & { readonly members: Map<string, Member> };

/** All that the store knows, as plain data. */
export interface ListData {
  readonly lists: Map<string, Mutable>;
  lastId: number;
  joins: number;
}

export function noLists(): ListData {
  return { lists: new Map(), lastId: 0, joins: 0 };
}

export function listStore(now: () => number, data: ListData): ListStore {
  const { lists } = data;
  /** Sorted members, thrown away by any change of membership. */
  const sorted = new Map<string, { byId?: readonly Member[]; byJoin?: readonly Member[] }>();
  const cacheOf = (list: ContactList): { byId?: readonly Member[]; byJoin?: readonly Member[] } => {
    const known = sorted.get(list.id) ?? {};
    sorted.set(list.id, known);
    return known;
  };
  const changed = (list: ContactList): void => {
    list.updatedAt = now();
    sorted.delete(list.id);
  };
  const isProcessing = ({ processingUntil = 0 }: ContactList): boolean => now() < processingUntil;
  return {
    all: () => [...lists.values()],
    get: (id) => lists.get(id),
    byName: (name) => [...lists.values()].find((list) => list.name.toLowerCase() === name.toLowerCase()),
    create(name, processingType, filterBranch) {
      data.lastId += 1;
      const at = now();
      const list: Mutable = {
        id: String(data.lastId),
        name,
        processingType,
        filterBranch,
        createdAt: at,
        updatedAt: at,
        version: 1,
        members: new Map(),
      };
      lists.set(list.id, list);
      return list;
    },
    delete(id) {
      lists.delete(id);
      sorted.delete(id);
    },
    rename(list, name) {
      list.name = name;
      list.version += 1;
      list.updatedAt = now();
    },
    add(list, contactId, at = now()) {
      const members = lists.get(list.id)?.members;
      if (members === undefined || members.has(contactId)) return false;
      data.joins += 1;
      members.set(contactId, { number: Number(contactId), at, joined: data.joins });
      changed(list);
      return true;
    },
    remove(list, contactId) {
      if (lists.get(list.id)?.members.delete(contactId) !== true) return false;
      list.lastRemovedAt = now();
      changed(list);
      return true;
    },
    rebuild(list, until) {
      list.processingUntil = until;
      list.version += 1;
    },
    isProcessing,
    size: (list) => (isProcessing(list) ? 0 : list.members.size),
    byRecordId(list) {
      if (isProcessing(list)) return [];
      const cache = cacheOf(list);
      return (cache.byId ??= [...list.members.values()].sort((one, other) => one.number - other.number));
    },
    byJoinOrder(list) {
      if (isProcessing(list)) return [];
      const cache = cacheOf(list);
      return (cache.byJoin ??= [...list.members.values()].sort((one, other) => one.joined - other.joined));
    },
  };
}
