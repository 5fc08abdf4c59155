import { z } from "zod";
import {
  BASE,
  CONSENT,
  EDIT_TIMES,
  EMAIL_KEY,
  LINK_STATE,
  PROBLEM,
  REJECTED_VALUES,
  SIDE,
  VALUES,
} from "../database/shapes.ts";

const CLAIM = z.object({ id: z.string(), email: EMAIL_KEY.nullable(), linkedTo: EMAIL_KEY.nullable() });

const TAKEN = CLAIM.extend({ stepsAside: z.boolean() });

/** A contact of a link, as the statement of `knownLinks` answers it. */
const SIGHTING_COLUMNS = z.object({
  email_key: z.string().nullable(),
  fields: VALUES,
  unreadable: z.record(z.string(), PROBLEM),
  consent: CONSENT.nullable(),
  shape: z.string(),
  edited: EDIT_TIMES,
  collections: z.array(z.string()).nullable(),
});

export type SightingColumns = z.infer<typeof SIGHTING_COLUMNS>;

/** A link with all that is known of its contacts. */
export const KNOWN_LINK_ROW = z.object({
  id: z.bigint(),
  email_key: z.string(),
  hubspot_id: z.string().nullable(),
  klaviyo_id: z.string().nullable(),
  base: BASE,
  lists: z.array(z.string()),
  deleted_on: SIDE.nullable(),
  missing_on: SIDE.nullable(),
  parted_on: SIDE.nullable(),
  parted_into: z.string().nullable(),
  state: LINK_STATE,
  attempts: z.number(),
  retry_at: z.date().nullable(),
  refused: REJECTED_VALUES,
  hubspot_sought: z.date().nullable(),
  klaviyo_sought: z.date().nullable(),
  hubspot: SIGHTING_COLUMNS.nullable(),
  klaviyo: SIGHTING_COLUMNS.nullable(),
  hubspot_unread: PROBLEM.nullable(),
  klaviyo_unread: PROBLEM.nullable(),
  made: z.array(SIDE).nullable(),
  duplicates: z.array(z.object({ side: SIDE, id: z.string() })).nullable(),
  hubspot_claim: CLAIM.nullable(),
  klaviyo_claim: CLAIM.nullable(),
  hubspot_taken: TAKEN.nullable(),
  klaviyo_taken: TAKEN.nullable(),
  hubspot_put_aside: z.string().nullable(),
  klaviyo_put_aside: z.string().nullable(),
  inherited: z.array(z.object({ from: SIDE, carriedTo: z.array(SIDE) })).nullable(),
  writes: z
    .array(
      z.object({
        before: VALUES,
        after: VALUES,
        refused: z.array(z.string()),
        at: z.string(),
        run: z.number(),
      }),
    )
    .nullable(),
  opted_out: z.boolean(),
  on_its_way: z.object({
    optingOut: z.boolean(),
    optOutUnconfirmed: z.boolean(),
    optOutUnderWay: z.boolean(),
  }),
  subscribe_requested: z.array(z.string()).nullable(),
  overruled: z.boolean(),
  taken_back: z.array(z.string()).nullable(),
});

export type KnownLinkRow = z.infer<typeof KNOWN_LINK_ROW>;
