import type { Database } from "./database.ts";
import { Prisma } from "./generated/client.ts";

/** What stands for an address in words that are about somebody else too. */
const ERASED = "(erased)";

/** Words for people. */
const TEXTS: readonly (readonly [table: string, column: string])[] = [
  ["run", "note"],
  ["hold", "reason"],
  ["link", "reason"],
  ["engagement", "reason"],
  ["engagement", "url"],
  ["engagement", "detail"],
  ["problem", "title"],
  ["problem", "explanation"],
];

/** The same, within JSON. */
const DOCUMENTS: readonly (readonly [table: string, column: string])[] = [
  ["problem", "fix"],
  ["journal", "problem"],
  ["engagement", "problem"],
  ["stamp", "problem"],
  ["sighting", "unreadable"],
];

/** Values by field, of which those that name the person are left out: an undo puts back what it knows, never another word. */
const VALUES: readonly (readonly [table: string, column: string])[] = [
  ["journal", "before"],
  ["journal", "after"],
  ["journal", "source"],
  ["journal", "lost"],
  ["stamp", "before"],
  ["stamp", "after"],
  ["link", "base"],
  ["link", "refused"],
];

/**
 * Takes these addresses out of what stands about other people: messages that named them, and an address that somebody
 * had before. In no transaction: each statement goes over a whole table, and any of them may be done twice.
 */
export async function redact(database: Database, addresses: readonly string[]): Promise<void> {
  const texts = anyOf(addresses);
  const documents = anyOf(addresses.map((address) => JSON.stringify(address).slice(1, -1)));
  for (const [table, column] of TEXTS) {
    const [into, what] = [Prisma.raw(table), Prisma.raw(column)];
    await database.$executeRaw`
      UPDATE ${into} SET ${what} = regexp_replace(${what}, ${texts}, ${ERASED}, 'gi') WHERE ${what} ~* ${texts}`;
  }
  for (const [table, column] of DOCUMENTS) {
    const [into, what] = [Prisma.raw(table), Prisma.raw(column)];
    await database.$executeRaw`
      UPDATE ${into} SET ${what} = regexp_replace(${what}::text, ${documents}, ${ERASED}, 'gi')::jsonb
      WHERE ${what}::text ~* ${documents}`;
  }
  for (const [table, column] of VALUES) {
    const [into, what] = [Prisma.raw(table), Prisma.raw(column)];
    await database.$executeRaw`
      UPDATE ${into} SET ${what} = coalesce(
        (SELECT jsonb_object_agg(key, value) FROM jsonb_each(${what}) WHERE value::text !~* ${documents}), '{}')
      WHERE ${what}::text ~* ${documents}`;
  }
  await database.$executeRaw`DELETE FROM link_alias WHERE email_key = ANY(${[...addresses]}::text[])`;
  await database.$executeRaw`UPDATE conflict SET won = NULL WHERE won::text ~* ${documents}`;
  await database.$executeRaw`UPDATE conflict SET lost = NULL WHERE lost::text ~* ${documents}`;
}

/** Whole addresses only: `jo@example.com` is no part of `banjo@example.com`, nor of `jo@example.com.au`. */
function anyOf(addresses: readonly string[]): string {
  const escaped = addresses.map((address) => address.replaceAll(/[^\p{L}\p{N}]/gu, String.raw`\$&`));
  return String.raw`(?<![[:alnum:]._%+-])(?:${escaped.join("|")})(?![[:alnum:]-]|\.[[:alnum:]])`;
}

/**
 * Has PostgreSQL give up the removed rows and what its planner remembers of them: most common values and the bounds of
 * histograms are addresses too.
 */
export async function vacuum(database: Database): Promise<void> {
  await database.$executeRaw`
    VACUUM (ANALYZE) sighting, link, link_alias, member, journal, conflict, problem, run, hold, held_change, engagement,
                     engagement_contact, engagement_member`;
}
