import type { Engagement, EngagementKind } from "../model/engagement.ts";
import type { Fate } from "../store/feeds/engagement-rows.ts";

/** What a person did with a message, or what became of it; the message's name stands behind it. */
export const DEED_WORDS: Readonly<Record<EngagementKind, string>> = {
  received: "received",
  opened: "opened",
  clicked: "clicked a link in",
  bounced: "could not be sent",
  dropped: "was not sent",
  unsubscribed: "unsubscribed, by",
  spam: "marked as spam",
};

/** What became of an event in HubSpot. */
export const FATE_WORDS: Readonly<Record<Fate, string>> = {
  new: "read, not processed yet",
  future: "scheduled for later",
  machine: "not shown",
  out_of_scope: "not shown",
  repeat: "not shown: a repeat of what is",
  unknown: "not shown",
  waiting: "waits to be shown",
  sent: "sent; HubSpot has not answered",
  recorded: "shown in HubSpot",
  failed: "rejected by HubSpot",
  erased: "not shown",
};

/** Which message, as its sender calls it. */
export function messageWords({
  messageName,
  message,
  source,
}: Pick<Engagement, "messageName" | "message" | "source">): string {
  const name = messageName ?? source.name ?? message;
  return name === null ? "a message" : `"${name}"`;
}
