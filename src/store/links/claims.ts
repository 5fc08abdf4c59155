import type { Side } from "../../model/side.ts";
import { Prisma } from "../generated/client.ts";

/**
 * Contacts with the address of a link of `page` that are not the link's: linked elsewhere, or having it as an additional
 * one. There are few of either, so they are found for the whole page at once.
 */
export function claims(connectionId: number): Prisma.Sql {
  return Prisma.sql`
    SELECT found.*, other.email_key AS linked_to
    FROM (SELECT page.id AS claiming, s.side, s.external_id, s.email_key, s.link_id
          FROM page JOIN sighting AS s
            ON s.connection_id = ${connectionId} AND s.side IN ('hubspot', 'klaviyo') AND s.email_key = page.email_key
          WHERE s.link_id <> page.id
          UNION ALL
          SELECT page.id, s.side, s.external_id, s.email_key, s.link_id
          FROM sighting AS s CROSS JOIN unnest(s.other_emails) AS address JOIN page ON page.email_key = address
          WHERE s.connection_id = ${connectionId} AND s.side IN ('hubspot', 'klaviyo') AND s.other_emails <> '{}'
            AND s.link_id IS DISTINCT FROM page.id) AS found
    LEFT JOIN link AS other ON other.id = found.link_id`;
}

/** The one of a side, where the link of `page` has no contact there. */
export function claimOf(side: Side): Prisma.Sql {
  const missing = side === "hubspot" ? Prisma.sql`page.hubspot_id` : Prisma.sql`page.klaviyo_id`;
  return Prisma.sql`CASE WHEN ${missing} IS NULL THEN (
    SELECT jsonb_build_object('id', external_id, 'email', claim.email_key, 'linkedTo', linked_to)
    FROM claim WHERE claiming = page.id AND claim.side = ${side} LIMIT 1) END`;
}
