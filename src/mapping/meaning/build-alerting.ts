import type { AlertRule, AlertType, Channels } from "../../model/watch/alerting.ts";
import { durationMs } from "../schema/duration.ts";
import type { MappingFile } from "../schema/schema.ts";
import { secretRef } from "./secret-ref.ts";

type Entry = NonNullable<MappingFile["alerts"]>[number];

const BEFORE: Readonly<Partial<Record<AlertType, string>>> = { auth_expiring: "7d", version_sunset: "90d" };

/** The alerts of a file without any error. */
export function buildAlerts(entries: readonly Entry[]): readonly AlertRule[] {
  return entries.map(({ when, value, to }) => {
    const before = BEFORE[when];
    return {
      type: when,
      to: [...new Set(typeof to === "string" ? [to] : to)],
      above: when === "failing_above" || when === "errors_above" ? limitOf(value) : null,
      beforeMs: before === undefined ? null : durationMs(typeof value === "string" ? value : before),
    };
  });
}

function limitOf(value: Entry["value"]): AlertRule["above"] {
  if (typeof value === "number") return { count: value };
  return value === undefined ? null : { share: Number(value.slice(0, -1)) / 100 };
}

const PAGERDUTY = "https://events.pagerduty.com";

/** The channels of a file without any error. */
export function buildChannels(written: NonNullable<MappingFile["channels"]>): Channels {
  const { slack, email, webhook, pagerduty, heartbeat } = written;
  return {
    slack: slack === undefined ? null : { webhook: secretRef(slack.webhook) },
    email:
      email === undefined ? null : { smtp: secretRef(email.smtp), to: email.to, from: email.from ?? null },
    webhook:
      webhook === undefined ? null : { url: secretRef(webhook.url), secret: secretRef(webhook.secret) },
    pagerduty:
      pagerduty === undefined
        ? null
        : {
            routingKey: secretRef(pagerduty.routing_key),
            baseUrl: new URL(pagerduty.base_url ?? PAGERDUTY).origin,
          },
    heartbeat: heartbeat === undefined ? null : { url: secretRef(heartbeat.url) },
  };
}
