import type { Side } from "../../model/side.ts";
import { Prisma } from "../generated/client.ts";

/**
 * The email address that Tandem's last write took from the contact of `page` on a side, so that people could swap theirs.
 * Only while the contact shows none and nobody else has that one. A person who emptied it leaves no such write.
 */
export function putAside(side: Side, connectionId: number): Prisma.Sql {
  return Prisma.sql`(
    SELECT CASE WHEN last.after -> 'email' = 'null' AND NOT EXISTS (
      SELECT FROM sighting AS holder WHERE holder.connection_id = ${connectionId} AND holder.side = ${side}
                                       AND holder.email_key = last.before ->> 'email') THEN last.before ->> 'email' END
    FROM sighting AS own JOIN journal AS last ON last.link_id = own.link_id AND last.side = own.side
    WHERE own.link_id = page.id AND own.side = ${side} AND own.shown_email IS NULL
      AND last.kind = 'update' AND last.outcome = 'done' AND last.after ? 'email'
    ORDER BY last.sent_at DESC LIMIT 1)`;
}
