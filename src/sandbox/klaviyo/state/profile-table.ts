import type { Profile } from "./profile.ts";
import type { SortedIndex, SortKey } from "./sorted-index.ts";
import { sortedIndex } from "./sorted-index.ts";
import { secondsOf } from "./vendor-time.ts";

/** The orders `get_profiles` can be read in. */
export const PROFILE_ORDERS = [
  "id",
  "created",
  "updated",
  "email",
  "subscriptions.email.marketing.suppression.timestamp",
  "subscriptions.email.marketing.list_suppressions.timestamp",
] as const;
export type ProfileOrder = (typeof PROFILE_ORDERS)[number];

/** Where profiles without a value stand in an order: behind all that have one. */
const LAST_NUMBER = Number.MAX_SAFE_INTEGER;
const LAST_TEXT = "\u{10ffff}";

/** All people, found by any identifier at once and walked in any order without sorting. */
export interface ProfileTable {
  readonly size: number;
  get(id: string): Profile | undefined;
  /** Without regard to case. */
  byEmail(email: string): Profile | undefined;
  byPhone(phone: string): Profile | undefined;
  byExternalId(externalId: string): Profile | undefined;
  all(): Iterable<Profile>;
  order(name: ProfileOrder): SortedIndex;
  sortKey(profile: Profile, order: ProfileOrder): SortKey;
  add(profile: Profile): void;
  remove(profile: Profile): void;
  /** The only way to change a profile that is in the table. */
  change(profile: Profile, act: () => void): void;
}

/** @param byId all that the table knows; everything else is found from it */
export function profileTable(byId: Map<string, Profile>): ProfileTable {
  const byEmail = new Map<string, Profile>();
  const byPhone = new Map<string, Profile>();
  const byExternalId = new Map<string, Profile>();
  const orders = new Map(PROFILE_ORDERS.map((name) => [name, sortedIndex()] as const));
  const order = (name: ProfileOrder): SortedIndex => orders.get(name) as SortedIndex;

  const identify = (profile: Profile): void => {
    if (profile.email !== null) byEmail.set(profile.email.toLowerCase(), profile);
    if (profile.phone_number !== null) byPhone.set(profile.phone_number, profile);
    if (profile.external_id !== null) byExternalId.set(profile.external_id, profile);
  };
  const forget = (profile: Profile): void => {
    if (profile.email !== null) byEmail.delete(profile.email.toLowerCase());
    if (profile.phone_number !== null) byPhone.delete(profile.phone_number);
    if (profile.external_id !== null) byExternalId.delete(profile.external_id);
  };

  const enter = (profile: Profile): void => {
    identify(profile);
    for (const name of PROFILE_ORDERS) order(name).add(sortKey(profile, name), profile.id);
  };
  for (const profile of byId.values()) enter(profile);

  return {
    get size() {
      return byId.size;
    },
    get: (id) => byId.get(id),
    byEmail: (email) => byEmail.get(email.toLowerCase()),
    byPhone: (phone) => byPhone.get(phone),
    byExternalId: (externalId) => byExternalId.get(externalId),
    all: () => byId.values(),
    order,
    sortKey,
    add(profile) {
      byId.set(profile.id, profile);
      enter(profile);
    },
    remove(profile) {
      byId.delete(profile.id);
      forget(profile);
      for (const name of PROFILE_ORDERS) order(name).remove(sortKey(profile, name), profile.id);
    },
    change(profile, act) {
      const before = PROFILE_ORDERS.map((name) => sortKey(profile, name));
      forget(profile);
      try {
        act();
      } finally {
        identify(profile);
        for (const [at, name] of PROFILE_ORDERS.entries()) {
          const was = before[at] as SortKey;
          const is = sortKey(profile, name);
          if (was === is) continue;
          order(name).remove(was, profile.id);
          order(name).add(is, profile.id);
        }
      }
    },
  };
}

function sortKey(profile: Profile, order: ProfileOrder): SortKey {
  switch (order) {
    case "id":
      return profile.id;
    case "created":
      return secondsOf(profile.created);
    case "updated":
      return secondsOf(profile.updated);
    case "email":
      return profile.email ?? LAST_TEXT;
    case "subscriptions.email.marketing.suppression.timestamp":
      return newest(profile.consent.suppression);
    case "subscriptions.email.marketing.list_suppressions.timestamp":
      return newest(profile.consent.list_suppressions);
  }
}

function newest(entries: readonly { readonly timestamp: number }[]): number {
  if (entries.length === 0) return LAST_NUMBER;
  return Math.max(...entries.map(({ timestamp }) => timestamp));
}
