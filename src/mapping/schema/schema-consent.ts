import { z } from "zod";
import * as words from "./schema-words.ts";
import { wrong } from "../../values/wrong.ts";

export const consent = z
  .strictObject({
    authority: z
      .enum(["klaviyo"])
      .optional()
      .describe(
        "Which system decides what a person subscribed to: always Klaviyo. An opt-out counts on either side.",
      ),
    resubscribe_unsubscribed: z
      .enum(["never"])
      .optional()
      .describe("Always `never`: nobody who left is subscribed again by Tandem. Not a setting."),
    klaviyo_to_hubspot: z
      .strictObject({
        status_property: words.propertyName
          .optional()
          .describe(
            "HubSpot property that shows the consent in Klaviyo: subscribed, unsubscribed, never_subscribed or suppressed.",
          ),
        reason_property: words.propertyName
          .optional()
          .describe(
            "HubSpot property that shows why Klaviyo does not e-mail: HARD_BOUNCE, SPAM_COMPLAINT, …",
          ),
        unsubscribe_from: z
          .array(words.nameOrId)
          .min(1, { error: wrong("must not be empty", "name at least one, or delete the key") })
          .optional()
          .describe(
            "HubSpot subscription types, by name or id, that people who opt out of email in Klaviyo are opted out of.",
          ),
      })
      .optional()
      .describe("What HubSpot is told of consent in Klaviyo."),
    hubspot_to_klaviyo: z
      .strictObject({
        opted_out: z
          .enum(["unsubscribe", "ignore"])
          .optional()
          .describe(
            "What refusing all e-mail in HubSpot, or all of `unsubscribe_from`, does in Klaviyo. Default: ignore. `unsubscribe` needs a key with subscriptions:write.",
          ),
      })
      .optional()
      .describe("What Klaviyo is told of refusals in HubSpot."),
    ledger_keep: z
      .enum(["forever"])
      .optional()
      .describe("Every change of consent is kept, with its evidence."),
  })
  .describe(
    "E-mail consent. Nobody who unsubscribed, complained or bounced is ever resubscribed; not a setting.",
  );
