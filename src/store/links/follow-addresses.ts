import { z } from "zod";
import { EMAIL_FIELD } from "../../model/mapping.ts";
import type { Side } from "../../model/side.ts";
import type { Statements } from "../database/database.ts";
import { Prisma } from "../generated/client.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";

/** Which links: these, or all that are dirty. */
export type Following = readonly bigint[] | "dirty";

/** People who took over one another's email address between two pulls. The next pull settles longer chains. */
const LONGEST_CHAIN = 8;

const MOVE_ROW = z.object({ id: z.bigint(), address: z.string() });

type Move = z.infer<typeof MOVE_ROW>;

/**
 * Moves each link to the address that its contacts show now; the one it leaves becomes an alias. Two contacts that differ
 * keep the link where it is, as long as one of them shows that address: the other one's change is still to be written. So
 * does a contact that was just made and is still to be found. A link without a live contact gives up its address to one that shows it.
 */
export async function followAddresses(store: Store, which: Following, now: Date): Promise<void> {
  let wanted = await moves(store, which);
  if (wanted.length === 0) return;
  // The holder of an email address that is needed may have a new one too: both links move together.
  for (let round = 0; round < LONGEST_CHAIN; round += 1) {
    const known = new Set(wanted.map(({ id }) => id));
    const holders = await holdersOf(store, wanted);
    const more = await moves(
      store,
      holders.filter((id) => !known.has(id)),
    );
    if (more.length === 0) break;
    wanted = [...wanted, ...more];
  }
  await passOn(store, wanted, now);
  const free = await withoutBlocked(store, wanted);
  if (free.length > 0) await move(store.statements, free, now);
}

function moves({ statements, connectionId }: Store, which: Following): Promise<readonly Move[]> {
  const these =
    which === "dirty"
      ? Prisma.sql`dirty_since IS NOT NULL`
      : Prisma.sql`link.id = ANY(${[...which]}::bigint[])`;
  return rowsOf(statements, MOVE_ROW)`/* long */
    SELECT id, address
    FROM (
      SELECT id, email_key, passed, live,
             CASE WHEN h = k THEN h
                  WHEN h IS NULL OR k IS NULL THEN coalesce(h, k, email_key)
                  WHEN email_key IN (h, k) THEN email_key
                  -- Made by an additional address: it was Klaviyo's that found the two to be one person.
                  WHEN base -> ${EMAIL_FIELD.key} ->> 'hubspot' <> base -> ${EMAIL_FIELD.key} ->> 'klaviyo' THEN k
                  ELSE h END AS address
      FROM (
        SELECT link.id, link.email_key, link.passed, link.base,
               num_nonnulls(hubspot.email_key, klaviyo.email_key) > 0 AS live,
               coalesce(hubspot.email_key, ${madeUnder("hubspot")}) AS h,
               coalesce(klaviyo.email_key, ${madeUnder("klaviyo")}) AS k
        FROM link
        LEFT JOIN sighting AS hubspot ON hubspot.link_id = link.id AND hubspot.side = 'hubspot'
                                     AND link.deleted_on IS DISTINCT FROM 'hubspot'
        LEFT JOIN sighting AS klaviyo ON klaviyo.link_id = link.id AND klaviyo.side = 'klaviyo'
                                     AND link.deleted_on IS DISTINCT FROM 'klaviyo'
        WHERE link.connection_id = ${connectionId} AND ${these}) AS shown) AS following
    WHERE address <> email_key OR passed AND live
    ORDER BY id`;
}

/**
 * The email address of a created contact whose id the system did not answer, until a lookup finds nobody under it. One
 * that was found and is not linked yet counts too: the link is still to take it.
 */
function madeUnder(side: Side): Prisma.Sql {
  const [id, sought] =
    side === "hubspot"
      ? [Prisma.sql`link.hubspot_id`, Prisma.sql`link.hubspot_sought`]
      : [Prisma.sql`link.klaviyo_id`, Prisma.sql`link.klaviyo_sought`];
  const made = Prisma.sql`link.base -> ${EMAIL_FIELD.key} ->> ${side}`;
  return Prisma.sql`CASE WHEN ${id} IS NULL AND (${sought} IS NULL OR EXISTS (
    SELECT FROM sighting AS found
    WHERE found.connection_id = link.connection_id AND found.side = ${side} AND found.email_key = ${made}
      AND found.link_id IS NULL)) THEN ${made} END`;
}

async function holdersOf(
  { statements, connectionId }: Store,
  wanted: readonly Move[],
): Promise<readonly bigint[]> {
  const holders = await statements.link.findMany({
    where: { connectionId, passed: false, emailKey: { in: wanted.map(({ address }) => address) } },
    select: { id: true },
  });
  return holders.map(({ id }) => id);
}

/** A link without a live contact gives up an email address that a contact shows. */
async function passOn(
  { statements, connectionId }: Store,
  wanted: readonly Move[],
  now: Date,
): Promise<void> {
  await statements.$executeRaw`
    WITH over AS (
      UPDATE link SET passed = true
      WHERE connection_id = ${connectionId} AND NOT passed
        AND email_key = ANY(${wanted.map(({ address }) => address)}::text[])
        AND NOT EXISTS (SELECT FROM sighting
                        WHERE sighting.link_id = link.id AND sighting.side IS DISTINCT FROM link.deleted_on)
      RETURNING id, connection_id, email_key, created_at
    )
    INSERT INTO link_alias (link_id, connection_id, email_key, side, since, until)
    SELECT id, connection_id, email_key, 'both', created_at, ${now}::timestamptz FROM over
    ON CONFLICT (link_id, email_key, side) DO UPDATE SET until = excluded.until`;
}

const ADDRESS_ROW = z.object({ address: z.string() });

/** Each address goes to one link, and none to a link while another keeps it. */
async function withoutBlocked(
  { statements, connectionId }: Store,
  wanted: readonly Move[],
): Promise<readonly Move[]> {
  let free = [...new Map(wanted.toReversed().map((one) => [one.address, one])).values()];
  for (;;) {
    const holders = await rowsOf(statements, ADDRESS_ROW)`
      SELECT email_key AS address FROM link
      WHERE connection_id = ${connectionId} AND NOT passed
        AND email_key = ANY(${free.map(({ address }) => address)}::text[])
        AND id <> ALL (${free.map(({ id }) => id)}::bigint[])`;
    if (holders.length === 0) return free;
    const held = new Set(holders.map(({ address }) => address));
    free = free.filter(({ address }) => !held.has(address));
  }
}

/** In two steps: within one statement, links that change places would meet each other's old address. */
async function move(statements: Statements, free: readonly Move[], now: Date): Promise<void> {
  const page = JSON.stringify(free.map(({ id, address }) => ({ id: String(id), address })));
  const to = Prisma.sql`jsonb_to_recordset(${page}::jsonb) AS p("id" bigint, "address" text)`;
  await statements.$executeRaw`
    INSERT INTO link_alias (link_id, connection_id, email_key, side, since, until)
    SELECT link.id, connection_id, email_key, 'both',
           coalesce((SELECT max(until) FROM link_alias AS earlier WHERE earlier.link_id = link.id AND earlier.side = 'both'),
                    link.created_at), ${now}::timestamptz
    FROM ${to} JOIN link ON link.id = p.id AND link.email_key <> p.address
    ON CONFLICT (link_id, email_key, side) DO UPDATE SET until = excluded.until`;
  await statements.$executeRaw`
    UPDATE link SET passed = true FROM ${to} WHERE link.id = p.id`;
  // A side without a contact was asked for another address: it is to be asked for this one.
  await statements.$executeRaw`
    UPDATE link SET email_key = p.address, passed = false,
      hubspot_sought = CASE WHEN hubspot_id IS NULL AND link.email_key <> p.address THEN NULL ELSE hubspot_sought END,
      klaviyo_sought = CASE WHEN klaviyo_id IS NULL AND link.email_key <> p.address THEN NULL ELSE klaviyo_sought END,
      dirty_since = CASE WHEN (hubspot_id IS NULL OR klaviyo_id IS NULL) AND link.email_key <> p.address
                         THEN coalesce(dirty_since, ${now}::timestamptz) ELSE dirty_since END
    FROM ${to} WHERE link.id = p.id`;
  await statements.$executeRaw`
    UPDATE link_alias SET until = NULL
    FROM ${to} WHERE link_alias.link_id = p.id AND link_alias.email_key = p.address AND link_alias.side = 'both'`;
}
