import { z } from "zod";
import type { Side } from "../../model/side.ts";
import { otherSide } from "../../model/side.ts";
import { Prisma } from "../generated/client.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";
import { SIDE } from "../database/shapes.ts";

/** Some contacts of one side. */
export interface ContactIds {
  readonly side: Side;
  readonly ids: readonly string[];
}

/** A linked contact was asked for and not found. Whether it is deleted is decided over all that are missing. */
export async function markMissing(store: Store, contacts: ContactIds, now: Date): Promise<void> {
  await mark(store, contacts, { deletedOn: null }, { missingOn: contacts.side, dirtySince: now });
  await markBothDeleted(store, contacts, now);
}

/** Of a link whose other contact is deleted, this one was all that was left. */
async function markBothDeleted(
  { statements, connectionId }: Store,
  { side, ids }: ContactIds,
  now: Date,
): Promise<void> {
  if (ids.length === 0) return;
  const other = otherSide(side);
  const [own, others] = side === "hubspot" ? ["hubspot_id", "klaviyo_id"] : ["klaviyo_id", "hubspot_id"];
  await statements.$executeRaw`
    WITH over AS (
      UPDATE link SET deleted_on = ${side}, ${Prisma.raw(others)} = NULL, dirty_since = coalesce(dirty_since, ${now})
      WHERE connection_id = ${connectionId} AND ${Prisma.raw(own)} = ANY(${[...ids]}::text[]) AND deleted_on = ${other}
      RETURNING id
    )
    DELETE FROM sighting USING over WHERE sighting.link_id = over.id AND sighting.side = ${other}`;
}

/** Deleted contacts that some page shows: an index that lags may do so, too. They are missing until they were asked for. */
export async function markShown(store: Store, contacts: ContactIds, now: Date): Promise<void> {
  const { side } = contacts;
  const is = { deletedOn: null, missingOn: side, dirtySince: now };
  await mark(store, contacts, { deletedOn: side }, is);
}

/** Linked contacts that were asked for directly and are there. */
export async function markFound(store: Store, contacts: ContactIds, now: Date): Promise<void> {
  await mark(store, contacts, { missingOn: contacts.side }, { missingOn: null, dirtySince: now });
}

type State = { readonly deletedOn?: Side | null; readonly missingOn?: Side | null };

async function mark(
  { statements, connectionId }: Store,
  { side, ids }: ContactIds,
  was: State,
  is: State & { readonly dirtySince: Date },
): Promise<void> {
  if (ids.length === 0) return;
  const these = side === "hubspot" ? { hubspotId: { in: [...ids] } } : { klaviyoId: { in: [...ids] } };
  await statements.link.updateMany({ where: { connectionId, ...these, ...was }, data: is });
}

/** A link whose contact on that side was not found. */
export interface MissingLink {
  readonly id: bigint;
  readonly email: string;
  readonly side: Side;
  readonly externalId: string;
  /** The contact on the other side. */
  readonly partner: string | null;
}

const MISSING_LINK_ROW: z.ZodType<MissingLink> = z.object({
  id: z.bigint(),
  email: z.string(),
  side: SIDE,
  externalId: z.string(),
  partner: z.string().nullable(),
});

export async function missingLinks({ statements, connectionId }: Store): Promise<readonly MissingLink[]> {
  return rowsOf(statements, MISSING_LINK_ROW)`
    SELECT id, email_key AS email, missing_on AS side,
           CASE missing_on WHEN 'hubspot' THEN hubspot_id ELSE klaviyo_id END AS "externalId",
           CASE missing_on WHEN 'hubspot' THEN klaviyo_id ELSE hubspot_id END AS partner
    FROM link
    WHERE connection_id = ${connectionId} AND missing_on IS NOT NULL AND deleted_on IS NULL
      AND CASE missing_on WHEN 'hubspot' THEN hubspot_id ELSE klaviyo_id END IS NOT NULL
    ORDER BY id`;
}

/** Their contacts are deleted: the links stay, and nothing is ever made again from them (P11). */
export async function markDeleted({ statements }: Store, ids: readonly bigint[], now: Date): Promise<void> {
  if (ids.length === 0) return;
  await statements.$executeRaw`
    UPDATE link SET deleted_on = missing_on, missing_on = NULL, dirty_since = coalesce(dirty_since, ${now})
    WHERE id = ANY(${[...ids]}::bigint[]) AND missing_on IS NOT NULL`;
}
