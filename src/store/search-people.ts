import { Prisma } from "./generated/client.ts";

/** Sorts after every letter there is: what begins with a text lies between it and it with this behind it. */
const LAST = "\u{10FFFF}";

/**
 * The ids of links whose address, or one they had, begins so, whose id in either system is this, or whose name has words that begin so.
 * Each of them by an index of its own, whatever the language of the database.
 */
export function peopleMatching(connectionId: number, search: string): Prisma.Sql {
  const text = search.trim().toLowerCase().normalize("NFC");
  const words = text.match(/[\p{L}\p{N}]+/gu) ?? [];
  const named = words.map((word) => `${word}:*`).join(" & ");
  return Prisma.sql`
    SELECT id FROM link
    WHERE connection_id = ${connectionId} AND email_key ~>=~ ${text} AND email_key ~<~ ${text + LAST}
    UNION SELECT link_id FROM link_alias
      WHERE connection_id = ${connectionId} AND email_key ~>=~ ${text} AND email_key ~<~ ${text + LAST}
    UNION SELECT id FROM link WHERE connection_id = ${connectionId} AND hubspot_id = ${search.trim()}
    UNION SELECT id FROM link WHERE connection_id = ${connectionId} AND klaviyo_id = ${search.trim()}
    ${
      words.length === 0
        ? Prisma.empty
        : Prisma.sql`UNION SELECT link_id FROM sighting
            WHERE connection_id = ${connectionId} AND link_id IS NOT NULL
              AND to_tsvector('simple', coalesce(person_name(fields), '')) @@ to_tsquery('simple', ${named})`
    }`;
}
