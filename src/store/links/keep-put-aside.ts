import { z } from "zod";
import type { Side } from "../../model/side.ts";
import { otherSide } from "../../model/side.ts";
import { Prisma } from "../generated/client.ts";
import { putAside } from "./put-aside.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";

/** A contact without an email address because Tandem took it for a swap, and that address. */
export interface PutAside {
  readonly side: Side;
  readonly id: string;
  readonly link: bigint;
  readonly email: string;
}

const PUT_ASIDE_ROW = z.object({ id: z.string(), email: z.string().nullable() });

/** The contact of this link on a side, where its email address was put aside. */
export async function putAsideOn(
  { statements, connectionId }: Store,
  side: Side,
  link: bigint,
): Promise<PutAside | null> {
  const [found] = await rowsOf(statements, PUT_ASIDE_ROW)`
    SELECT contact.external_id AS id, ${putAside(side, connectionId)} AS email
    FROM link AS page JOIN sighting AS contact ON contact.link_id = page.id AND contact.side = ${side}
    WHERE page.id = ${link} AND page.deleted_on IS DISTINCT FROM ${side}`;
  return found?.email ? { side, id: found.id, link, email: found.email } : null;
}

const ID_ROW = z.object({ id: z.bigint() });

/**
 * Keeps a contact that its link has lost and whose address was put aside: it shows none to be linked by. It goes to the link
 * that waits for a contact with that address, or to a new one, and gets its address back there. The write that took
 * the address goes with it.
 */
export async function keepPutAside(
  { statements, connectionId }: Store,
  aside: PutAside,
  now: Date,
): Promise<void> {
  const { side, id, email } = aside;
  const own = side === "hubspot" ? Prisma.sql`hubspot_id` : Prisma.sql`klaviyo_id`;
  const waiting = await rowsOf(statements, ID_ROW)`
    SELECT link.id FROM sighting AS partner JOIN link ON link.id = partner.link_id
    WHERE partner.connection_id = ${connectionId} AND partner.side = ${otherSide(side)} AND partner.email_key = ${email} AND link.id <> ${aside.link}
      AND link.${own} IS NULL AND link.deleted_on IS NULL AND link.missing_on IS NULL AND link.parted_on IS NULL
    ORDER BY link.id LIMIT 1`;
  const [to] =
    waiting.length > 0
      ? waiting
      : // The address may be that of another link until it moves on.
        await rowsOf(statements, ID_ROW)`
          INSERT INTO link (connection_id, email_key, passed) VALUES (${connectionId}, ${email}, true) RETURNING id`;
  if (to === undefined) return;
  await statements.$executeRaw`
    UPDATE link SET ${own} = ${id}, base = '{}', dirty_since = coalesce(dirty_since, ${now}::timestamptz) WHERE id = ${to.id}`;
  await statements.$executeRaw`
    UPDATE sighting SET link_id = ${to.id} WHERE connection_id = ${connectionId} AND side = ${side} AND external_id = ${id}`;
  await statements.$executeRaw`
    UPDATE journal SET link_id = ${to.id}
    WHERE trace_id = (SELECT trace_id FROM journal AS last
                      WHERE last.link_id = ${aside.link} AND last.side = ${side} AND last.kind = 'update' AND last.outcome = 'done'
                        AND last.after -> 'email' = 'null'
                      ORDER BY last.sent_at DESC LIMIT 1)`;
}
