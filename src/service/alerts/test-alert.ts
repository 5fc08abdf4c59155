import type { Channels } from "../../model/watch/alerting.ts";
import { TEST_WORDS } from "../../words/alert-words.ts";
import type { AlertDocument } from "../../store/alerts/alert-messages.ts";
import { addMessages } from "../../store/alerts/alert-messages.ts";
import { channelsOf } from "./channels/send-message.ts";
import type { Store } from "../../store/database/store.ts";

/** What a test says: that it is one. */
export function testDocument(connection: string, pageUrl: URL | null, now: Date): AlertDocument {
  return {
    id: `${connection} test ${now.getTime()}`,
    type: "test",
    severity: "info",
    connection,
    started_at: now.toISOString(),
    resolved_at: null,
    ...TEST_WORDS,
    url: pageUrl === null ? null : new URL("/settings#alerts", pageUrl).href,
  };
}

/**
 * Stores a test message for each channel; a process that runs lanes sends them.
 *
 * @returns how many
 */
export async function queueTestAlert(
  store: Store,
  { channels, document }: { readonly channels: Channels; readonly document: AlertDocument },
  now: Date,
): Promise<number> {
  const messages = channelsOf(channels).map((channel) => ({
    alertId: null,
    channel,
    kind: "test" as const,
    document,
  }));
  await addMessages(store, messages, now);
  return messages.length;
}
