import { z } from "zod";
import type { ExternalId } from "../../model/contact.ts";
import type { Side } from "../../model/side.ts";
import { recordChangedConsent } from "../consent/record-consent.ts";
import { NO_RUN } from "../runs/runs.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";

/** A contact that a side showed and that no link has: without an email address, a duplicate, or in no rule's scope. */
export interface UnlinkedContact {
  readonly externalId: ExternalId;
  /** `null` where it shows none, or where a link has the address. */
  readonly email: string | null;
  readonly readAt: Date;
}

const UNLINKED_CONTACT_ROW: z.ZodType<UnlinkedContact> = z.object({
  externalId: z.string(),
  email: z.string().nullable(),
  readAt: z.date(),
});

/** Those that were not read since `before`, the ones first that were read longest ago. */
export async function unlinkedContacts(
  { statements, connectionId }: Store,
  side: Side,
  before: Date,
  limit: number,
): Promise<readonly UnlinkedContact[]> {
  return rowsOf(statements, UNLINKED_CONTACT_ROW)`
    SELECT external_id AS "externalId", coalesce(read_at, seen_at) AS "readAt",
           CASE WHEN NOT EXISTS (SELECT FROM link WHERE link.connection_id = seen.connection_id
                                   AND link.email_key = seen.email_key AND NOT link.passed)
                THEN email_key END AS email
    FROM sighting AS seen
    WHERE connection_id = ${connectionId} AND side = ${side} AND link_id IS NULL
      AND coalesce(read_at, seen_at) < ${before}
    ORDER BY coalesce(read_at, seen_at), external_id LIMIT ${limit}`;
}

/** Notes that these contacts were asked for and exist. */
export async function markUnlinkedRead(
  { statements, connectionId }: Store,
  side: Side,
  ids: readonly ExternalId[],
  now: Date,
): Promise<void> {
  const which = { connectionId, side, externalId: { in: [...ids] }, linkId: null };
  await statements.sighting.updateMany({ where: which, data: { readAt: now } });
}

/** Contacts without a link that no longer exist. They cause no problem any more; an opt-out that they showed is kept. */
export async function forgetUnlinked(
  store: Store,
  side: Side,
  ids: readonly ExternalId[],
  now: Date,
): Promise<void> {
  const { statements, connectionId } = store;
  if (ids.length === 0) return;
  await recordChangedConsent(store, NO_RUN, now);
  // A linked contact keeps its lists: whether it is deleted is decided with its link.
  await statements.$executeRaw`
    WITH forgotten AS (
      DELETE FROM sighting
      WHERE connection_id = ${connectionId} AND side = ${side} AND external_id = ANY(${[...ids]}::text[]) AND link_id IS NULL
      RETURNING external_id
    )
    DELETE FROM member USING forgotten
    WHERE connection_id = ${connectionId} AND side = ${side} AND member.external_id = forgotten.external_id`;
}
