import { z } from "zod";
import { RECORD_AS } from "../../model/engagement.ts";
import { nameOrId, propertyName } from "./schema-words.ts";
import { wrong } from "../../values/wrong.ts";

/** What of Klaviyo's engagement HubSpot shows; what the whole means is looked at in `meaning-engagement.ts`. */

const metric = z.strictObject({
  record: z
    .enum(["every", "first_per_message", "first_per_url"])
    .optional()
    .describe(
      "Which of the events are shown. Default: first_per_message for opens, first_per_url for clicks, otherwise every.",
    ),
  exclude_bots: z
    .boolean()
    .optional()
    .describe(
      "Leave out what Klaviyo takes for the work of mail scanners and privacy proxies. Default: true for opens and clicks.",
    ),
});

const sources = z.union([z.enum(["all", "none"]), z.array(nameOrId).min(1)], {
  error: wrong("must be `all`, `none` or a list of ids or names", "for example `all`"),
});

const collections = z.array(nameOrId).min(1, {
  error: wrong("must not be empty", "name at least one, or delete the key"),
});

const MOST_DAYS = 365;

const days = z
  .string()
  .regex(/^[1-9]\d{0,2}d$/, { error: wrong("must be a number of days", "for example `30d`") })
  .refine((text) => Number(text.slice(0, -1)) <= MOST_DAYS, {
    error: wrong("goes back too far", "at most `365d`"),
  });

const constant = z.union([z.string().min(1), z.number(), z.boolean()]);

const newContactValue = z.union(
  [
    constant,
    z.strictObject({
      klaviyo: propertyName.describe("Klaviyo attribute, or `properties.NAME`, whose value it gets."),
    }),
  ],
  {
    error: wrong(
      "must be a value, or `{ klaviyo: FIELD }`",
      "for example `lead`, or `{ klaviyo: first_name }`",
    ),
  },
);

const text = (what: string) =>
  propertyName.optional().describe(`HubSpot text property for ${what} that was opened or clicked last.`);

export const engagement = z
  .strictObject({
    paused: z
      .boolean()
      .optional()
      .describe(
        "true: nothing is read or shown; what happens meanwhile is caught up with later. Default: false.",
      ),
    record_as: z
      .enum(RECORD_AS)
      .describe("What a Klaviyo event becomes in HubSpot; README says what each needs."),
    metrics: z
      .strictObject({
        received: metric.optional().describe("Delivered messages. There are many; only if named."),
        opened: metric.optional().describe("Opened e-mails."),
        clicked: metric.optional().describe("Clicked links."),
        bounced: metric.optional().describe("Bounced messages."),
        dropped: metric.optional().describe("Messages that Klaviyo did not send; only if named."),
        unsubscribed: metric.optional().describe("Unsubscribes."),
        spam: metric.optional().describe("Spam complaints."),
      })
      .optional()
      .describe("Which events are shown. Default: opened, clicked, bounced, unsubscribed, spam."),
    only_from: z
      .strictObject({
        flows: sources.optional().describe("Flows whose messages count. Default: all."),
        campaigns: sources.optional().describe("Campaigns whose messages count. Default: all."),
        lists: collections.optional().describe("Klaviyo lists: only people on one of them count."),
        segments: collections.optional().describe("Klaviyo segments: only people in one of them count."),
      })
      .optional()
      .describe("Whose messages, and which people, count."),
    unknown_contacts: z
      .enum(["skip", "create"])
      .optional()
      .describe("What the event of somebody does whom HubSpot does not know. Default: skip."),
    new_contact: z
      .record(propertyName, newContactValue)
      .optional()
      .describe(
        "With `unknown_contacts: create`: HubSpot property : its value, or the Klaviyo field it comes from.",
      ),
    backfill: z
      .union([z.enum(["none"]), days], {
        error: wrong("must be `none` or a number of days", "for example `30d`"),
      })
      .optional()
      .describe(
        "How far back to go: none, or 1d to 365d, and no further than `privacy.keep_history`. A larger value later reads the older part too. Default: none.",
      ),
    last_activity: z
      .strictObject({
        opened: propertyName.optional().describe("HubSpot date-and-time property for the last open."),
        clicked: propertyName.optional().describe("HubSpot date-and-time property for the last click."),
        opens: propertyName.optional().describe("HubSpot number property for how many opens are shown."),
        clicks: propertyName.optional().describe("HubSpot number property for how many clicks are shown."),
        message: text("the message"),
        source: text("the campaign or flow"),
        subject: text("the subject of the message"),
        link: text("the link"),
        channel: propertyName
          .optional()
          .describe("HubSpot dropdown property for the channel of the last open or click: email or sms."),
      })
      .optional()
      .describe(
        "HubSpot properties stamped with the last activity; `tandem hubspot setup-timeline` makes them.",
      ),
  })
  .describe("Klaviyo's opens, clicks, bounces and the like on HubSpot's timeline.");

export type EngagementSection = z.infer<typeof engagement>;
