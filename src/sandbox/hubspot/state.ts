import type { World } from "../world.ts";
import type { AssociationStore } from "./association-store.ts";
import { associationStore } from "./association-store.ts";
import type { Source } from "./contact.ts";
import type { ContactStore } from "./contact-store.ts";
import { contactStore } from "./contact-store.ts";
import type { ListStore } from "./list-store.ts";
import { listStore } from "./list-store.ts";
import type { PropertyDefinition } from "./property-definition.ts";
import type { ObjectType } from "./seed-properties.ts";
import { seedProperties } from "./seed-properties.ts";
import type { Settings } from "./settings.ts";
import { defaultSettings } from "./settings.ts";
import type { SubscriptionStore } from "./subscription-store.ts";
import { subscriptionStore } from "./subscription-store.ts";

/** A key to the portal. Several may belong to one app and then share its burst limit. */
export interface Token {
  readonly token: string;
  /** Shows in property history as the source of what the app wrote. */
  readonly appId: string;
  readonly appName: string;
  readonly scopes: ReadonlySet<string>;
  /** For OAuth: milliseconds since 1970, after which it is answered with 401. */
  readonly expiresAt: number | null;
}

/** A company or a deal: only what reading them needs. */
export interface PlainObject {
  readonly id: string;
  readonly createdAt: number;
  updatedAt: number;
  readonly properties: Map<string, string>;
}

/** Everything one portal knows. */
export interface HubspotState {
  readonly world: World;
  readonly settings: Settings;
  readonly tokens: Map<string, Token>;
  readonly properties: Readonly<Record<ObjectType, Map<string, PropertyDefinition>>>;
  readonly contacts: ContactStore;
  /** Addresses of people who were erased; they cannot come back. */
  readonly erasedEmails: Set<string>;
  readonly objects: Readonly<Record<"companies" | "deals", Map<string, PlainObject>>>;
  readonly associations: AssociationStore;
  readonly lists: ListStore;
  readonly subscriptions: SubscriptionStore;
  readonly now: () => number;
  /** An id no record has had; always greater than every one before, with gaps, as many portals share the numbers. */
  nextId(): { readonly id: string; readonly number: number };
}

/** What a person at HubSpot's own pages leaves as the source of a value. */
export const USER_SOURCE: Source = { type: "CRM_UI", id: "userId:9586504", label: null, userId: 9_586_504 };

const FIRST_RECORD_ID = 734_931_000_000;
const LARGEST_ID_GAP = 50;

export function hubspotState(world: World, settings: Partial<Settings> = {}): HubspotState {
  let lastId = FIRST_RECORD_ID;
  const now = (): number => world.clock.now();
  return {
    world,
    settings: { ...defaultSettings(), ...settings },
    tokens: new Map(),
    properties: seedProperties(new Date(now()).toISOString()),
    contacts: contactStore(),
    erasedEmails: new Set(),
    objects: { companies: new Map(), deals: new Map() },
    associations: associationStore(),
    lists: listStore(now),
    subscriptions: subscriptionStore(),
    now,
    nextId() {
      lastId += 1 + world.random.below(LARGEST_ID_GAP);
      return { id: String(lastId), number: lastId };
    },
  };
}
