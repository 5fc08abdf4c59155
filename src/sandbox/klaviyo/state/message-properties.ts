import type { Sending } from "./mailings.ts";
import type { Profile } from "./profile.ts";

/** What somebody can do with a message, by the metric that tells of it. */
export const ENGAGEMENT_METRICS = {
  received: "Received Email",
  opened: "Opened Email",
  clicked: "Clicked Email",
  bounced: "Bounced Email",
  dropped: "Dropped Email",
  spam: "Marked Email as Spam",
  unsubscribed: "Unsubscribed from Email Marketing",
  "unsubscribed-from-list": "Unsubscribed from List",
  "sms-sent": "Sent SMS",
  "sms-received": "Received SMS",
  "sms-clicked": "Clicked SMS",
  "sms-failed": "Failed to Deliver SMS",
  "sms-unsubscribed": "Unsubscribed from SMS Marketing",
} as const;
export type EngagementKind = keyof typeof ENGAGEMENT_METRICS;

/** How somebody did it. */
export interface Manner {
  /** One of the message's links, or any other; the first by default. */
  readonly url?: string | undefined;
  /** Klaviyo takes a click for a machine's. */
  readonly bot?: boolean | undefined;
  /** A mail program opened the message by itself, as Apple's does. */
  readonly machine?: boolean | undefined;
  readonly bounce?: "Hard" | "Soft" | undefined;
}

const CLIENT = {
  "Client Name": "Chrome",
  "Client Type": "Browser",
  "Client OS": "macOS",
  "Client OS Family": "Mac OS X",
  "Client Canonical": "Chrome",
} as const;
const MAIL_PROXY = {
  "Client Name": "Apple Mail",
  "Client Type": "Email Client",
  "Client OS": "iOS",
  "Client OS Family": "iOS",
  "Client Canonical": "Apple Mail",
} as const;
const FROM = "+18005550100";

/**
 * The `event_properties` of a native event about a message, in Klaviyo's names. Which
 * of the text-message properties belong to which metric is not known; all carry the same.
 *
 * @param at seconds since 1970
 */
export function messageProperties(
  kind: EngagementKind,
  { message, id, name, flowId, trackingParams }: Sending,
  profile: Profile,
  at: number,
  manner: Manner,
): Record<string, unknown> {
  const common = {
    $message: id,
    ...(flowId === null ? {} : { $flow: flowId }),
    $_cohort$message_send_cohort: `${at}:${id}`,
    $event_id: `${id}:${at}`,
  };
  const url = tracked(
    manner.url ?? message.links[0] ?? "https://www.example.com/",
    trackingParams ? name : null,
  );
  if (message.channel === "sms") {
    return {
      ...common,
      "Message Name": name,
      "Message Type": flowId === null ? "campaign" : "flow",
      "From Number": FROM,
      "From Phone Region": "US",
      "To Number": profile.phone_number,
      "To Phone Region": "US",
      "Segment Count": 1,
      ...(kind === "sms-clicked" ? { URL: url, "Bot Click": manner.bot ?? false } : {}),
      ...(kind === "sms-failed" ? { "Failure Source": "Carrier", "Failure Type": "Unreachable" } : {}),
    };
  }
  const domain = profile.email?.split("@")[1] ?? "";
  return {
    ...common,
    "Campaign Name": name,
    Subject: message.subject,
    "Email Domain": domain,
    "Inbox Provider": "Other",
    "Recipient Email Address": profile.email,
    $ESP: 0,
    $group_ids: [],
    $internal: { "Sending Domain": "send.example.com", "Preview Text": "" },
    ...engaged(kind, url, manner),
  };
}

/** What one kind has beside what all mail has. */
function engaged(kind: EngagementKind, url: string, manner: Manner): Readonly<Record<string, unknown>> {
  if (kind === "opened") {
    const machine = manner.machine ?? false;
    return { machine_open: machine, ...(machine ? MAIL_PROXY : CLIENT) };
  }
  if (kind === "clicked") return { URL: url, "Bot Click": manner.bot ?? false, ...CLIENT };
  if (kind === "bounced") return { "Bounce Type": manner.bounce ?? "Hard" };
  return kind === "unsubscribed-from-list" ? { Method: "Email Link" } : {};
}

/** A link as it is clicked: with the sender's parameters behind its own, and before its fragment. */
function tracked(url: string, campaign: string | null): string {
  if (campaign === null) return url;
  const found = new URL(url);
  found.searchParams.set("utm_source", "Klaviyo");
  found.searchParams.set("utm_medium", "email");
  found.searchParams.set("utm_campaign", campaign);
  found.searchParams.set("_kx", "rehearsal");
  return found.href;
}
