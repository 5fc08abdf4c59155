import { z } from "zod";
import { ALERT_TYPES, CHANNELS } from "../../model/watch/alerting.ts";
import { wrong } from "../../values/wrong.ts";
import { DURATION } from "./duration.ts";
import { baseUrl, secret } from "./schema-connections.ts";

const channelName = z.enum(CHANNELS);

const threshold = wrong(
  "must be a number of contacts, a percentage or a duration",
  "for example `50`, `5%` or `7d`",
);

/** One entry of `alerts`. What `value` may be depends on `when`: `meaning-alerts.ts`. */
/** Of the calls or contacts, with at most two decimals. */
const PERCENT = /^(?:100|\d{1,2}(?:\.\d{1,2})?)%$/;

export const alertEntry = z.strictObject({
  when: z
    .enum(ALERT_TYPES)
    .describe(
      "stopped: a person has to act. overdue: a lane has not finished for three intervals. held: a limit stopped changes. failing_above: contacts that fail. errors_above: share of failed API calls in the last hour. auth_expiring: a key ends. version_sunset: an API version ends.",
    ),
  value: z
    .union(
      [
        z.int({ error: threshold }).min(0, { error: threshold }).max(10_000_000, { error: threshold }),
        z.string().regex(DURATION, { error: threshold }),
        z.string().regex(PERCENT, { error: threshold }),
      ],
      { error: threshold },
    )
    .optional()
    .describe(
      "failing_above: `50` or `5%`. errors_above: `5%`. auth_expiring: default `7d`. version_sunset: default `90d`.",
    ),
  to: z
    .union([channelName, z.array(channelName).min(1)], {
      error: wrong("must name channels", `allowed: ${CHANNELS.join(", ")}`),
    })
    .describe("The channels that get the alert, its daily reminder and its recovery."),
});

export const alerts = z
  .array(alertEntry)
  .describe(
    "When somebody is alerted: once at the beginning, every 24 hours while it lasts, and once at the end.",
  );

const emailWords = wrong("must be an email address", "for example `ops@example.com`");

const emailAddress = z
  .string({ error: emailWords })
  .max(254, { error: emailWords })
  .regex(/^[^\s@<>,;"]+@[^\s@<>,;"]+\.[^\s@<>,;"]+$/, { error: emailWords });

export const channels = z
  .strictObject({
    slack: z
      .strictObject({ webhook: secret.describe("Where the URL of Slack's incoming webhook is.") })
      .optional()
      .describe("A Slack channel, by an incoming webhook."),
    email: z
      .strictObject({
        smtp: secret.describe(
          "Where the SMTP URL is: smtps://USER:PASSWORD@HOST, or smtp:// for STARTTLS on port 587.",
        ),
        to: z.array(emailAddress).min(1).max(20).describe("The email addresses that get alerts."),
        from: emailAddress
          .optional()
          .describe("The sender. Default: the SMTP user, if it is an email address, else the first of `to`."),
      })
      .optional()
      .describe("Email by your own SMTP server."),
    webhook: z
      .strictObject({
        url: secret.describe("Where the URL is that gets a JSON document for each alert."),
        secret: secret.describe(
          "Where the secret is that signs it (Standard Webhooks, `whsec_…` or any text without spaces).",
        ),
      })
      .optional()
      .describe("Any program: JSON by POST, signed as Standard Webhooks says."),
    pagerduty: z
      .strictObject({
        routing_key: secret.describe("Where the routing key of an Events API v2 integration is."),
        base_url: baseUrl("https://events.pagerduty.com", "https://events.eu.pagerduty.com")
          .optional()
          .describe(
            "`https://events.eu.pagerduty.com` for an account in the EU; for rehearsal a loopback address.",
          ),
      })
      .optional()
      .describe("PagerDuty: an incident opens and closes with the alert."),
    heartbeat: z
      .strictObject({ url: secret.describe("Where the URL is that Tandem calls.") })
      .optional()
      .describe(
        "Called after each finished sync of contacts: a service that misses the call tells you that Tandem is down.",
      ),
  })
  .describe("Where alerts go. URLs must be https, except on this machine.");
