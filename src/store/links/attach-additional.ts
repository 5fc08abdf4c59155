import { EMAIL_FIELD } from "../../model/mapping.ts";
import type { Store } from "../database/store.ts";

/**
 * Joins Klaviyo profiles without a HubSpot contact to the one that has their address among its additional ones. Both
 * addresses are agreed on as they are, so that neither is ever written over the other. Where one contact is claimed by
 * several profiles, or one profile finds several contacts, none is joined: a person must choose. A contact whose own
 * address has a link belongs to that.
 */
export async function attachAdditional({ statements, connectionId }: Store, now: Date): Promise<void> {
  await statements.$executeRaw`
    WITH claims AS (
      SELECT s.external_id, s.email_key, link.id AS link_id, link.email_key AS address,
             count(*) OVER (PARTITION BY s.external_id) AS links, count(*) OVER (PARTITION BY link.id) AS contacts
      FROM sighting AS s
      JOIN link ON link.connection_id = ${connectionId} AND link.email_key = ANY(s.other_emails) AND NOT link.passed
      WHERE s.connection_id = ${connectionId} AND s.side = 'hubspot' AND s.link_id IS NULL
        AND s.other_emails <> '{}' AND link.hubspot_id IS NULL AND link.klaviyo_id IS NOT NULL
        AND link.deleted_on IS NULL
        AND NOT EXISTS (SELECT FROM link AS own
                        WHERE own.connection_id = ${connectionId} AND own.email_key = s.email_key AND NOT own.passed)
    ), joined AS (
      UPDATE link
      SET hubspot_id = claims.external_id, dirty_since = coalesce(dirty_since, ${now}),
          base = base || jsonb_build_object(${EMAIL_FIELD.key}::text,
                           jsonb_build_object('hubspot', claims.email_key, 'klaviyo', claims.address))
      FROM claims
      WHERE link.id = claims.link_id AND claims.links = 1 AND claims.contacts = 1
      RETURNING link.id, claims.external_id
    )
    UPDATE sighting SET link_id = joined.id
    FROM joined
    WHERE sighting.connection_id = ${connectionId} AND sighting.side = 'hubspot'
      AND sighting.external_id = joined.external_id`;
}
