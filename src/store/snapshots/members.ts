import { z } from "zod";
import type { Side } from "../../model/side.ts";
import type { ContactIds } from "../links/missing-links.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";

/** One list or segment of one side. */
export interface CollectionKey {
  readonly side: Side;
  readonly collection: string;
}

/** Saves that these contacts are members. The links of new members become dirty. */
export async function saveMembers(
  { statements, connectionId }: Store,
  { side, collection }: CollectionKey,
  ids: readonly string[],
  scan: string | null,
  now: Date,
): Promise<void> {
  if (ids.length === 0) return;
  await statements.$executeRaw`
    WITH page AS (SELECT DISTINCT unnest(${[...ids]}::text[]) AS id),
    joined AS (
      SELECT id FROM page WHERE NOT EXISTS (
        SELECT FROM member WHERE connection_id = ${connectionId} AND side = ${side}
                             AND collection = ${collection} AND external_id = page.id)
    ), saved AS (
      INSERT INTO member (connection_id, side, collection, external_id, scan)
      SELECT ${connectionId}, ${side}, ${collection}, id, ${scan} FROM page ORDER BY id
      ON CONFLICT (connection_id, side, collection, external_id) DO UPDATE
        SET absences = 0, scan = coalesce(excluded.scan, member.scan)
        WHERE member.absences > 0 OR excluded.scan IS NOT NULL
    )
    UPDATE link SET dirty_since = coalesce(dirty_since, ${now})
    WHERE id IN (SELECT link_id FROM sighting JOIN joined ON joined.id = sighting.external_id
                 WHERE sighting.connection_id = ${connectionId} AND sighting.side = ${side} AND link_id IS NOT NULL)`;
}

/** Closes a roster: a member that was not in `scan` is absent once more. One absence alone removes nobody. */
export async function noteAbsences(
  { statements, connectionId }: Store,
  { side, collection }: CollectionKey,
  scan: string,
): Promise<void> {
  await statements.$executeRaw`/* long */
    UPDATE member SET absences = absences + 1
    WHERE connection_id = ${connectionId} AND side = ${side} AND collection = ${collection}
      AND scan IS DISTINCT FROM ${scan}`;
}

const LEFT_COLLECTION_ROW = z.object({
  collection: z.string(),
  members: z.number(),
  leavers: z.array(z.string()),
});

/** A list or segment that some members were absent from often enough to have left it. */
export type LeftCollection = z.infer<typeof LEFT_COLLECTION_ROW>;

/** What was left on a side, with who left: absent `absencesNeeded` times in a row. */
export async function leftCollections(
  { statements, connectionId }: Store,
  side: Side,
  absencesNeeded: number,
): Promise<readonly LeftCollection[]> {
  return rowsOf(statements, LEFT_COLLECTION_ROW)`
    SELECT left_ones.collection, leavers,
           (SELECT count(*)::int FROM member WHERE connection_id = ${connectionId} AND side = ${side}
                                               AND member.collection = left_ones.collection) AS members
    FROM (SELECT collection, array_agg(external_id ORDER BY external_id) AS leavers
          FROM member
          WHERE connection_id = ${connectionId} AND side = ${side} AND absences > 0 AND absences >= ${absencesNeeded}
          GROUP BY collection) AS left_ones
    ORDER BY left_ones.collection`;
}

/** These have left: no members any more, and their links are to be planned again. */
export async function removeMembers(
  store: Store,
  { side, collection }: CollectionKey,
  ids: readonly string[],
  now: Date,
): Promise<void> {
  const { statements, connectionId } = store;
  await statements.member.deleteMany({
    where: { connectionId, side, collection, externalId: { in: [...ids] } },
  });
  await markContactsDirty(store, { side, ids }, now);
}

const ID_ROW = z.object({ id: z.string() });

/** Members of whom no contact is known yet, out of these. */
export async function unknownContacts(
  { statements, connectionId }: Store,
  { side, ids }: ContactIds,
): Promise<readonly string[]> {
  const rows = await rowsOf(statements, ID_ROW)`
    SELECT page.id FROM unnest(${[...ids]}::text[]) AS page(id)
    WHERE NOT EXISTS (SELECT FROM sighting WHERE connection_id = ${connectionId} AND side = ${side}
                                              AND external_id = page.id)`;
  return rows.map((row) => row.id);
}

/** Their links are to be planned again. */
async function markContactsDirty(
  { statements, connectionId }: Store,
  { side, ids }: ContactIds,
  now: Date,
): Promise<void> {
  if (ids.length === 0) return;
  await statements.$executeRaw`
    UPDATE link SET dirty_since = coalesce(dirty_since, ${now})
    WHERE id IN (SELECT link_id FROM sighting WHERE connection_id = ${connectionId} AND side = ${side}
                                                AND external_id = ANY(${[...ids]}::text[]) AND link_id IS NOT NULL)`;
}
