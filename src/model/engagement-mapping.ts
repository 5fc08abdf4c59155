import type { EngagementKind, RecordAs, RecordWhich } from "./engagement.ts";
import type { CollectionRef, FieldRule } from "./mapping.ts";
import type { Value } from "./value.ts";

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
  /** SHA-256 of what decides whether an event is shown: under another one, what is not shown yet is decided anew. */
  readonly hash: string;
  /** Where the section stands in the file, for messages. 1-based. */
  readonly line: number;
}

export interface MetricRule {
  readonly record: RecordWhich;
  /** Leaves out what the source takes for the work of machines. */
  readonly excludeBots: boolean;
}

/** Whose messages, and which people, count. */
export interface OnlyFrom {
  readonly flows: WhichSources;
  readonly campaigns: WhichSources;
  /** Klaviyo lists and segments of which a person has to be in one; none: everybody. */
  readonly collections: readonly CollectionRef[];
}

/** All of them, or those with these ids or names; none where the list is empty. */
export type WhichSources = "all" | readonly string[];

/** A value of a contact that is made: the same for all, or taken over from the profile by `rule`. */
export type NewContactField =
  | { readonly kind: "constant"; readonly rule: FieldRule; readonly value: Value }
  | { readonly kind: "field"; readonly rule: FieldRule };

/** What can be rolled up into a property of HubSpot's contacts. */
export const ROLL_UPS = [
  "opened",
  "clicked",
  "opens",
  "clicks",
  "message",
  "source",
  "subject",
  "link",
  "channel",
] as const;

export type RollUp = (typeof ROLL_UPS)[number];

export interface RollUpProperty {
  readonly rollUp: RollUp;
  readonly property: string;
  readonly line: number;
}

/** The type of the HubSpot property that a roll-up is written to. */
export const ROLL_UP_TYPES = {
  opened: "datetime",
  clicked: "datetime",
  opens: "number",
  clicks: "number",
  message: "text",
  source: "text",
  subject: "text",
  link: "text",
  channel: "option",
} as const satisfies Record<RollUp, "text" | "number" | "datetime" | "option">;
