import type { Side } from "../../model/side.ts";
import type { Store } from "../database/store.ts";
import { z } from "zod";
import { rowsOf } from "../database/rows.ts";

/** A link whose contact was deleted on a side. */
export interface DeletedContact {
  readonly link: bigint;
  readonly email: string;
  readonly externalId: string;
}

const DELETED_CONTACT: z.ZodType<DeletedContact> = z.object({
  link: z.bigint(),
  email: z.string(),
  externalId: z.string(),
});

/**
 * Links whose contact of this side is deleted and was seen alive since then. Left out is an address that somebody else has
 * now, and a contact that was merged into another.
 */
export async function deletedContacts(
  { statements, connectionId }: Store,
  side: Side,
  seenSince: Date,
): Promise<readonly DeletedContact[]> {
  return rowsOf(statements, DELETED_CONTACT)`
    SELECT link.id AS link, link.email_key AS email, seen.external_id AS "externalId"
    FROM link JOIN sighting AS seen ON seen.link_id = link.id AND seen.side = ${side}
    WHERE link.connection_id = ${connectionId} AND deleted_on = ${side} AND NOT passed AND parted_to IS NULL
      AND coalesce(seen.read_at, seen.seen_at) > ${seenSince}
    ORDER BY link.id`;
}
