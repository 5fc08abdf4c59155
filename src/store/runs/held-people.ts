import type { Statements } from "../database/database.ts";

/** A person of a held change. */
export interface HeldPerson {
  readonly linkId: bigint;
  readonly email: string;
  readonly name: string | null;
}

/**
 * The linked contacts that held changes are about.
 *
 * @param who email addresses, or ids of contacts in either system
 * @returns by what was given; without those that nothing is known of
 */
export async function heldPeople(
  statements: Statements,
  connectionId: number,
  who: readonly string[],
): Promise<ReadonlyMap<string, HeldPerson>> {
  const rows = await statements.$queryRaw<(HeldPerson & { readonly who: string })[]>`
    SELECT DISTINCT ON (who) who, link.id AS "linkId", email_key AS email,
           (SELECT person_name(fields) FROM sighting WHERE link_id = link.id ORDER BY side LIMIT 1) AS name
    FROM unnest(${[...new Set(who)]}::text[]) AS who
    JOIN link ON connection_id = ${connectionId} AND (email_key = who OR hubspot_id = who OR klaviyo_id = who)
    ORDER BY who, link.id`;
  return new Map(rows.map(({ who: given, ...person }) => [given, person]));
}
