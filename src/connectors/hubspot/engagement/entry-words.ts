import type { Channel, Engagement, EngagementKind } from "../../../model/engagement.ts";
import { clip } from "../../../model/clip.ts";

/** One value that an entry carries, by the name HubSpot keeps it under. */
export interface EventField {
  readonly name: string;
  readonly label: string;
}

/** In the order in which a salesperson reads them. Only texts, so that none can be refused for its form. */
export const FIELDS = [
  { name: "what", label: "What happened" },
  { name: "message", label: "Message" },
  { name: "subject", label: "Subject" },
  { name: "campaign", label: "Campaign" },
  { name: "flow", label: "Flow" },
  { name: "link", label: "Link" },
  { name: "channel", label: "Channel" },
  { name: "list", label: "List" },
  { name: "detail", label: "Detail" },
  { name: "machine", label: "Probably by a machine" },
] as const satisfies readonly EventField[];

type FieldName = (typeof FIELDS)[number]["name"];

/** The line of an entry that is always seen. */
export const HEADER_TEMPLATE = "{{what}}{{#if message}}: {{message}}{{/if}}";

/** The rest, a line each, without those that are empty. `what` and the message stand in the header. */
export const DETAIL_TEMPLATE = FIELDS.filter(({ name }) => name !== "what" && name !== "message")
  .map(({ name, label }) => `{{#if ${name}}}${label}: {{${name}}}\n\n{{/if}}`)
  .join("");

/** What a kind of entries is called where people filter a timeline. */
export const KIND_LABELS: Readonly<Record<EngagementKind, string>> = {
  received: "Klaviyo: received",
  opened: "Klaviyo: opened",
  clicked: "Klaviyo: clicked",
  bounced: "Klaviyo: bounced",
  dropped: "Klaviyo: dropped",
  unsubscribed: "Klaviyo: unsubscribed",
  spam: "Klaviyo: marked as spam",
};

const WHAT: Readonly<Record<Channel, Readonly<Record<EngagementKind, string>>>> = {
  email: {
    received: "Received an email",
    opened: "Opened an email",
    clicked: "Clicked a link in an email",
    bounced: "Email bounced",
    dropped: "Email was not sent",
    unsubscribed: "Unsubscribed from email",
    spam: "Marked an email as spam",
  },
  sms: {
    received: "Received a text message",
    opened: "Opened a text message",
    clicked: "Clicked a link in a text message",
    bounced: "Text message was not delivered",
    dropped: "Text message was not sent",
    unsubscribed: "Unsubscribed from text messages",
    spam: "Marked a text message as spam",
  },
};

/** HubSpot cuts a text of an event at 1,024 characters, or refuses it. */
const LONGEST = 1_000;

export function whatHappened({ kind, channel, list }: Engagement): string {
  return kind === "unsubscribed" && list !== null ? `Left the list “${list}”` : WHAT[channel][kind];
}

/** The values of an entry; one that is empty has no key. Never an address. */
export function entryValues(engagement: Engagement): Readonly<Partial<Record<FieldName, string>>> {
  const { messageName, subject, source, url, channel, list, detail, byMachine } = engagement;
  const all: Readonly<Record<FieldName, string | null>> = {
    what: whatHappened(engagement),
    message: messageName ?? subject,
    subject,
    campaign: source.kind === "campaign" ? source.name : null,
    flow: source.kind === "flow" ? source.name : null,
    link: url,
    channel: channel === "email" ? "Email" : "Text message",
    list,
    detail,
    machine: byMachine ? "Yes" : null,
  };
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) =>
      value === null || value === "" ? [] : [[name, clip(value, LONGEST)]],
    ),
  );
}
