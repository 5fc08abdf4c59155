import { z } from "zod";
import { optingOutLately } from "./tombstones.ts";
import { Prisma } from "../generated/client.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";
import { EMAIL_KEY } from "../database/shapes.ts";

const UNCONFIRMED_OPT_OUT_ROW = z.object({ linkId: z.bigint(), email: EMAIL_KEY });

/** A person whom Tandem opted out in Klaviyo, and whose profile has not shown it since. */
export type UnconfirmedOptOut = z.infer<typeof UNCONFIRMED_OPT_OUT_ROW>;

const UNCONFIRMED = Prisma.sql`sighting.side = 'klaviyo' AND sighting.opt_out_sent_at IS NOT NULL
  AND link.deleted_on IS NULL AND link.missing_on IS NULL`;

/** Those whose last opt-out should have been applied by now, the longest first. */
export async function dueOptOuts(
  { statements, connectionId }: Store,
  now: Date,
  atMost: number,
): Promise<readonly UnconfirmedOptOut[]> {
  return rowsOf(statements, UNCONFIRMED_OPT_OUT_ROW)`
    SELECT link.id AS "linkId", link.email_key AS email
    FROM sighting JOIN link ON link.id = sighting.link_id
    WHERE sighting.connection_id = ${connectionId} AND ${UNCONFIRMED}
      AND NOT ${optingOutLately(now, Prisma.sql`link.id`)}
    ORDER BY sighting.opt_out_sent_at, link.id LIMIT ${atMost}`;
}

/** Nothing asks for these opt-outs any more. Of a profile that could not be read since, nobody knows. */
export async function forgetUnconfirmed(
  { statements, connectionId }: Store,
  links: readonly bigint[],
): Promise<void> {
  await statements.$executeRaw`
    UPDATE sighting SET opt_out_sent_at = NULL
    WHERE connection_id = ${connectionId} AND side = 'klaviyo' AND link_id = ANY(${[...links]}::bigint[])
      AND digest <> ''`;
}

const LATE_ROW = z.object({ people: z.number(), since: z.date().nullable() });

/** How many were sent before this moment and are not shown yet, and when the first of them was sent. */
export async function countLateOptOuts(
  { statements, connectionId }: Store,
  before: Date,
): Promise<{ readonly people: number; readonly since: Date | null }> {
  const [row] = await rowsOf(statements, LATE_ROW)`
    SELECT count(*)::int AS people, min(sighting.opt_out_sent_at) AS since
    FROM sighting JOIN link ON link.id = sighting.link_id
    WHERE sighting.connection_id = ${connectionId} AND ${UNCONFIRMED} AND sighting.opt_out_sent_at < ${before}`;
  return row ?? { people: 0, since: null };
}
