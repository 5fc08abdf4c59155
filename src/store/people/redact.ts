import { z } from "zod";
import type { Database } from "../database/database.ts";
import { Prisma } from "../generated/client.ts";
import type { Treatment } from "./personal-data.ts";
import { PERSONAL_DATA } from "./personal-data.ts";
import type { Spellings } from "./spellings.ts";
import { spellingsOf } from "./spellings.ts";
import { rowsOf } from "../database/rows.ts";

/** What stands for an address in words that are about somebody else too. */
const ERASED = "(erased)";

/** Sixteen megabytes of a table: some 30,000 rows, which take about a second. */
const BLOCKS_AT_ONCE = 2_048;

/** Where the addresses still stand, because only their source can take them out. */
export interface StillNamed {
  /** Contacts of other people whose fields hold one of the addresses in HubSpot or Klaviyo. */
  readonly contacts: number;
  /** The mapping in use names one. */
  readonly mapping: boolean;
}

/**
 * Takes these addresses, in every spelling, out of what stands about other people: messages and links that named them,
 * and an address that somebody had before. In no transaction: each statement goes over a part of a table, and any of them
 * may be done twice.
 */
export async function redact(database: Database, addresses: readonly string[]): Promise<StillNamed> {
  const spellings = spellingsOf(addresses);
  await database.$executeRaw`DELETE FROM link_alias WHERE email_key = ANY(${[...addresses]}::text[])`;
  for (const { table, mentions } of Object.values(PERSONAL_DATA)) {
    const columns = Object.entries(mentions).filter(([, treatment]) => treatment !== "told");
    if (columns.length > 0) await redactTable(database, table, columns, spellings);
  }
  const { source: mapping } = await olderMappings(database, spellings);
  return { contacts: await contactsNaming(database, spellings), mapping };
}

/** A table at a time and in parts of it, so that no statement takes long, however many rows there are. */
async function redactTable(
  database: Database,
  table: string,
  columns: readonly (readonly [string, Treatment])[],
  spellings: Spellings,
): Promise<void> {
  const into = Prisma.raw(table);
  const all = Prisma.raw(`concat_ws(chr(10), ${columns.map(([column]) => `${column}::text`).join(", ")})`);
  const values = columns.map(
    ([column, treatment]) => Prisma.sql`${Prisma.raw(column)} = ${redacted(column, treatment, spellings)}`,
  );
  for (let from = 0; from < (await blocksOf(database, table)); from += BLOCKS_AT_ONCE) {
    await database.$executeRaw`/* long */
      UPDATE ${into} SET ${Prisma.join(values)}
      WHERE ctid >= ${`(${from},0)`}::tid AND ctid < ${`(${from + BLOCKS_AT_ONCE},0)`}::tid AND ${names(all, spellings)}`;
  }
}

function redacted(column: string, treatment: Treatment, spellings: Spellings): Prisma.Sql {
  const own = Prisma.raw(column);
  switch (treatment) {
    case "words":
      return without(own, spellings);
    case "document":
      return Prisma.sql`${without(Prisma.sql`${own}::text`, spellings)}::jsonb`;
    case "values":
      return Prisma.sql`coalesce((SELECT jsonb_object_agg(key, value) FROM jsonb_each(${own})
                                  WHERE NOT (${names(Prisma.raw("value::text"), spellings)})), '{}')`;
    case "value":
      return Prisma.sql`CASE WHEN NOT (${names(Prisma.sql`${own}::text`, spellings)}) THEN ${own} END`;
    case "told":
      return own;
  }
}

function without(text: Prisma.Sql, { letters, codes }: Spellings): Prisma.Sql {
  return Prisma.sql`regexp_replace(regexp_replace(${text}, ${letters}, ${ERASED}, 'gi'), ${codes}, ${ERASED}, 'g')`;
}

/** The quick tests go first: nearly every row fails them. */
function names(
  text: Prisma.Sql,
  { letters, maybeLetters, codes, maybeCodes, longWord }: Spellings,
): Prisma.Sql {
  return Prisma.sql`(${text} ~* ${maybeLetters} AND ${text} ~* ${letters}
    OR ${text} ~ ${longWord} AND ${text} LIKE ANY (${[...maybeCodes]}::text[]) AND ${text} ~ ${codes})`;
}

const BLOCKS_ROW = z.object({ blocks: z.number() });

async function blocksOf(database: Database, table: string): Promise<number> {
  const [row] = await rowsOf(database, BLOCKS_ROW)`
    SELECT (pg_relation_size(${table}::regclass) / current_setting('block_size')::int)::int AS blocks`;
  return row?.blocks ?? 0;
}

/** Redacts the mappings that were in use before; tells of the one in use, which a person has in a file. */
async function olderMappings(
  database: Database,
  spellings: Spellings,
): Promise<{ readonly source: boolean }> {
  const source = Prisma.raw("source");
  const latest = Prisma.sql`version = (SELECT max(version) FROM mapping_version AS other
                                       WHERE other.connection_id = mapping_version.connection_id)`;
  await database.$executeRaw`
    UPDATE mapping_version SET source = ${without(source, spellings)}
    WHERE NOT (${latest}) AND ${names(source, spellings)}`;
  const rows = await rowsOf(database, z.unknown())`
    SELECT 1 FROM mapping_version WHERE ${latest} AND ${names(source, spellings)} LIMIT 1`;
  return { source: rows.length > 0 };
}

const CONTACTS_ROW = z.object({ contacts: z.number() });

/** A copy that lost a value here would look like a value that was emptied there, so it stays as it is shown. */
async function contactsNaming(database: Database, spellings: Spellings): Promise<number> {
  let contacts = 0;
  for (let from = 0; from < (await blocksOf(database, "sighting")); from += BLOCKS_AT_ONCE) {
    const [row] = await rowsOf(database, CONTACTS_ROW)`/* long */
      SELECT count(*)::int AS contacts FROM sighting
      WHERE ctid >= ${`(${from},0)`}::tid AND ctid < ${`(${from + BLOCKS_AT_ONCE},0)`}::tid
        AND ${names(Prisma.raw("fields::text"), spellings)}`;
    contacts += row?.contacts ?? 0;
  }
  return contacts;
}

/**
 * Has PostgreSQL give up the removed rows, their index entries, and what its planner remembers of them: most common values
 * and the bounds of histograms are addresses too. It leaves index entries of few rows for later, if it is not told to.
 */
export async function vacuum(database: Database): Promise<void> {
  for (const { table, ofPerson, mentions } of Object.values(PERSONAL_DATA)) {
    if (!ofPerson && Object.keys(mentions).length === 0) continue;
    await database.$executeRaw`/* long */ VACUUM (ANALYZE, INDEX_CLEANUP ON) ${Prisma.raw(table)}`;
  }
}
