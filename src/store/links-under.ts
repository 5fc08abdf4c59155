import { Prisma } from "./generated/client.ts";

/**
 * The ids of links that are found under these addresses, by any connection: whoever has one now, and where nobody has,
 * whoever had it last or shows it without being linked by it.
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
