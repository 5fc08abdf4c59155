import { z } from "zod";
import type { Identity } from "../../model/mapping.ts";
import type { Side } from "../../model/side.ts";
import { SIDES } from "../../model/side.ts";
import { rowsOf } from "../database/rows.ts";
import { joinByHashing, refreshStatistics } from "../database/statistics.ts";
import type { Store } from "../database/store.ts";
import { atomically } from "../database/store.ts";
import { Prisma } from "../generated/client.ts";
import { attachAdditional } from "./attach-additional.ts";
import type { ScopeCollections } from "./links.ts";

/** Email addresses whose contacts are linked in one transaction: some seconds at most. */
const ADDRESSES_PER_PAGE = 5_000;

/**
 * Joins unlinked sightings to links by address, making links for the people that a rule covers. Per address and side
 * the oldest contact is taken; the others stay unlinked and are told as duplicates. A link whose contact was deleted
 * takes the one that a person made again, of which nothing was ever agreed: what it lacks was not emptied by anybody.
 * Each page is a transaction; what a kill leaves, the next run links.
 *
 * @param linked told after each page how many addresses were seen to so far
 */
export async function attachSightings(
  store: Store,
  scope: ScopeCollections,
  { secondaryEmails }: Identity,
  now: Date,
  linked: (addresses: number) => Promise<void>,
): Promise<void> {
  const match = secondaryEmails === "match";
  if (match) {
    // Klaviyo's first: a HubSpot contact that a profile claims is not to have its own link as well.
    await inPages(store, { ...scope, hubspot: [] }, ["klaviyo"], match, now, linked);
    await attachAdditional(store, now);
  }
  await inPages(store, scope, SIDES, match, now, linked);
}

async function inPages(
  store: Store,
  scope: ScopeCollections,
  sides: readonly Side[],
  exceptClaimed: boolean,
  now: Date,
  linked: (addresses: number) => Promise<void>,
): Promise<void> {
  let [done, after, measuredAt] = [0, "", ADDRESSES_PER_PAGE];
  for (;;) {
    const addresses = await addressesToLink(store, scope, sides, exceptClaimed, after);
    const last = addresses.at(-1);
    if (last === undefined) return;
    await atomically(store, async (store) => {
      await joinByHashing(store);
      await makeLinks(store, scope, exceptClaimed, addresses, now);
      for (const side of sides) await attachSide(store, side, addresses, now);
    });
    after = last;
    done += addresses.length;
    await linked(done);
    // What was right for an empty table is wrong for ten times as many rows.
    if (done >= measuredAt) {
      await refreshStatistics(store);
      measuredAt = 4 * done;
    }
  }
}

/** A rule covers the sighting `s`, and no link of another contact claims it. */
function makesLink(connectionId: number, scope: ScopeCollections, exceptClaimed: boolean): Prisma.Sql {
  return Prisma.sql`EXISTS (
      SELECT FROM member
      WHERE member.connection_id = ${connectionId} AND member.side = s.side AND member.external_id = s.external_id
        AND ((member.side = 'hubspot' AND member.collection = ANY(${[...scope.hubspot]}::text[]))
          OR (member.side = 'klaviyo' AND member.collection = ANY(${[...scope.klaviyo]}::text[]))))
    AND NOT (${exceptClaimed} AND s.other_emails <> '{}' AND EXISTS (
      SELECT FROM link AS half
      WHERE half.connection_id = ${connectionId} AND half.email_key = ANY(s.other_emails) AND NOT half.passed
        AND half.hubspot_id IS NULL AND half.klaviyo_id IS NOT NULL AND half.deleted_on IS NULL))`;
}

const ADDRESS_ROW = z.object({ address: z.string() });

/** The next addresses, in their order, whose contacts make a link or belong to one. */
async function addressesToLink(
  { statements, connectionId }: Store,
  scope: ScopeCollections,
  sides: readonly Side[],
  exceptClaimed: boolean,
  after: string,
): Promise<readonly string[]> {
  const rows = await rowsOf(statements, ADDRESS_ROW)`/* long */
    SELECT DISTINCT s.email_key AS address
    FROM sighting AS s
    LEFT JOIN link ON link.connection_id = s.connection_id AND link.email_key = s.email_key AND NOT link.passed
    WHERE s.connection_id = ${connectionId} AND s.link_id IS NULL AND s.email_key > ${after}
      AND CASE WHEN link.id IS NULL THEN ${makesLink(connectionId, scope, exceptClaimed)}
               ELSE s.side = ANY(${[...sides]}::text[])
                    AND (link.deleted_on = s.side OR CASE s.side WHEN 'hubspot' THEN link.hubspot_id ELSE link.klaviyo_id END IS NULL)
          END
    ORDER BY s.email_key LIMIT ${ADDRESSES_PER_PAGE}`;
  return rows.map(({ address }) => address);
}

/** @param exceptClaimed leaves out HubSpot contacts of which a link without one has an additional address */
async function makeLinks(
  { statements, connectionId }: Store,
  scope: ScopeCollections,
  exceptClaimed: boolean,
  addresses: readonly string[],
  now: Date,
): Promise<void> {
  await statements.$executeRaw`
    INSERT INTO link (connection_id, email_key, dirty_since)
    SELECT DISTINCT ${connectionId}::int, email_key, ${now}::timestamptz
    FROM sighting AS s
    WHERE connection_id = ${connectionId} AND link_id IS NULL AND email_key = ANY(${[...addresses]}::text[])
      AND ${makesLink(connectionId, scope, exceptClaimed)}
    ORDER BY email_key
    ON CONFLICT (connection_id, email_key) WHERE NOT passed DO NOTHING`;
}

async function attachSide(store: Store, side: Side, addresses: readonly string[], now: Date): Promise<void> {
  const { statements, connectionId } = store;
  await forgetReplaced(store, side, addresses);
  // Ids are compared by length and then text: both systems' ids grow, and numeric ones are written without zeros.
  await statements.$executeRaw`
    WITH oldest AS (
      SELECT DISTINCT ON (email_key) email_key, external_id
      FROM sighting
      WHERE connection_id = ${connectionId} AND side = ${side} AND link_id IS NULL AND email_key = ANY(${[...addresses]}::text[])
      ORDER BY email_key, created_at, length(external_id), external_id
    ), joined AS (
      UPDATE link
      SET hubspot_id = CASE WHEN ${side} = 'hubspot' THEN oldest.external_id ELSE hubspot_id END,
          klaviyo_id = CASE WHEN ${side} = 'klaviyo' THEN oldest.external_id ELSE klaviyo_id END,
          base = CASE WHEN deleted_on = ${side} AND oldest.external_id <>
            CASE WHEN ${side} = 'hubspot' THEN hubspot_id ELSE klaviyo_id END THEN '{}'::jsonb ELSE base END,
          lists = CASE WHEN ${side} = 'klaviyo' AND deleted_on = ${side} AND oldest.external_id <> klaviyo_id
            THEN '{}'::text[] ELSE lists END,
          deleted_on = NULLIF(deleted_on, ${side}),
          missing_on = NULLIF(missing_on, ${side}),
          parted_on = NULLIF(parted_on, ${side}),
          parted_to = CASE WHEN parted_on = ${side} THEN NULL ELSE parted_to END,
          dirty_since = coalesce(dirty_since, ${now})
      FROM oldest
      WHERE link.connection_id = ${connectionId} AND link.email_key = oldest.email_key AND NOT link.passed
        AND link.email_key = ANY(${[...addresses]}::text[])
        AND (deleted_on = ${side} OR CASE WHEN ${side} = 'hubspot' THEN hubspot_id ELSE klaviyo_id END IS NULL)
      RETURNING link.id, oldest.external_id
    )
    UPDATE sighting SET link_id = joined.id
    FROM joined
    WHERE sighting.connection_id = ${connectionId} AND sighting.side = ${side}
      AND sighting.email_key = ANY(${[...addresses]}::text[]) AND sighting.external_id = joined.external_id`;
}

/** A contact that a link names and that was not stored when it was named, as after a merge, belongs to that link. */
export async function joinTheirOwn({ statements, connectionId }: Store, side: Side): Promise<void> {
  await statements.$executeRaw`/* long */
    UPDATE sighting SET link_id = link.id
    FROM link
    WHERE sighting.connection_id = ${connectionId} AND sighting.side = ${side} AND sighting.link_id IS NULL
      AND link.connection_id = ${connectionId} AND link.deleted_on IS DISTINCT FROM ${side}
      AND ${side === "hubspot" ? Prisma.sql`link.hubspot_id` : Prisma.sql`link.klaviyo_id`} = sighting.external_id
      AND NOT EXISTS (SELECT FROM sighting AS other WHERE other.link_id = link.id AND other.side = ${side})`;
}

/**
 * A deleted contact in whose place there is another is seen no more. Its own statement: a link has one sighting of a
 * side at any moment, and within one statement nothing says which row is changed first.
 */
async function forgetReplaced(
  { statements, connectionId }: Store,
  side: Side,
  addresses: readonly string[],
): Promise<void> {
  await statements.$executeRaw`
    DELETE FROM sighting AS old USING link
    WHERE old.link_id = link.id AND old.side = ${side}
      AND link.connection_id = ${connectionId} AND link.deleted_on = ${side} AND link.email_key = ANY(${[...addresses]}::text[])
      AND EXISTS (
        SELECT FROM sighting AS newer
        WHERE newer.connection_id = ${connectionId} AND newer.side = ${side} AND newer.link_id IS NULL
          AND newer.email_key = ANY(${[...addresses]}::text[])
          AND newer.email_key = link.email_key AND NOT link.passed)`;
}
