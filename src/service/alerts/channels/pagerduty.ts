import type { TakenMessage } from "../../../store/alerts/alert-messages.ts";
import { headline } from "./headline.ts";
import { channelUrl, post } from "./post.ts";

interface PagerDuty {
  readonly routingKey: string;
  readonly baseUrl: string;
}

type Message = Pick<TakenMessage, "document" | "kind">;

/**
 * Sends an event to PagerDuty's Events API v2: an incident opens, is told of again, or closes. A test opens one and
 * closes it at once.
 *
 * @throws ChannelError
 */
export async function sendToPagerDuty({ routingKey, baseUrl }: PagerDuty, message: Message): Promise<void> {
  const url = channelUrl(`${baseUrl}/v2/enqueue`, "PagerDuty");
  for (const event of events(routingKey, message)) await post(url, JSON.stringify(event));
}

/** The events of a message, in their order. */
function events(routingKey: string, { document, kind }: Message): readonly object[] {
  const { id, connection, type, severity, summary, cause, fix, url } = document;
  // The same for all messages of an alert: PagerDuty takes them for one incident.
  const ends = { routing_key: routingKey, event_action: "resolve", dedup_key: `tandem ${id}` };
  if (kind === "resolved") return [ends];
  const trigger = {
    ...ends,
    event_action: "trigger",
    payload: {
      summary: headline(document, kind),
      source: `tandem ${connection}`,
      severity: kind === "test" ? "info" : severity,
      component: connection,
      class: type,
      custom_details: { summary, cause, fix, started_at: document.started_at },
    },
    ...(url === null ? {} : { links: [{ href: url, text: "Status page" }] }),
  };
  return kind === "test" ? [trigger, ends] : [trigger];
}
