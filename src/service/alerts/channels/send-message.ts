import { readSecret } from "../../../mapping/read-secret.ts";
import type { ChannelName, Channels } from "../../../model/watch/alerting.ts";
import { CHANNELS } from "../../../model/watch/alerting.ts";
import type { SecretRef } from "../../../model/keys/secret-ref.ts";
import type { TakenMessage } from "../../../store/alerts/alert-messages.ts";
import { ChannelError } from "./channel-error.ts";
import { sendByEmail } from "./email.ts";
import { sendToPagerDuty } from "./pagerduty.ts";
import { sendToSlack } from "./slack.ts";
import { sendToWebhook } from "./webhook.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** A message, and its id that is the same for every try. */
export interface Outgoing extends Pick<TakenMessage, "channel" | "kind" | "document"> {
  readonly messageId: string;
}

/**
 * Sends a message once. URLs and keys are read now, so that a changed one is used at once.
 *
 * @throws ChannelError
 */
export async function sendMessage(
  channels: Channels,
  message: Outgoing,
  env: Environment,
  now: Date,
): Promise<void> {
  const { channel, messageId, document } = message;
  const secret = (ref: SecretRef): string => secretOf(ref, env);
  const { slack, email, webhook, pagerduty } = channels;
  if (channel === "slack" && slack !== null) return sendToSlack(secret(slack.webhook), message);
  if (channel === "email" && email !== null)
    return sendByEmail({ ...email, smtp: secret(email.smtp) }, messageId, message);
  if (channel === "webhook" && webhook !== null) {
    const target = { url: secret(webhook.url), secret: secret(webhook.secret) };
    return sendToWebhook(target, messageId, document, now);
  }
  if (channel === "pagerduty" && pagerduty !== null) {
    const { baseUrl, routingKey } = pagerduty;
    return sendToPagerDuty({ baseUrl, routingKey: secret(routingKey) }, message);
  }
  throw new ChannelError("The mapping no longer has this channel");
}

/** The channels that a mapping has. */
export function channelsOf(channels: Channels): readonly ChannelName[] {
  return CHANNELS.filter((name) => channels[name] !== null);
}

/** Can this process read what the channel needs? A process that only serves pages may have no secrets. */
export function canSend(channels: Channels, channel: ChannelName, env: Environment): boolean {
  const { slack, email, webhook, pagerduty } = channels;
  const needs: Readonly<Record<ChannelName, readonly SecretRef[]>> = {
    slack: slack === null ? [] : [slack.webhook],
    email: email === null ? [] : [email.smtp],
    webhook: webhook === null ? [] : [webhook.url, webhook.secret],
    pagerduty: pagerduty === null ? [] : [pagerduty.routingKey],
  };
  return needs[channel].every((ref) => "secret" in readSecret(ref, env));
}

/** @throws ChannelError naming the place that holds none */
export function secretOf(ref: SecretRef, env: Environment): string {
  const read = readSecret(ref, env);
  if ("secret" in read) return read.secret;
  throw new ChannelError(`There is no secret: ${read.wrong}`);
}
