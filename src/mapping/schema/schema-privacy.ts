import { z } from "zod";
import { wrong } from "../../values/wrong.ts";

const days = z
  .string({ error: wrong("must be a number of days", "for example `400d`") })
  .regex(/^[1-9]\d{0,3}d$/, { error: wrong("must be a number of days", "for example `400d`") });

/** How long Tandem keeps what it knows about people. */
export const privacy = z
  .strictObject({
    keep_history: days
      .optional()
      .describe(
        "How long runs, changes, conflicts and engagement are kept; older changes cannot be undone. Default: 400d.",
      ),
    keep_raw_responses: days
      .optional()
      .describe("How long the answers of HubSpot and Klaviyo to each change are kept. Default: 30d."),
    keep_audit: days.optional().describe("How long the audit of what people did is kept. Default: for ever."),
    logs: z
      .unknown()
      .optional()
      .describe("Not a setting: Tandem writes its log to standard error and keeps none."),
  })
  .describe("How long Tandem keeps what it knows about people. The consent ledger is kept for ever.");
