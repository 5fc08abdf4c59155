import { z } from "zod";
import type { Side } from "../../model/side.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";

/** Contacts that only one of two lists or segments has, each with the address of the link, or else its id. */
export interface Moved {
  readonly enters: readonly string[];
  readonly leaves: readonly string[];
}

const MOVED_ROW = z.object({ who: z.string(), enters: z.boolean() });

/** The contacts that would enter and leave if `to` were used instead of `from`. */
export async function movedBetween(
  { statements, connectionId }: Store,
  side: Side,
  from: string,
  to: string,
): Promise<Moved> {
  const rows = await rowsOf(statements, MOVED_ROW)`
    SELECT DISTINCT coalesce(link.email_key, sighting.email_key, member.external_id) AS who, member.collection = ${to} AS enters
    FROM member
    LEFT JOIN sighting ON sighting.connection_id = ${connectionId} AND sighting.side = ${side}
      AND sighting.external_id = member.external_id
    LEFT JOIN link ON link.id = sighting.link_id
    WHERE member.connection_id = ${connectionId} AND member.side = ${side} AND member.collection IN (${from}, ${to})
      AND NOT EXISTS (
        SELECT FROM member AS other
        WHERE other.connection_id = ${connectionId} AND other.side = ${side} AND other.external_id = member.external_id
          AND other.collection IN (${from}, ${to}) AND other.collection <> member.collection)
    ORDER BY who`;
  return {
    enters: rows.filter(({ enters }) => enters).map(({ who }) => who),
    leaves: rows.filter(({ enters }) => !enters).map(({ who }) => who),
  };
}

const EMAIL_ROW = z.object({ email: z.string() });

/** Contacts that Tandem added to a Klaviyo list. */
export async function putOn({ statements, connectionId }: Store, list: string): Promise<readonly string[]> {
  const rows = await rowsOf(statements, EMAIL_ROW)`
    SELECT email_key AS email FROM link WHERE connection_id = ${connectionId} AND ${list} = ANY(lists) ORDER BY email_key`;
  return rows.map(({ email }) => email);
}

/** How many members of a list or segment are known. */
export async function countMembers(
  { statements, connectionId }: Store,
  side: Side,
  collection: string,
): Promise<number> {
  return statements.member.count({ where: { connectionId, side, collection } });
}
