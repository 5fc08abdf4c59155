import { z } from "zod";
import { wrong } from "./schema-words.ts";

const days = z
  .string({ error: wrong("must be a number of days", "for example `400d`") })
  .regex(/^[1-9]\d{0,3}d$/, { error: wrong("must be a number of days", "for example `400d`") });

/** How long Tandem keeps what it knows about people. */
export const privacy = z
  .strictObject({
    keep_history: days
      .optional()
      .describe("How long runs, changes and conflicts are kept; older ones cannot be undone. Default: 400d."),
    keep_raw_responses: days
      .optional()
      .describe("How long the answers of HubSpot and Klaviyo to each change are kept. Default: 30d."),
  })
  .describe("How long Tandem keeps what it knows about people. The consent ledger is kept for ever.");
