import type { Token } from "./wire/token.ts";
import type { World } from "../world.ts";
import type { AssociationData, AssociationStore } from "./objects/association-store.ts";
import { associationStore } from "./objects/association-store.ts";
import type { Source } from "./contacts/contact.ts";
import type { ContactData, ContactStore } from "./contacts/contact-store.ts";
import { contactStore, noContacts } from "./contacts/contact-store.ts";
import type { ListData, ListStore } from "./lists/list-store.ts";
import { listStore, noLists } from "./lists/list-store.ts";
import type { CustomEventDefinition } from "./timeline/custom-event-definition.ts";
import type { OauthData } from "./oauth/oauth-app.ts";
import { noApps } from "./oauth/oauth-app.ts";
import type { PlainObject } from "./objects/plain-object.ts";
import type { PropertyDefinition } from "./properties/property-definition.ts";
import type { PropertyGroup } from "./properties/property-groups.ts";
import { seedGroups } from "./properties/property-groups.ts";
import type { LimitData } from "./wire/rate-limits.ts";
import { noCalls } from "./wire/rate-limits.ts";
import type { ObjectType } from "./properties/seed-properties.ts";
import { seedProperties } from "./properties/seed-properties.ts";
import type { Settings } from "./settings.ts";
import { defaultSettings } from "./settings.ts";
import type { Consent, SubscriptionStore } from "./consent/subscription-store.ts";
import { subscriptionStore } from "./consent/subscription-store.ts";
import type { TimelineData, TimelineStore } from "./timeline/timeline-store.ts";
import { emptyTimeline, timelineStore } from "./timeline/timeline-store.ts";

/** What needs no store. */
interface PlainState {
  readonly settings: Settings;
  readonly tokens: Map<string, Token>;
  readonly properties: Readonly<Record<ObjectType, Map<string, PropertyDefinition>>>;
  /** Addresses of people who were erased; they cannot come back. */
  readonly erasedEmails: Set<string>;
  readonly objects: Readonly<Record<"companies" | "deals" | "notes", Map<string, PlainObject>>>;
  readonly propertyGroups: Readonly<Record<ObjectType, Map<string, PropertyGroup>>>;
  /** By fully qualified name. */
  readonly customEvents: Map<string, CustomEventDefinition>;
  /** The apps that may be installed here, and who let them in. */
  readonly oauth: OauthData;
}

/** All of a portal as plain data: the stores work on it, and it can be kept as it stands at any moment. */
export interface HubspotData extends PlainState {
  readonly contacts: ContactData;
  readonly associations: AssociationData;
  readonly lists: ListData;
  readonly consents: Map<string, Consent>;
  readonly limits: LimitData;
  readonly timelineData: TimelineData;
  lastId: number;
}

/** Everything one portal knows. */
export interface HubspotState extends PlainState {
  readonly world: World;
  readonly data: HubspotData;
  readonly contacts: ContactStore;
  readonly associations: AssociationStore;
  readonly lists: ListStore;
  readonly subscriptions: SubscriptionStore;
  readonly timeline: TimelineStore;
  readonly now: () => number;
  /** An id no record has had. Ids have gaps and do not ascend with creation, as many portals share the numbers. */
  nextId(): { readonly id: string; readonly number: number };
}

/** What a person at HubSpot's own pages leaves as the source of a value. */
export const USER_SOURCE: Source = { type: "CRM_UI", id: "userId:9586504", label: null, userId: 9_586_504 };

const FIRST_RECORD_ID = 734_931_000_000;
const LARGEST_ID_GAP = 50;
/** HubSpot hands out ids from several ranges at once, so a later record often has a smaller id. */
const ID_RANGE = 1_000_000_000;
const ID_RANGES = 8;

/** A portal that nobody has used yet. `now`: milliseconds since 1970. */
export function newPortal(now: number, given: Partial<Settings> = {}): HubspotData {
  const settings = { ...defaultSettings(), ...given };
  return {
    settings,
    tokens: new Map(),
    properties: seedProperties(new Date(now).toISOString()),
    contacts: noContacts(),
    erasedEmails: new Set(),
    objects: { companies: new Map(), deals: new Map(), notes: new Map() },
    propertyGroups: seedGroups(),
    customEvents: new Map(),
    oauth: noApps(),
    timelineData: emptyTimeline(),
    associations: new Map(),
    lists: noLists(),
    consents: new Map(),
    limits: noCalls(settings, now),
    lastId: FIRST_RECORD_ID,
  };
}

export function hubspotState(world: World, data: HubspotData): HubspotState {
  const now = (): number => world.clock.now();
  const { settings, tokens, properties, erasedEmails, objects, propertyGroups, customEvents, oauth } = data;
  return {
    world,
    data,
    settings,
    tokens,
    properties,
    contacts: contactStore(data.contacts),
    erasedEmails,
    objects,
    propertyGroups,
    customEvents,
    oauth,
    timeline: timelineStore(data.timelineData),
    associations: associationStore(data.associations),
    lists: listStore(now, data.lists),
    subscriptions: subscriptionStore(data.consents),
    now,
    nextId() {
      data.lastId += 1 + world.random.below(LARGEST_ID_GAP);
      const number = data.lastId + ID_RANGE * rangeOf(data.lastId);
      return { id: String(number), number };
    },
  };
}

function rangeOf(count: number): number {
  return (Math.imul(count % 2_147_483_647, 0x9e3779b1) >>> 0) % ID_RANGES;
}
