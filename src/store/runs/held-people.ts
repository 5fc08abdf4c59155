import { z } from "zod";
import { rowsOf } from "../database/rows.ts";
import type { Store } from "../database/store.ts";

/** A person of a held change. */
export interface HeldPerson {
  readonly linkId: bigint;
  readonly email: string;
  readonly name: string | null;
}

const HELD_PERSON = z.object({
  who: z.string(),
  linkId: z.bigint(),
  email: z.string(),
  name: z.string().nullable(),
});

/**
 * The linked contacts that held changes are about.
 *
 * @param who email addresses, or ids of contacts in either system
 * @returns by what was given; without those that nothing is known of
 */
export async function heldPeople(
  { statements, connectionId }: Store,
  who: readonly string[],
): Promise<ReadonlyMap<string, HeldPerson>> {
  const rows = await rowsOf(statements, HELD_PERSON)`
    SELECT DISTINCT ON (who) who, link.id AS "linkId", email_key AS email,
           (SELECT person_name(fields) FROM sighting WHERE link_id = link.id ORDER BY side LIMIT 1) AS name
    FROM unnest(${[...new Set(who)]}::text[]) AS who
    JOIN link ON connection_id = ${connectionId} AND (email_key = who OR hubspot_id = who OR klaviyo_id = who)
    ORDER BY who, link.id`;
  return new Map(rows.map(({ who: given, ...person }) => [given, person]));
}
