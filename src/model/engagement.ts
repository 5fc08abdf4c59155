import type { ExternalId } from "./contact.ts";
import type { EmailKey } from "./email.ts";

/** What a person did with a message, or what became of it. */
export const ENGAGEMENT_KINDS = [
  "received",
  "opened",
  "clicked",
  "bounced",
  "dropped",
  "unsubscribed",
  "spam",
] as const;

export type EngagementKind = (typeof ENGAGEMENT_KINDS)[number];

export type Channel = "email" | "sms";

/** What a message was part of, and what people call it. `name` is `null` where the source does not tell. */
export interface MessageSource {
  readonly kind: "campaign" | "flow" | "unknown";
  readonly id: string | null;
  readonly name: string | null;
}

/** One event, as the system that sent the message tells it. */
export interface Engagement {
  /** The source's own id: the same event read again has the same one. */
  readonly eventId: string;
  readonly kind: EngagementKind;
  readonly channel: Channel;
  /** The source's id of the person. `null` where the event belongs to nobody that is known there. */
  readonly person: ExternalId | null;
  readonly email: EmailKey | null;
  /** ISO, UTC. As the source says; it may lie in the future. */
  readonly at: string;
  /** Of one sending: every recipient of a campaign has the same, every step of a flow its own. `null` where it is of none. */
  readonly message: string | null;
  readonly messageName: string | null;
  readonly subject: string | null;
  readonly source: MessageSource;
  /** Of a click: where it led, without what only tracks the person. */
  readonly url: string | null;
  /** Of an unsubscribe: the list that was left; `null` where it was all of them. */
  readonly list: string | null;
  /** More for a person to read: the type of a bounce, why a message was dropped. */
  readonly detail: string | null;
  /** The source takes it for the work of a mail scanner or a privacy proxy. It may be wrong either way. */
  readonly byMachine: boolean;
}

/** Which of the events of a kind are shown. */
export type RecordWhich = "every" | "first_per_message" | "first_per_url";

/** What an event becomes in the system that shows it. */
export const RECORD_AS = ["timeline", "app_event", "custom_event", "note", "properties_only"] as const;

export type RecordAs = (typeof RECORD_AS)[number];
