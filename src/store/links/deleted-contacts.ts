import { z } from "zod";
import type { Side } from "../../model/side.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";

const DELETED_CONTACT_ROW = z.object({
  link: z.bigint(),
  email: z.string(),
  externalId: z.string(),
});

/** A link whose contact was deleted on a side. */
export type DeletedContact = z.infer<typeof DELETED_CONTACT_ROW>;

/**
 * Links whose contact of this side is deleted and was seen alive since then. Left out is an address that somebody else has
 * now, and a contact that was merged into another.
 */
export async function deletedContacts(
  { statements, connectionId }: Store,
  side: Side,
  seenSince: Date,
): Promise<readonly DeletedContact[]> {
  return rowsOf(statements, DELETED_CONTACT_ROW)`
    SELECT link.id AS link, link.email_key AS email, seen.external_id AS "externalId"
    FROM link JOIN sighting AS seen ON seen.link_id = link.id AND seen.side = ${side}
    WHERE link.connection_id = ${connectionId} AND deleted_on = ${side} AND NOT passed AND parted_to IS NULL
      AND coalesce(seen.read_at, seen.seen_at) > ${seenSince}
    ORDER BY link.id`;
}
