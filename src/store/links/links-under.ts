import { z } from "zod";
import type { ExternalId } from "../../model/contact.ts";
import type { Side } from "../../model/side.ts";
import { Prisma } from "../generated/client.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";

/**
 * The ids of links found under these email addresses, in any connection: the link that has one now, and where none has,
 * who had it last, or shows it without being linked by it.
 */
export function linksUnder(emails: readonly string[]): Prisma.Sql {
  const known = Prisma.sql`${[...emails]}::text[]`;
  return Prisma.sql`
    SELECT id FROM link AS named WHERE named.email_key = ANY(${known}) AND NOT named.passed
    UNION SELECT link_id FROM link_alias AS alias
    WHERE alias.email_key = ANY(${known})
      AND NOT EXISTS (SELECT FROM link AS owner
                      WHERE owner.connection_id = alias.connection_id AND owner.email_key = alias.email_key AND NOT owner.passed)`;
}

const ID_ROW = z.object({ id: z.string() });

/** The contacts of a side whose links are found under these addresses. */
export async function contactsUnder(
  { statements, connectionId }: Store,
  side: Side,
  emails: readonly string[],
): Promise<readonly ExternalId[]> {
  const own = side === "hubspot" ? Prisma.sql`hubspot_id` : Prisma.sql`klaviyo_id`;
  const rows = await rowsOf(statements, ID_ROW)`
    SELECT ${own} AS id FROM link
    WHERE connection_id = ${connectionId} AND ${own} IS NOT NULL AND deleted_on IS DISTINCT FROM ${side}
      AND id IN (${linksUnder(emails)})`;
  return rows.map(({ id }) => id);
}

/** What an address is to the people of a connection. */
export interface AddressStory {
  /** Whose it was before: the addresses that they have now. */
  readonly formerly: readonly string[];
}

const NOW_ROW = z.object({ now: z.string() });

/** People who had this email address before and have another one now, without the link found under it. */
export async function storyOf({ statements, connectionId }: Store, email: string): Promise<AddressStory> {
  const rows = await rowsOf(statements, NOW_ROW)`
    SELECT DISTINCT link.email_key AS now FROM link_alias AS alias JOIN link ON link.id = alias.link_id
    WHERE alias.connection_id = ${connectionId} AND alias.email_key = ${email} AND NOT link.passed
      AND link.email_key <> ${email} AND link.id NOT IN (${linksUnder([email])})
    ORDER BY now`;
  return { formerly: rows.map(({ now }) => now) };
}
