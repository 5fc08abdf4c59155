import type { MetricRule, RollUpProperty, WhichSources } from "./engagement-mapping.ts";
import type { QuietTime } from "./quiet-time.ts";
import type { PerSide, Side } from "./side.ts";
import type { Transform } from "./transform.ts";
import type { FieldType, Value } from "./value.ts";
import type { SecretRef } from "./keys/secret-ref.ts";
import type { AlertRule, Channels } from "./watch/alerting.ts";
import type { Limit } from "./watch/limit.ts";
import type { EngagementKind, RecordAs } from "./engagement.ts";

/** Where a field's value may flow. */
export type Direction = "both" | "to_klaviyo" | "to_hubspot";

/** One mapped pair of properties, checked: a read-only target or an impossible pair cannot be expressed here. */
export interface FieldRule {
  /**
   * The pair's identity, `hubspot_property:klaviyo.property:type`. A rule that points elsewhere, or reads another type,
   * is another field and starts without a base (P17); one that only changes direction or winner keeps it.
   */
  readonly key: string;
  /** What values are compared as: those of the side that is written, Klaviyo's where both are. */
  readonly type: FieldType;
  /** The side's own property names; at Klaviyo `first_name`, `location.city`, `properties.Anything`. */
  readonly property: PerSide<string>;
  /** What each side's property is read and written as; another type than `type` where a transform makes it so. */
  readonly propertyType: PerSide<FieldType>;
  readonly direction: Direction;
  /** Whose value stands when both sides changed. */
  readonly winner: Side;
  /** The newer value stands instead, where the times tell which it is; `winner` decides where they do not. */
  readonly newest: boolean;
  /** What an emptied source does to its target. */
  readonly onEmpty: "keep" | "clear";
  /** What becomes of a one-way target edited by hand: it stays until its source moves, or is put back. */
  readonly onTargetEdit: "keep" | "enforce";
  /** A value that cannot be turned: sync the rest, or hold the whole contact. */
  readonly onInvalid: "skip_field" | "error";
  /** For lists changed on both sides: the winner's list, or both sides' additions and removals together. */
  readonly merge: "replace" | "union";
  readonly options: OptionTable | null;
  /** By the side they write to, left to right: `transforms.klaviyo` turns a HubSpot value on its way to Klaviyo. */
  readonly transforms: PerSide<readonly Transform[]>;
  /** HubSpot's options; told by the schema of a run. Absent where it takes any value, or where nobody was told. */
  readonly hubspotOptions?: readonly string[];
  /** Sides whose account has no such property now, or lets nobody write it; told by the schema of a run. */
  readonly unwritable?: readonly Side[];
  /** Only of the address: a changed value holds the whole contact. */
  readonly holdsChanges?: boolean;
  /** Shows one side's consent on the other: it goes there for everybody who is linked, whatever the rules say. */
  readonly showsConsent?: boolean;
  /** Where the rule stands in the mapping file, for messages. 1-based. */
  readonly line: number;
}

/** Pairs of option values, HubSpot's first, and what to do with any other. */
export interface OptionTable {
  readonly pairs: readonly (readonly [hubspot: string, klaviyo: string])[];
  readonly others: "error" | "keep" | "drop";
}

/** Who is in scope on one side. A contact in several collections of a rule matches it once. */
export interface ScopeRule {
  readonly id: string;
  readonly from: Side;
  /** Lists or segments, by name or id, as written. */
  readonly collections: readonly CollectionRef[];
  readonly onEnter: "link_or_create" | "link_only";
  /** Ids or names of Klaviyo lists that the matching people are put on. Membership only: no consent comes of it. */
  readonly addToLists: readonly CollectionRef[];
  /** Ask Klaviyo to subscribe them to these lists too: only who was never asked, and once (P9). */
  readonly subscribe: boolean;
  readonly onLeave: "stop" | "remove_from_list" | "unsubscribe";
  readonly line: number;
}

export interface CollectionRef {
  readonly kind: "list" | "segment";
  /** A name, matched exactly, or an id. */
  readonly nameOrId: string;
  readonly line: number;
  readonly column: number;
}

export interface Limits {
  readonly creates: Limit;
  readonly updates: Limit;
  readonly removals: Limit;
  readonly clears: Limit;
  /** People opted out of one side's e-mail because the other side shows that they refused it. */
  readonly unsubscribes: Limit;
  readonly subscribes: Limit;
  readonly errors: Limit;
  /** More people than this with a change in one run wait for a person; `null`: never. */
  readonly approvalAbove: number | null;
  /** The part of each account's quota that Tandem may use, 0–1. */
  readonly apiShare: PerSide<number>;
}

export interface RetrySchedule {
  readonly attempts: number;
  readonly firstMs: number;
  readonly longestMs: number;
}

/** How long what Tandem knows about people is kept. Milliseconds. */
export interface Retention {
  /** Runs, with their changes and conflicts, and engagement that is settled. */
  readonly historyMs: number;
  /** What the two systems answered to each change, and what the other side showed then. */
  readonly rawMs: number;
  /** The audit; `null` keeps it for ever. */
  readonly auditMs: number | null;
}

export interface HubSpotConnection {
  /** A service key or private-app token; with `oauth`, the refresh token of an installation. */
  readonly token: SecretRef;
  /** Only where Tandem signs in as an installed app, with OAuth. */
  readonly oauth?: InstalledApp;
  /** When the key ends or has to be rotated; `null` where the mapping does not say. */
  readonly tokenExpires: Date | null;
  readonly portalId: string | null;
  /** HubSpot's date-based version, or `v3` for its numbered ones. */
  readonly apiVersion: "v3" | "2026-03" | "2026-09";
  readonly baseUrl: string | null;
}

/** An app of somebody's developer account, installed in the portal. */
export interface InstalledApp {
  readonly clientId: string;
  readonly clientSecret: SecretRef;
  /** With the key of its developer account, for timeline templates; both or none. */
  readonly appId: string | null;
  readonly developerKey: SecretRef | null;
  /** The type of its app events: its `uid` in the app's project, or its full name. */
  readonly eventType: string | null;
}

export interface KlaviyoConnection {
  readonly token: SecretRef;
  /** When the key ends or has to be rotated; `null` where the mapping does not say. */
  readonly tokenExpires: Date | null;
  readonly accountId: string | null;
  readonly revision: string;
  readonly baseUrl: string | null;
}

/** How two contacts of one person are recognised, beside their address. */
export interface Identity {
  /** A changed address is written to the other side, or holds the contact until a person decides. */
  readonly emailChange: "relink" | "error";
  /** Is a HubSpot contact found by an additional address linked? */
  readonly secondaryEmails: "ignore" | "match";
}

/** What becomes of one side's opt-outs on the other. There is no setting that subscribes anybody again. */
export interface ConsentRules {
  /** HubSpot's subscription types that are what Klaviyo sends, by name or id: refusing the one is refusing the other. */
  readonly unsubscribeFrom: readonly OptOutTypeRef[];
  /** What refusing all e-mail, or all of those types, in HubSpot does in Klaviyo. */
  readonly hubspotOptOut: "unsubscribe" | "ignore";
}

export interface OptOutTypeRef {
  readonly nameOrId: string;
  readonly line: number;
  readonly column: number;
}

/** A whole mapping file, checked. */
export interface Mapping {
  readonly name: string;
  readonly timezone: string;
  readonly hubspot: HubSpotConnection;
  readonly klaviyo: KlaviyoConnection;
  readonly rules: readonly ScopeRule[];
  readonly fields: readonly FieldRule[];
  readonly identity: Identity;
  readonly consent: ConsentRules;
  /** `null` where none of it is to be shown. */
  readonly engagement: EngagementMapping | null;
  /** `every 15m`, a duration since the last start, or cron fields in `timezone`. */
  readonly schedule: {
    readonly contacts: string;
    readonly reconcile: string;
    /** How often opt-outs alone are looked for, and taken to the other side. */
    readonly consent: string;
    readonly engagement: string;
    /** No run begins by itself in these. */
    readonly quiet: readonly QuietTime[];
  };
  readonly limits: Limits;
  readonly retry: RetrySchedule;
  readonly privacy: Retention;
  /** At most one of each type. */
  readonly alerts: readonly AlertRule[];
  readonly channels: Channels;
  /** SHA-256 of what decides values and scope; another hash is another version. */
  readonly hash: string;
}

/** May this side's value of the field flow to the other side at all? */
export function directionAllows(direction: Direction, from: Side): boolean {
  return direction === "both" || direction === (from === "hubspot" ? "to_klaviyo" : "to_hubspot");
}

/** The side whose values a field is compared in: the one that is written, Klaviyo where both are. */
export function commonSide(direction: Direction): Side {
  return direction === "to_hubspot" ? "hubspot" : "klaviyo";
}

/**
 * E-mail is always mapped: it is the link's key, so a changed address travels like any other field. Its values are
 * keys (`EmailKey`), not spellings.
 */
export const EMAIL_FIELD: FieldRule = {
  key: "email",
  type: "text",
  property: { hubspot: "email", klaviyo: "email" },
  propertyType: { hubspot: "text", klaviyo: "text" },
  direction: "both",
  winner: "hubspot",
  newest: false,
  onEmpty: "keep",
  onTargetEdit: "keep",
  onInvalid: "skip_field",
  merge: "replace",
  options: null,
  transforms: { hubspot: [], klaviyo: [] },
  line: 1,
};

/** All that is in sync: the address, as the mapping treats it, and the mapped fields. */
export function syncedFields({ identity, fields }: Mapping): readonly FieldRule[] {
  return [{ ...EMAIL_FIELD, holdsChanges: identity.emailChange === "error" }, ...fields];
}

/** What of Klaviyo's engagement HubSpot shows, and how. */
export interface EngagementMapping {
  /** Nothing is read or shown; what happens meanwhile is caught up with afterwards. */
  readonly paused: boolean;
  readonly recordAs: RecordAs;
  /** The kinds that are shown. One that is absent is not read at all. */
  readonly metrics: Readonly<Partial<Record<EngagementKind, MetricRule>>>;
  readonly onlyFrom: OnlyFrom;
  /** What becomes of the event of somebody whom HubSpot does not know. */
  readonly unknownContacts: "skip" | "create";
  /** What a contact that is made for an event is given. */
  readonly newContact: readonly NewContactField[];
  /** How far back a metric goes that is read for the first time; `null` from that moment on. */
  readonly backfillDays: number | null;
  readonly rollUps: readonly RollUpProperty[];
  /** SHA-256 of what decides whether an event is shown: under another one, what is not shown yet is decided again. */
  readonly hash: string;
  /** Where the section stands in the file, for messages. 1-based. */
  readonly line: number;
}

/** A value of a contact that is made: the same for all, or taken over from the profile by `rule`. */
export type NewContactField =
  | { readonly kind: "constant"; readonly rule: FieldRule; readonly value: Value }
  | { readonly kind: "field"; readonly rule: FieldRule };

/** Whose messages, and which people, count. */
export interface OnlyFrom {
  readonly flows: WhichSources;
  readonly campaigns: WhichSources;
  /** Klaviyo lists and segments of which a person has to be in one; none: everybody. */
  readonly collections: readonly CollectionRef[];
}
