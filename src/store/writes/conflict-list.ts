import { z } from "zod";
import type { Side } from "../../model/side.ts";
import type { Value } from "../../model/value.ts";
import { Prisma } from "../generated/client.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";
import { SIDE, VALUE } from "../database/shapes.ts";

/** Which conflicts to show; `null` for any. */
export interface ConflictsQuery {
  /** A field's key. */
  readonly field: string | null;
  readonly winner: Side | null;
  readonly kind: ConflictKind | null;
  readonly within: "day" | "week" | "month" | null;
  readonly run: bigint | null;
  /** From 1. */
  readonly page: number;
}

export const CONFLICT_KINDS = ["changed_on_both", "first_sync", "target_edited", "written_over"] as const;
export type ConflictKind = (typeof CONFLICT_KINDS)[number];

export const ALL_CONFLICTS: ConflictsQuery = {
  field: null,
  winner: null,
  kind: null,
  within: null,
  run: null,
  page: 1,
};

/** A value that did not stand. */
export interface ConflictRow {
  readonly id: bigint;
  readonly linkId: bigint;
  readonly runId: bigint;
  readonly email: string;
  readonly field: string;
  readonly kind: ConflictKind;
  readonly winner: Side;
  readonly won: Value;
  readonly lost: Value;
  /** What Tandem last wrote into the field before, on either side; `null` where it never did. */
  readonly wroteBefore: { readonly value: Value } | null;
  readonly at: Date;
  readonly undo: "waiting" | "done" | "moved" | null;
}

const CONFLICT_ROW: z.ZodType<ConflictRow> = z.object({
  id: z.bigint(),
  linkId: z.bigint(),
  runId: z.bigint(),
  email: z.string(),
  field: z.string(),
  kind: z.enum(CONFLICT_KINDS),
  winner: SIDE,
  won: VALUE,
  lost: VALUE,
  wroteBefore: z.object({ value: VALUE }).nullable(),
  at: z.date(),
  undo: z.enum(["waiting", "done", "moved"]).nullable(),
});

export interface ConflictsPage {
  readonly conflicts: readonly ConflictRow[];
  readonly total: number;
  readonly page: number;
  readonly pages: number;
}

const PER_PAGE = 25;
const WITHIN_MS = { day: 86_400_000, week: 7 * 86_400_000, month: 30 * 86_400_000 };

const TOTAL_ROW = z.object({ total: z.number() });

/** A page of conflicts, the latest first. */
export async function listConflicts(
  { statements, connectionId }: Store,
  query: ConflictsQuery,
  now: Date,
): Promise<ConflictsPage> {
  const matching = conditions(connectionId, query, now);
  const [count] = await rowsOf(statements, TOTAL_ROW)`
    SELECT count(*)::int AS total FROM conflict JOIN run ON run.id = conflict.run_id WHERE ${matching}`;
  const total = count?.total ?? 0;
  const pages = Math.max(1, Math.ceil(total / PER_PAGE));
  const page = Math.min(query.page, pages);
  const conflicts = await rowsOf(statements, CONFLICT_ROW)`
    SELECT conflict.id, link_id AS "linkId", run_id AS "runId", link.email_key AS email, field, conflict.kind, winner,
           won, lost, conflict.at, conflict_undo.state AS undo,
           (SELECT jsonb_build_object('value', after -> conflict.field) FROM journal
            WHERE journal.link_id = conflict.link_id AND sent_at < conflict.at AND journal.run_id <> conflict.run_id
              AND outcome = 'done' AND journal.kind IN ('create', 'update') AND after ? conflict.field
            ORDER BY sent_at DESC LIMIT 1) AS "wroteBefore"
    FROM (SELECT conflict.* FROM conflict JOIN run ON run.id = conflict.run_id WHERE ${matching}
          ORDER BY conflict.at DESC, conflict.id DESC LIMIT ${PER_PAGE} OFFSET ${(page - 1) * PER_PAGE}) AS conflict
    JOIN link ON link.id = link_id LEFT JOIN conflict_undo ON conflict_id = conflict.id
    ORDER BY conflict.at DESC, conflict.id DESC`;
  return { conflicts, total, page, pages };
}

function conditions(
  connectionId: number,
  { field, winner, kind, within, run }: ConflictsQuery,
  now: Date,
): Prisma.Sql {
  const all = [
    Prisma.sql`run.connection_id = ${connectionId}`,
    ...(field === null ? [] : [Prisma.sql`conflict.field = ${field}`]),
    ...(winner === null ? [] : [Prisma.sql`conflict.winner = ${winner}`]),
    ...(kind === null ? [] : [Prisma.sql`conflict.kind = ${kind}`]),
    ...(run === null ? [] : [Prisma.sql`conflict.run_id = ${run}`]),
    ...(within === null ? [] : [Prisma.sql`conflict.at >= ${new Date(now.getTime() - WITHIN_MS[within])}`]),
  ];
  return Prisma.join(all, " AND ");
}

/** How many conflicts a run had. */
export async function countConflicts({ statements, connectionId }: Store, runId: bigint): Promise<number> {
  return statements.conflict.count({ where: { runId, run: { connectionId } } });
}

const FIELD_CONFLICTS_ROW = z.object({
  field: z.string(),
  hubspot: z.number(),
  klaviyo: z.number(),
});

/** How often each side won a field lately. */
export type FieldConflicts = z.infer<typeof FIELD_CONFLICTS_ROW>;

/** By field since a moment, the most first. */
export async function conflictsByField(
  { statements, connectionId }: Store,
  since: Date,
): Promise<readonly FieldConflicts[]> {
  return rowsOf(statements, FIELD_CONFLICTS_ROW)`
    SELECT field, (count(*) FILTER (WHERE winner = 'hubspot'))::int AS hubspot,
           (count(*) FILTER (WHERE winner = 'klaviyo'))::int AS klaviyo
    FROM conflict JOIN run ON run.id = conflict.run_id
    WHERE run.connection_id = ${connectionId} AND conflict.at >= ${since}
    GROUP BY field ORDER BY count(*) DESC, field`;
}
