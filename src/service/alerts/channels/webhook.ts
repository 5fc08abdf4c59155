import { createHmac } from "node:crypto";
import type { AlertDocument } from "../../../store/alerts/alert-messages.ts";
import { channelUrl, post } from "./post.ts";

interface Webhook {
  readonly url: string;
  readonly secret: string;
}

/**
 * Sends the document of an alert as JSON, signed as Standard Webhooks 1.0.0 says.
 *
 * @param id of the message: the same each time it is sent, so that the receiver can leave out what it has
 * @throws ChannelError
 */
export async function sendToWebhook(
  { url, secret }: Webhook,
  id: string,
  document: AlertDocument,
  now: Date,
): Promise<void> {
  const body = JSON.stringify(document, KEYS);
  await post(channelUrl(url, "The webhook"), body, signedHeaders(secret, id, body, now));
}

/** In this order, for people who read it; the database keeps none. */
const KEYS: (keyof AlertDocument)[] = [
  "id",
  "type",
  "severity",
  "connection",
  "started_at",
  "resolved_at",
  "summary",
  "cause",
  "fix",
  "url",
];

/** `webhook-id`, `webhook-timestamp` (seconds) and `webhook-signature`: `v1,` and the base64 HMAC-SHA256 of all three. */
function signedHeaders(
  secret: string,
  id: string,
  body: string,
  now: Date,
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(now.getTime() / 1_000));
  const signature = createHmac("sha256", keyOf(secret)).update(`${id}.${timestamp}.${body}`).digest("base64");
  return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": `v1,${signature}` };
}

/** `whsec_` and base64, as its libraries write one; any other text is used as it is. */
function keyOf(secret: string): Uint8Array {
  const encoded = /^whsec_([A-Za-z0-9+/]+=*)$/.exec(secret)?.[1];
  return encoded === undefined ? Buffer.from(secret, "utf8") : Buffer.from(encoded, "base64");
}
