import { z } from "zod";
import type { Identity } from "../../model/mapping.ts";
import type { Side } from "../../model/side.ts";
import { SIDES } from "../../model/side.ts";
import { attachAdditional } from "./attach-additional.ts";
import { Prisma } from "../generated/client.ts";
import { linksUnder } from "./links-under.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";

/** The collections of the rules, by side: a sighting in one of them makes a link. */
export type ScopeCollections = { readonly [S in Side]: readonly string[] };

/**
 * Joins unlinked sightings to links by address, making links for the people that a rule covers. Per address and side
 * the oldest contact is taken; the others stay unlinked and are told as duplicates. A link whose contact was deleted
 * takes the one that a person made anew, of which nothing was ever agreed: what it lacks was not emptied by anybody.
 */
export async function attachSightings(
  store: Store,
  scope: ScopeCollections,
  { secondaryEmails }: Identity,
  now: Date,
): Promise<void> {
  const match = secondaryEmails === "match";
  if (match) {
    // Klaviyo's first: a HubSpot contact that a profile claims is not to have a link of its own as well.
    await makeLinks(store, { ...scope, hubspot: [] }, match, now);
    await attachSide(store, "klaviyo", now);
    await attachAdditional(store, now);
  }
  await makeLinks(store, scope, match, now);
  for (const side of SIDES) await attachSide(store, side, now);
}

/** @param exceptClaimed leaves out HubSpot contacts of which a link without one has an additional address */
async function makeLinks(
  { statements, connectionId }: Store,
  scope: ScopeCollections,
  exceptClaimed: boolean,
  now: Date,
): Promise<void> {
  await statements.$executeRaw`/* long */
    INSERT INTO link (connection_id, email_key, dirty_since)
    SELECT DISTINCT ${connectionId}::int, email_key, ${now}::timestamptz
    FROM sighting
    WHERE connection_id = ${connectionId} AND link_id IS NULL AND email_key IS NOT NULL
      AND EXISTS (
        SELECT FROM member
        WHERE member.connection_id = ${connectionId} AND member.side = sighting.side
          AND member.external_id = sighting.external_id
          AND ((member.side = 'hubspot' AND member.collection = ANY(${[...scope.hubspot]}::text[]))
            OR (member.side = 'klaviyo' AND member.collection = ANY(${[...scope.klaviyo]}::text[]))))
      AND NOT (${exceptClaimed} AND other_emails <> '{}' AND EXISTS (
        SELECT FROM link AS half
        WHERE half.connection_id = ${connectionId} AND half.email_key = ANY(sighting.other_emails) AND NOT half.passed
          AND half.hubspot_id IS NULL AND half.klaviyo_id IS NOT NULL AND half.deleted_on IS NULL))
    ORDER BY email_key
    ON CONFLICT (connection_id, email_key) WHERE NOT passed DO NOTHING`;
}

async function attachSide(store: Store, side: Side, now: Date): Promise<void> {
  const { statements, connectionId } = store;
  await forgetReplaced(store, side);
  await joinTheirOwn(store, side);
  // Ids are compared by length and then text: both systems' ids grow, and numeric ones are written without zeros.
  await statements.$executeRaw`/* long */
    WITH oldest AS (
      SELECT DISTINCT ON (email_key) email_key, external_id
      FROM sighting
      WHERE connection_id = ${connectionId} AND side = ${side} AND link_id IS NULL AND email_key IS NOT NULL
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
        AND (deleted_on = ${side} OR CASE WHEN ${side} = 'hubspot' THEN hubspot_id ELSE klaviyo_id END IS NULL)
      RETURNING link.id, oldest.external_id
    )
    UPDATE sighting SET link_id = joined.id
    FROM joined
    WHERE sighting.connection_id = ${connectionId} AND sighting.side = ${side}
      AND sighting.external_id = joined.external_id`;
}

/** A contact that a link names and that was not stored when it was named, as after a merge, belongs to that link. */
async function joinTheirOwn({ statements, connectionId }: Store, side: Side): Promise<void> {
  await statements.$executeRaw`/* long */
    UPDATE sighting SET link_id = link.id
    FROM link
    WHERE sighting.connection_id = ${connectionId} AND sighting.side = ${side} AND sighting.link_id IS NULL
      AND link.connection_id = ${connectionId} AND link.deleted_on IS DISTINCT FROM ${side}
      AND ${side === "hubspot" ? Prisma.sql`link.hubspot_id` : Prisma.sql`link.klaviyo_id`} = sighting.external_id
      AND NOT EXISTS (SELECT FROM sighting AS other WHERE other.link_id = link.id AND other.side = ${side})`;
}

/**
 * A deleted contact in whose place there is another is seen no more. A statement of its own: a link has one sighting of a
 * side at any moment, and within one statement nothing says which row is changed first.
 */
async function forgetReplaced({ statements, connectionId }: Store, side: Side): Promise<void> {
  await statements.$executeRaw`
    DELETE FROM sighting AS old USING link
    WHERE old.link_id = link.id AND old.side = ${side}
      AND link.connection_id = ${connectionId} AND link.deleted_on = ${side}
      AND EXISTS (
        SELECT FROM sighting AS anew
        WHERE anew.connection_id = ${connectionId} AND anew.side = ${side} AND anew.link_id IS NULL
          AND anew.email_key = link.email_key AND NOT link.passed)`;
}

const HALF_LINK_ROW = z.object({ id: z.bigint(), email: z.string() });

/** A link that lacks a contact on one side, where that side was not asked for its address yet. */
export type HalfLink = z.infer<typeof HALF_LINK_ROW>;

/** A page of them, by id. */
export async function halfLinks(
  { statements, connectionId }: Store,
  side: Side,
  after: bigint,
  limit: number,
): Promise<readonly HalfLink[]> {
  return side === "hubspot"
    ? rowsOf(statements, HALF_LINK_ROW)`
        SELECT id, email_key AS email FROM link
        WHERE connection_id = ${connectionId} AND hubspot_id IS NULL AND hubspot_sought IS NULL
          AND deleted_on IS NULL AND id > ${after}
        ORDER BY id LIMIT ${limit}`
    : rowsOf(statements, HALF_LINK_ROW)`
        SELECT id, email_key AS email FROM link
        WHERE connection_id = ${connectionId} AND klaviyo_id IS NULL AND klaviyo_sought IS NULL
          AND deleted_on IS NULL AND id > ${after}
        ORDER BY id LIMIT ${limit}`;
}

export async function countHalfLinks({ statements, connectionId }: Store, side: Side): Promise<number> {
  return statements.link.count({
    where:
      side === "hubspot"
        ? { connectionId, hubspotId: null, hubspotSought: null, deletedOn: null }
        : { connectionId, klaviyoId: null, klaviyoSought: null, deletedOn: null },
  });
}

/** The side was asked for these links' addresses; `null` asks again. */
export async function markSought(
  { statements }: Store,
  side: Side,
  ids: readonly bigint[],
  at: Date | null,
): Promise<void> {
  const data = side === "hubspot" ? { hubspotSought: at } : { klaviyoSought: at };
  await statements.link.updateMany({
    where: { id: { in: [...ids] } },
    data: { ...data, ...(at ? { dirtySince: at } : {}) },
  });
}

/** Every link of the connection is to be planned again: the mapping changed, or it is time for a whole compare. */
export async function markAllDirty({ statements, connectionId }: Store, now: Date): Promise<void> {
  await statements.$executeRaw`/* long */
    UPDATE link SET dirty_since = ${now}, refused = '{}'
    WHERE connection_id = ${connectionId} AND state <> 'ignored'`;
}

/** Failing links whose waiting time is over. */
export async function markRetriesDue({ statements, connectionId }: Store, now: Date): Promise<number> {
  const { count } = await statements.link.updateMany({
    where: { connectionId, retryAt: { lte: now } },
    data: { dirtySince: now, retryAt: null, refused: {} },
  });
  return count;
}

/** How many links: live (neither excluded nor deleted), or failing. */
export async function countLinks(
  { statements, connectionId }: Store,
  which: "live" | "failing",
): Promise<number> {
  const conditions = {
    live: { state: { not: "excluded" } },
    failing: { state: "failing" },
  };
  return statements.link.count({ where: { connectionId, ...conditions[which] } });
}

const ID_ROW = z.object({ id: z.bigint() });

/** Failing links that a person wants tried again, whatever their waiting time. */
export async function markFailingDirty(
  { statements, connectionId }: Store,
  which: { readonly cause?: string; readonly email?: string },
  now: Date,
): Promise<number> {
  const found =
    which.email === undefined ? null : await rowsOf(statements, ID_ROW)`${linksUnder([which.email])}`;
  const { count } = await statements.link.updateMany({
    where: {
      connectionId,
      state: "failing",
      ...(which.cause === undefined ? {} : { problems: { some: { code: which.cause } } }),
      ...(found === null ? {} : { id: { in: found.map(({ id }) => id) } }),
    },
    data: { dirtySince: now, attempts: 0, retryAt: null, retriedAt: now, refused: {} },
  });
  return count;
}
