import { z } from "zod";
import type { Side } from "../../model/side.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";

/** Which linked contacts are to be read: all whose snapshot has another shape, or that were not read since `before`. */
export interface Unread {
  readonly shape: string;
  /** `null`: whenever they were read, but not those that Tandem made and never read. */
  readonly before: Date | null;
  /** Only these people; `null`: everybody. */
  readonly emails: readonly string[] | null;
}

const ID_ROW = z.object({ id: z.string() });

/** A page of them, by id. Contacts that are known to be deleted are left out. */
export async function unreadContacts(
  { statements, connectionId }: Store,
  side: Side,
  { shape, before, emails }: Unread,
  after: string,
  limit: number,
): Promise<readonly string[]> {
  const rows = await rowsOf(statements, ID_ROW)`
    SELECT sighting.external_id AS id
    FROM sighting JOIN link ON link.id = sighting.link_id
    WHERE sighting.connection_id = ${connectionId} AND sighting.side = ${side}
      AND sighting.external_id > ${after}
      AND (sighting.shape < ${shape} OR sighting.shape > ${shape} OR sighting.read_at IS NULL
        OR sighting.read_at < ${before}::timestamptz)
      AND link.deleted_on IS DISTINCT FROM ${side}
      AND (${emails === null} OR link.email_key = ANY(${[...(emails ?? [])]}::text[]))
    ORDER BY sighting.external_id LIMIT ${limit}`;
  return rows.map(({ id }) => id);
}
