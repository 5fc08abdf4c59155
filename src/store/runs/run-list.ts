import { z } from "zod";
import type { Side } from "../../model/side.ts";
import type { Values } from "../../model/value.ts";
import { Prisma } from "../generated/client.ts";
import type { RunRow } from "../pages/overview.ts";
import { runRow } from "../pages/overview.ts";
import type { SearchIn } from "../people/search-people.ts";
import { peopleMatching } from "../people/search-people.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";
import { SIDE, VALUES } from "../database/shapes.ts";

/** Which runs to show; `null` for any. */
export interface RunsQuery {
  readonly kind: string | null;
  readonly result: RunRow["result"] | null;
  readonly trigger: string | null;
  readonly within: "day" | "week" | "month" | null;
  /** From 1. */
  readonly page: number;
}

export const ALL_RUNS: RunsQuery = { kind: null, result: null, trigger: null, within: null, page: 1 };

export interface RunsPage {
  /** The latest first. */
  readonly runs: readonly RunRow[];
  readonly total: number;
  /** The page that was read: the last one, where a later one was asked for. */
  readonly page: number;
  /** At least 1. */
  readonly pages: number;
  /** What there is to filter by. */
  readonly kinds: readonly string[];
  readonly triggers: readonly string[];
}

const RUNS_PER_PAGE = 25;
const WITHIN_MS = { day: 86_400_000, week: 7 * 86_400_000, month: 30 * 86_400_000 };

const RUN_WORDS_ROW = z.object({ kind: z.string(), trigger: z.string() });

/** A page of runs, the latest first. */
export async function listRuns(
  { statements, connectionId }: Store,
  { kind, result, trigger, within, page: wanted }: RunsQuery,
  now: Date,
): Promise<RunsPage> {
  const where = {
    connectionId,
    ...(kind === null ? {} : { kind }),
    ...(result === null ? {} : { result }),
    ...(trigger === null ? {} : { trigger }),
    ...(within === null ? {} : { startedAt: { gte: new Date(now.getTime() - WITHIN_MS[within]) } }),
  };
  const [total, words] = await Promise.all([
    statements.run.count({ where }),
    rowsOf(statements, RUN_WORDS_ROW)`
      SELECT DISTINCT kind, trigger FROM run WHERE connection_id = ${connectionId}`,
  ]);
  const pages = Math.max(1, Math.ceil(total / RUNS_PER_PAGE));
  const page = Math.min(wanted, pages);
  const rows = await statements.run.findMany({
    where,
    orderBy: [{ startedAt: "desc" }, { id: "desc" }],
    take: RUNS_PER_PAGE,
    skip: (page - 1) * RUNS_PER_PAGE,
  });
  const unique = (all: readonly string[]): readonly string[] => [...new Set(all)].toSorted();
  return {
    runs: rows.map(runRow),
    total,
    page,
    pages,
    kinds: unique(words.map((one) => one.kind)),
    triggers: unique(words.map((one) => one.trigger)),
  };
}

/** The latest runs of one lane since a moment, the oldest first. */
export async function runsSince(
  { statements, connectionId }: Store,
  kind: string,
  since: Date,
  limit: number,
): Promise<readonly RunRow[]> {
  const rows = await statements.run.findMany({
    where: { connectionId, kind, startedAt: { gte: since } },
    orderBy: { startedAt: "desc" },
    take: limit,
  });
  return rows.map(runRow).toReversed();
}

/** @returns `null` where the connection has no run of this number */
export async function readRun({ statements, connectionId }: Store, id: bigint): Promise<RunRow | null> {
  const row = await statements.run.findFirst({ where: { connectionId, id } });
  return row === null ? null : runRow(row);
}

/** One operation that a run sent. */
export interface RunChange {
  /** `null` where the contact is not linked. */
  readonly linkId: bigint | null;
  readonly email: string;
  readonly at: Date;
  readonly side: Side;
  readonly kind: "create" | "update" | "add_to_list" | "remove_from_list" | "opt_out" | "stamp";
  readonly outcome: string;
  readonly before: Values;
  readonly after: Values;
  readonly refusedFields: readonly string[];
  /** In words, why it was not taken. */
  readonly problem: string | null;
}

const RUN_CHANGE_ROW: z.ZodType<RunChange> = z.object({
  linkId: z.bigint().nullable(),
  email: z.string(),
  at: z.date(),
  side: SIDE,
  kind: z.enum(["create", "update", "add_to_list", "remove_from_list", "opt_out", "stamp"]),
  outcome: z.string(),
  before: VALUES,
  after: VALUES,
  refusedFields: z.array(z.string()),
  problem: z.string().nullable(),
});

export interface RunChanges {
  readonly changes: readonly RunChange[];
  readonly total: number;
  readonly page: number;
  readonly pages: number;
}

const CHANGES_PER_PAGE = 25;

const TOTAL_ROW = z.object({ total: z.number() });

/**
 * A page of what a run sent, in its order.
 *
 * @param search an address or how it begins, a name, an id; `null` for everybody
 */
export async function runChanges(
  { statements, connectionId }: Store,
  runId: bigint,
  search: string | null,
  searchIn: SearchIn,
  wanted: number,
): Promise<RunChanges> {
  const people = (link: Prisma.Sql): Prisma.Sql =>
    search === null
      ? Prisma.empty
      : Prisma.sql`AND ${link} IN (${peopleMatching(connectionId, search, searchIn)})`;
  // A contact that shows engagement need not be linked.
  const all = Prisma.sql`
    SELECT trace_id, sent_at, link_id, link.email_key AS email, side, kind, outcome, before, after, refused_fields, problem
    FROM journal JOIN link ON link.id = journal.link_id AND link.connection_id = ${connectionId}
    WHERE run_id = ${runId} ${people(Prisma.sql`link.id`)}
    UNION ALL
    SELECT trace_id, sent_at, link.id, coalesce(link.email_key, stamp.email), 'hubspot', 'stamp', outcome, before, after,
           refused_fields, problem
    FROM stamp LEFT JOIN link ON link.connection_id = stamp.connection_id AND link.hubspot_id = stamp.contact
    WHERE stamp.connection_id = ${connectionId} AND run_id = ${runId} ${people(Prisma.sql`link.id`)}`;
  const [count] = await rowsOf(statements, TOTAL_ROW)`
    SELECT count(*)::int AS total FROM (${all}) AS written`;
  const total = count?.total ?? 0;
  const pages = Math.max(1, Math.ceil(total / CHANGES_PER_PAGE));
  const page = Math.min(wanted, pages);
  const changes = await rowsOf(statements, RUN_CHANGE_ROW)`
    SELECT link_id AS "linkId", email, sent_at AS at, side, kind, outcome, before, after,
           refused_fields AS "refusedFields", problem ->> 'title' AS problem
    FROM (${all}) AS written
    ORDER BY sent_at, trace_id LIMIT ${CHANGES_PER_PAGE} OFFSET ${(page - 1) * CHANGES_PER_PAGE}`;
  return { changes, total, page, pages };
}
