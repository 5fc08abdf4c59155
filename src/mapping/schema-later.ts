import { z } from "zod";
import { duration, propertyName, wrong } from "./schema-words.ts";

/**
 * Parts of the format that are settled but not built yet. They are here so that a slip inside them is found and the
 * editor knows them; `not-yet.ts` refuses them, so that nobody believes they are at work.
 */

export const consent = z
  .strictObject({
    authority: z.enum(["klaviyo"]).optional().describe("Not yet: who is believed about e-mail consent."),
    resubscribe_unsubscribed: z
      .enum(["never"])
      .optional()
      .describe("Always `never`: nobody who left is subscribed again by Tandem. Not a setting."),
    klaviyo_to_hubspot: z
      .strictObject({
        status_property: propertyName
          .optional()
          .describe("HubSpot property that shows the Klaviyo consent status."),
        reason_property: propertyName
          .optional()
          .describe("HubSpot property that shows why Klaviyo will not send."),
        unsubscribe_from: z
          .array(z.string().min(1))
          .optional()
          .describe("HubSpot subscription types to opt out of."),
      })
      .optional()
      .describe("Not yet: what HubSpot is told about consent in Klaviyo."),
    hubspot_to_klaviyo: z
      .strictObject({
        opted_out: z
          .enum(["unsubscribe", "ignore"])
          .optional()
          .describe("What a HubSpot opt-out does in Klaviyo."),
      })
      .optional()
      .describe("Not yet: what Klaviyo is told about opt-outs in HubSpot."),
    ledger_keep: z.enum(["forever"]).optional().describe("Not yet: how long consent changes are kept."),
  })
  .describe(
    "E-mail consent. Nobody who unsubscribed, complained or bounced is ever resubscribed; not a setting.",
  );

const metric = z.strictObject({
  record: z
    .enum(["every", "first_per_message", "first_per_url"])
    .optional()
    .describe("Which of the events are shown."),
  exclude_bots: z.boolean().optional().describe("Leave out opens and clicks made by mail scanners."),
});

const sources = z.union([z.enum(["all", "none"]), z.array(z.string().min(1))], {
  error: wrong("must be `all`, `none` or a list of ids", "for example `all`"),
});

const span = z
  .string()
  .regex(/^(?:[1-9]\d{0,2})d$/, { error: wrong("must be a number of days", "for example `30d`") });

export const engagement = z
  .strictObject({
    record_as: z
      .enum(["timeline", "app_event", "custom_event", "note", "properties_only"])
      .optional()
      .describe("What a Klaviyo event becomes in HubSpot."),
    metrics: z
      .strictObject({
        opened: metric.optional().describe("Opened e-mails."),
        clicked: metric.optional().describe("Clicked links."),
        bounced: metric.optional().describe("Bounced e-mails."),
        unsubscribed: metric.optional().describe("Unsubscribes."),
        spam: metric.optional().describe("Spam complaints."),
      })
      .optional()
      .describe("Which events are shown."),
    only_from: z
      .strictObject({
        flows: sources.optional().describe("Flows whose e-mails count."),
        campaigns: sources.optional().describe("Campaigns whose e-mails count."),
      })
      .optional()
      .describe("Whose e-mails count."),
    unknown_contacts: z
      .enum(["skip", "create"])
      .optional()
      .describe("What an event of somebody not linked does."),
    backfill: z
      .union([z.enum(["none"]), span], {
        error: wrong("must be `none` or a number of days", "for example `30d`"),
      })
      .optional()
      .describe("How far back to go when first switched on."),
    last_activity: z
      .strictObject({
        opened: propertyName.optional().describe("HubSpot property for the time of the last open."),
        clicked: propertyName.optional().describe("HubSpot property for the time of the last click."),
      })
      .optional()
      .describe("HubSpot properties stamped with the last activity."),
  })
  .describe("Not yet: Klaviyo e-mail events on the HubSpot timeline.");

const channelName = z.enum(["slack", "email"]);

export const alerts = z
  .array(
    z.strictObject({
      when: z
        .enum(["run_failed", "lag_above", "errors_above", "auth_expiring"])
        .describe("What has to happen for the alert."),
      value: z
        .union([z.int().min(0), duration], {
          error: wrong("must be a number or a duration", "for example `50` or `1h`"),
        })
        .optional()
        .describe("The threshold."),
      to: z
        .union([channelName, z.array(channelName)], {
          error: wrong("must be a channel", "allowed: slack, email"),
        })
        .describe("Which channels are told."),
    }),
  )
  .describe("Not yet: who is told when something goes wrong.");

const secretRef = z.strictObject({
  file: z.string().min(1).optional().describe("Path of a file that holds the secret."),
  env: z.string().min(1).optional().describe("Name of an environment variable that holds the secret."),
});

export const channels = z
  .strictObject({
    slack: z
      .strictObject({ webhook: secretRef.describe("Where the webhook address is.") })
      .optional()
      .describe("Slack."),
    email: z
      .strictObject({
        smtp: secretRef.describe("Where the SMTP address is."),
        to: z.array(z.string().min(3)).describe("Who gets the mails."),
      })
      .optional()
      .describe("E-mail."),
  })
  .describe("Not yet: where alerts go.");

export const privacy = z
  .strictObject({
    logs: z.enum(["mask_emails", "hash", "plain"]).optional().describe("How addresses appear in logs."),
    keep_history: span.optional().describe("How long history is kept."),
    keep_raw_responses: span.optional().describe("How long raw answers of the two systems are kept."),
  })
  .describe("Not yet: what is kept and shown of people's data.");
