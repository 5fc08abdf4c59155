import { z } from "zod";
import type { Side } from "../../model/side.ts";
import { linksUnder } from "./links-under.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";

/** The collections of the rules, by side: a sighting in one of them makes a link. */
export type ScopeCollections = { readonly [S in Side]: readonly string[] };

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
