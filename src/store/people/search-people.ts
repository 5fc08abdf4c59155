import { Prisma } from "../generated/client.ts";

/** Sorts after every letter there is: what begins with a text lies between it and it with this behind it. */
const LAST = "\u{10FFFF}";

/** By what people are found. Who sees addresses masked must not find anybody by one: each letter more would be told. */
export type SearchIn = "everything" | "names_and_ids";

/** Names hold addresses, too, in any encoding: with one of these signs a name is more than a name. */
const MORE_THAN_A_NAME = "[@＠﹫%&=/_:0-9\\\\]";

/**
 * The ids of links whose address, or one they had, begins so, whose id in either system is this, or whose name has words that begin so.
 * Each of them by its own index, whatever the language of the database.
 */
export function peopleMatching(connectionId: number, search: string, searchIn: SearchIn): Prisma.Sql {
  const text = search.trim().toLowerCase().normalize("NFC");
  const words = text.match(/[\p{L}\p{N}]+/gu) ?? [];
  const named = words.map((word) => `${word}:*`).join(" & ");
  const byAddress = Prisma.sql`
    SELECT id FROM link
    WHERE connection_id = ${connectionId} AND email_key ~>=~ ${text} AND email_key ~<~ ${text + LAST}
    UNION SELECT link_id FROM link_alias
      WHERE connection_id = ${connectionId} AND email_key ~>=~ ${text} AND email_key ~<~ ${text + LAST}
    UNION`;
  return Prisma.sql`
    ${searchIn === "everything" ? byAddress : Prisma.empty}
    SELECT id FROM link WHERE connection_id = ${connectionId} AND hubspot_id = ${search.trim()}
    UNION SELECT id FROM link WHERE connection_id = ${connectionId} AND klaviyo_id = ${search.trim()}
    ${
      words.length === 0
        ? Prisma.empty
        : Prisma.sql`UNION SELECT link_id FROM sighting
            WHERE connection_id = ${connectionId} AND link_id IS NOT NULL
              AND to_tsvector('simple', coalesce(person_name(fields), '')) @@ to_tsquery('simple', ${named})
              ${searchIn === "everything" ? Prisma.empty : Prisma.sql`AND person_name(fields) !~ ${MORE_THAN_A_NAME}`}`
    }`;
}
