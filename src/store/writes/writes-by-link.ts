import { z } from "zod";
import { Prisma } from "../generated/client.ts";
import { linksUnder } from "../links/links-under.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";
import { SIDE, VALUES } from "../database/shapes.ts";

/** Which of the things that Tandem did: all that are given must fit. */
export interface WriteFilter {
  readonly runId?: bigint;
  readonly email?: string;
  /** Keys of field rules. */
  readonly fields?: readonly string[];
  readonly since?: Date;
}

/** What was done to one person, oldest first, and what Tandem has written to them since. */
export interface LinkWrites {
  readonly linkId: bigint;
  readonly email: string;
  readonly writes: readonly JournalledWrite[];
  /** As `side field`. */
  readonly touchedSince: readonly string[];
}

const JOURNALLED_WRITE = z.object({
  side: SIDE,
  kind: z.enum(["create", "update", "add_to_list", "remove_from_list"]),
  before: VALUES,
  after: VALUES,
  run: z.string(),
});

export type JournalledWrite = z.infer<typeof JOURNALLED_WRITE>;

const LINK_DEEDS_ROW: z.ZodType<LinkWrites> = z.object({
  linkId: z.bigint(),
  email: z.string(),
  writes: z.array(JOURNALLED_WRITE),
  touchedSince: z.array(z.string()),
});

/**
 * A page of people to whom something of this was done, by link. A refusal that was carried is no deed to undo.
 *
 * @param among only these links; absent: any
 */
export async function writesByLink(
  { statements, connectionId }: Store,
  filter: WriteFilter,
  after: bigint,
  limit: number,
  among?: readonly bigint[],
): Promise<readonly LinkWrites[]> {
  const conditions = [
    ...(among === undefined ? [] : [Prisma.sql`link.id = ANY(${[...among]}::bigint[])`]),
    ...(filter.runId === undefined ? [] : [Prisma.sql`journal.run_id = ${filter.runId}`]),
    ...(filter.email === undefined ? [] : [Prisma.sql`link.id IN (${linksUnder([filter.email])})`]),
    ...(filter.since === undefined ? [] : [Prisma.sql`journal.sent_at >= ${filter.since}`]),
    ...(filter.fields === undefined
      ? []
      : [Prisma.sql`journal.kind = 'update' AND journal.after ?| ${[...filter.fields]}::text[]`]),
  ];
  const all = conditions.length === 0 ? Prisma.sql`true` : Prisma.join(conditions, " AND ");
  return rowsOf(statements, LINK_DEEDS_ROW)`
    WITH selected AS (
      SELECT journal.* FROM journal JOIN link ON link.id = journal.link_id
      WHERE link.connection_id = ${connectionId} AND journal.outcome = 'done' AND journal.kind <> 'opt_out' AND ${all}
    ), page AS (
      SELECT link_id, min(sent_at) AS first FROM selected WHERE link_id > ${after}
      GROUP BY link_id ORDER BY link_id LIMIT ${limit}
    )
    SELECT page.link_id AS "linkId", link.email_key AS email,
           (SELECT jsonb_agg(jsonb_build_object('side', s.side, 'kind', s.kind, 'before', s.before, 'after', s.after,
                                               'run', s.run_id::text)
                             ORDER BY s.sent_at, s.trace_id)
            FROM selected AS s WHERE s.link_id = page.link_id) AS writes,
           (SELECT coalesce(jsonb_agg(DISTINCT later.side || ' ' || field.key), '[]')
            FROM journal AS later, jsonb_object_keys(later.after) AS field(key)
            WHERE later.link_id = page.link_id AND later.sent_at > page.first AND later.outcome = 'done'
              AND later.kind = 'update'
              AND later.trace_id NOT IN (SELECT trace_id FROM selected)) AS "touchedSince"
    FROM page JOIN link ON link.id = page.link_id
    ORDER BY page.link_id`;
}
