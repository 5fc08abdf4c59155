import type { Channel, EngagementKind } from "../../../model/engagement.ts";

/** What a metric of Klaviyo's own tells of. */
export interface KnownMetric {
  readonly kind: EngagementKind;
  readonly channel: Channel;
}

const email = (kind: EngagementKind): KnownMetric => ({ kind, channel: "email" });
const sms = (kind: EngagementKind): KnownMetric => ({ kind, channel: "sms" });

/**
 * By Klaviyo's exact names; ids differ between accounts. Text messages have two families of names, an older (SMS) and a
 * newer (text message) one, and an account may have both. "Sent SMS" is what a person writes to the company, and automated
 * responses are answers to that: neither is a message of ours.
 */
const NAMES: Readonly<Record<string, KnownMetric>> = {
  "Received Email": email("received"),
  "Opened Email": email("opened"),
  "Clicked Email": email("clicked"),
  "Bounced Email": email("bounced"),
  "Dropped Email": email("dropped"),
  "Marked Email as Spam": email("spam"),
  "Unsubscribed from Email Marketing": email("unsubscribed"),
  "Unsubscribed from List": email("unsubscribed"),
  "Received SMS": sms("received"),
  "Clicked SMS": sms("clicked"),
  "Failed to Deliver SMS": sms("bounced"),
  "Unsubscribed from SMS Marketing": sms("unsubscribed"),
  "Received Text Message": sms("received"),
  "Opened Text": sms("opened"),
  "Clicked Text Message": sms("clicked"),
  "Failed to Deliver Text Message": sms("bounced"),
  "Unsubscribed from Text Messaging Marketing": sms("unsubscribed"),
};

// The newer names are known by their topic ids alone (`failed_to_deliver_text_message`), so their capitals are a guess.
const BY_NAME: ReadonlyMap<string, KnownMetric> = new Map(
  Object.entries(NAMES).map(([name, known]) => [name.toLowerCase(), known]),
);

/** What a metric of this name is; anybody's own metric may be called "Opened Email" too, and is another one. */
export function knownMetric(name: string, integration: string): KnownMetric | null {
  return integration === "Klaviyo" ? (BY_NAME.get(name.toLowerCase()) ?? null) : null;
}
