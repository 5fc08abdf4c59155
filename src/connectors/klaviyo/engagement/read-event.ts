import type { Engagement, MessageSource } from "../../../model/engagement.ts";
import { emailKey } from "../../../model/email.ts";
import type { EngagementMetric } from "../../engagement-port.ts";
import { momentFrom } from "../wire/times.ts";
import { cleanUrl } from "./clean-url.ts";
import type { EventResource } from "./wire.ts";

type Properties = Readonly<Record<string, unknown>>;

/**
 * An event in the model's words; the properties by Klaviyo's own names. `null` where it has no readable time.
 * A flow's own name is not among what an event tells: it has to be looked up by its id.
 *
 * @param email the profile's address, where the page told it
 */
export function readEvent(
  { id, attributes, relationships }: EventResource,
  { kind, channel, name }: EngagementMetric,
  email: string | null,
): Engagement | null {
  const properties = attributes.event_properties ?? {};
  const at = momentFrom(attributes.datetime.trim());
  if (at === undefined) return null;
  const called = textOf(properties, "Campaign Name") ?? textOf(properties, "Message Name");
  const url = kind === "clicked" ? textOf(properties, "URL") : null;
  return {
    eventId: id,
    kind,
    channel,
    person: relationships?.profile?.data?.id ?? null,
    email: emailKey(email ?? textOf(properties, "Recipient Email Address")),
    at,
    message: textOf(properties, "$message"),
    messageName: called,
    subject: textOf(properties, "Subject"),
    source: sourceOf(properties, called),
    url: url === null ? null : cleanUrl(url),
    // Leaving all e-mail may name the list whose link was used; it is not that list alone that was left.
    list: name === "Unsubscribed from List" ? textOf(properties, "List") : null,
    detail: detailOf(kind, properties),
    byMachine:
      (kind === "opened" && isTrue(properties, "machine_open")) ||
      (kind === "clicked" && isTrue(properties, "Bot Click")),
  };
}

/** `$flow` is there for mail of flows alone; whatever else has a campaign's name is of a campaign. */
function sourceOf(properties: Properties, called: string | null): MessageSource {
  const flow = textOf(properties, "$flow");
  if (flow !== null) return { kind: "flow", id: flow, name: null };
  const message = textOf(properties, "$message");
  // Text messages say what they are; what says neither may still turn out to be a campaign, by its id.
  if (textOf(properties, "Message Type") === "flow") return { kind: "flow", id: null, name: null };
  if (message === null || called === null) return { kind: "unknown", id: message, name: called };
  return { kind: "campaign", id: message, name: called };
}

function detailOf(kind: Engagement["kind"], properties: Properties): string | null {
  switch (kind) {
    case "bounced": {
      const type = textOf(properties, "Bounce Type");
      if (type !== null) return `${type} bounce`;
      const [failure, source] = [textOf(properties, "Failure Type"), textOf(properties, "Failure Source")];
      return failure !== null && source !== null ? `${failure} (${source})` : (failure ?? source);
    }
    case "unsubscribed":
      return textOf(properties, "Method");
    case "received":
    case "opened":
    case "clicked":
    case "dropped":
    case "spam":
      return null;
  }
}

/** Ids and names are text, but a name may look like a number and come as one. */
function textOf(properties: Properties, name: string): string | null {
  const value = Object.hasOwn(properties, name) ? properties[name] : undefined;
  if (typeof value === "number") return String(value);
  if (typeof value !== "string") return null;
  const text = value.trim();
  return text === "" ? null : text;
}

/** Flags are missing from older rows, or text. */
function isTrue(properties: Properties, name: string): boolean {
  const value = Object.hasOwn(properties, name) ? properties[name] : undefined;
  return value === true || value === 1 || (typeof value === "string" && /^(true|1|yes)$/i.test(value.trim()));
}
