import { z } from "zod";
import { EMAIL_FIELD } from "../../model/mapping.ts";
import type { Side } from "../../model/side.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";
import { SIDE } from "../database/shapes.ts";

const CONTESTED_CONTACT_ROW = z.object({ side: SIDE, id: z.string() });

/** A contact to read once more before anything is said or done about whose address it is. */
export type ContestedContact = z.infer<typeof CONTESTED_CONTACT_ROW>;

/**
 * The contacts of dirty links that another contact disputes: two of one side show one address, the two of a link show
 * different ones, a contact that shows the link's address stands apart, or a merge left links apart.
 */
export async function contestedContacts({
  statements,
  connectionId,
}: Store): Promise<readonly ContestedContact[]> {
  return rowsOf(statements, CONTESTED_CONTACT_ROW)`
    WITH dirty AS (
      SELECT id, email_key FROM link WHERE connection_id = ${connectionId} AND dirty_since IS NOT NULL
    ), parted AS (
      -- Klaviyo tells nobody of a merge: whether one of the two is gone by now is to be asked each time.
      SELECT id, parted_to FROM link WHERE connection_id = ${connectionId} AND parted_to IS NOT NULL
    ), disputed AS (
      SELECT dirty.id, dirty.email_key FROM dirty
      WHERE EXISTS (SELECT FROM sighting AS other
                    WHERE other.connection_id = ${connectionId} AND other.side IN ('hubspot', 'klaviyo')
                      AND other.email_key = dirty.email_key AND other.link_id IS DISTINCT FROM dirty.id)
    ), differing AS (
      SELECT dirty.id, h.email_key AS h, k.email_key AS k
      FROM dirty JOIN sighting AS h ON h.link_id = dirty.id AND h.side = 'hubspot'
                 JOIN sighting AS k ON k.link_id = dirty.id AND k.side = 'klaviyo'
      WHERE h.email_key IS DISTINCT FROM k.email_key
    )
    SELECT side, external_id AS id FROM sighting
    WHERE connection_id = ${connectionId}
      AND (link_id IN (SELECT id FROM disputed UNION SELECT id FROM differing UNION SELECT id FROM parted
                       UNION SELECT parted_to FROM parted)
        OR side IN ('hubspot', 'klaviyo')
           AND email_key IN (SELECT email_key FROM disputed UNION SELECT h FROM differing UNION SELECT k FROM differing))
    ORDER BY side, external_id`;
}

const EMAIL_ROW = z.object({ email: z.string() });

/**
 * The addresses that one contact of a dirty link shows and the other does not yet: somebody else may have them there. Of a
 * link whose other contact was deleted, the address that is new since: nothing but asking tells who has it there.
 */
export async function addressesToCome(
  { statements, connectionId }: Store,
  side: Side,
): Promise<readonly string[]> {
  const rows = await rowsOf(statements, EMAIL_ROW)`
    SELECT DISTINCT source.email_key AS email
    FROM link JOIN sighting AS source ON source.link_id = link.id AND source.side <> ${side}
              LEFT JOIN sighting AS target ON target.link_id = link.id AND target.side = ${side}
    WHERE link.connection_id = ${connectionId} AND link.dirty_since IS NOT NULL AND source.email_key IS NOT NULL
      AND CASE WHEN link.deleted_on IS NULL THEN target.side IS NOT NULL AND source.email_key IS DISTINCT FROM target.email_key
               ELSE link.deleted_on = ${side} AND source.email_key IS DISTINCT FROM link.base -> ${EMAIL_FIELD.key} ->> source.side END
      AND NOT EXISTS (SELECT FROM sighting AS holder
                      WHERE holder.connection_id = ${connectionId} AND holder.side = ${side}
                        AND holder.email_key = source.email_key)`;
  return rows.map(({ email }) => email);
}
