import { z } from "zod";
import { duration } from "./schema-words.ts";
import { wrong } from "../../values/wrong.ts";

/**
 * Parts of the format that are settled but not built yet. They are here so that a slip inside them is found and the
 * editor knows them; `not-yet.ts` rejects them, so that they do not look as if they worked.
 */

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
