import { z } from "zod";
import type { LinkState } from "../../model/link.ts";
import type { Problem, ProblemLevel, RetryPolicy } from "../../model/problem.ts";
import type { PerSide, Side } from "../../model/side.ts";
import { inSnapshot } from "../database/store.ts";
import type { Prisma } from "../generated/client.ts";
import type { Pause } from "../runs/pauses.ts";
import { PAUSE_ROW } from "../runs/pauses.ts";
import type { RunCounts, RunResult } from "../runs/runs.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";
import { LINK_STATE } from "../database/shapes.ts";

/** How a connection is doing, read at one moment: every number in it agrees with every other. */
export interface Overview {
  /** The connection's name. */
  readonly name: string;
  /** The accounts' ids; `null` until the first run. */
  readonly accounts: PerSide<string | null>;
  /** Links by state. */
  readonly counters: Readonly<Record<LinkState, number>>;
  /** All links: the sum of the counters. */
  readonly total: number;
  /** What most failing contacts fail of, most first. */
  readonly causes: readonly Cause[];
  /** What is wrong with a whole side, a whole field or a whole run. */
  readonly connectionProblems: readonly ConnectionProblem[];
  /** The latest first. */
  readonly runs: readonly RunRow[];
  /** How the latest contact runs that are over ended, the latest first; three are enough to tell a series. */
  readonly lastContactRuns: readonly ContactRunEnd[];
  /** When a contact run last looked at both sides and came to its end; `null` before the first. */
  readonly lastFinishedAt: Date | null;
  /** Since when the oldest change that is known and not written yet has waited. */
  readonly oldestWaiting: Date | null;
  /** As a person set it. It may have ended. */
  readonly pause: Pause | null;
}

/** One kind of problem of failing contacts, in the words of the contact that met it last. */
export interface Cause {
  readonly code: string;
  /** The field that it is about, by key; `null` of a problem of the whole contact. */
  readonly field: string | null;
  readonly level: ProblemLevel;
  readonly title: string;
  readonly explanation: string;
  readonly fix: readonly string[];
  readonly contacts: number;
  /** Different titles under this code: "Partner" and "Reseller" may both be no option of a property. */
  readonly titles: number;
  readonly firstSeen: Date;
}

/** A problem as stored. */
export interface StoredProblem extends Problem {
  readonly firstSeen: Date;
  readonly lastSeen: Date;
}

export type ConnectionProblem = StoredProblem;

export interface RunRow {
  readonly id: string;
  readonly kind: string;
  readonly trigger: string;
  readonly result: RunResult | "running";
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  readonly counts: RunCounts;
  readonly note: string;
}

export interface ContactRunEnd {
  readonly result: RunResult;
  readonly finishedAt: Date;
  readonly note: string;
}

/** Enough to see a pattern on one screen. */
const RUNS_SHOWN = 10;
/** More causes than this are for the errors page. */
const CAUSES_SHOWN = 25;
const ENDS_NEEDED = 3;

const STATE_ROW = z.object({
  state: LINK_STATE,
  links: z.number(),
});

/**
 * Reads the overview of one connection in one snapshot, so that a run that settles meanwhile cannot make the counters
 * and the causes disagree.
 *
 * @throws where there is no such connection
 */
export async function readOverview(store: Store): Promise<Overview> {
  return inSnapshot(store, readAll);
}

async function readAll(store: Store): Promise<Overview> {
  const { statements, connectionId } = store;
  const contactRuns = { connectionId, kind: "contacts", finishedAt: { not: null } };
  const connection = await statements.connection.findUniqueOrThrow({ where: { id: connectionId } });
  const states = await rowsOf(statements, STATE_ROW)`
    SELECT state, count(*)::int AS links FROM link WHERE connection_id = ${connectionId} GROUP BY state`;
  const waiting = await statements.link.findFirst({
    where: { connectionId, dirtySince: { not: null }, state: { not: "ignored" } },
    orderBy: { dirtySince: "asc" },
    select: { dirtySince: true },
  });
  const causes = await causesOf(store);
  const problems = await statements.problem.findMany({
    where: { connectionId, linkId: null },
    orderBy: { firstSeen: "asc" },
  });
  const latest = { orderBy: { startedAt: "desc" } } as const;
  const runs = await statements.run.findMany({ where: { connectionId }, ...latest, take: RUNS_SHOWN });
  const ends = await statements.run.findMany({ where: contactRuns, ...latest, take: ENDS_NEEDED });
  const finished = await statements.run.findFirst({
    where: { ...contactRuns, result: { not: "stopped" } },
    ...latest,
  });
  const pauses = await rowsOf(statements, PAUSE_ROW)`
    SELECT paused_by AS by, paused_at AS at, paused_reason AS reason, paused_until AS until FROM connection
    WHERE id = ${connectionId} AND paused_at IS NOT NULL`;
  const counters = { in_sync: 0, waiting: 0, failing: 0, excluded: 0, ignored: 0 };
  for (const { state, links } of states) counters[state] = links;
  return {
    name: connection.name,
    accounts: { hubspot: connection.hubspotAccount, klaviyo: connection.klaviyoAccount },
    counters,
    total: Object.values(counters).reduce((sum, links) => sum + links, 0),
    causes: causes.map((cause) => ({ ...cause, fix: fixSteps(cause.fix) })),
    connectionProblems: problems.map(storedProblem),
    runs: runs.map(runRow),
    lastContactRuns: ends.flatMap(({ result, finishedAt, note }) =>
      finishedAt === null ? [] : [{ result: result as RunResult, finishedAt, note }],
    ),
    lastFinishedAt: finished?.finishedAt ?? null,
    oldestWaiting: waiting?.dirtySince ?? null,
    pause: pauses[0] ?? null,
  };
}

const CAUSE_ROW = z.object({
  contacts: z.number(),
  code: z.string(),
  field: z.string().nullable(),
  level: z.enum(["connection", "mapping", "contact", "field"]),
  title: z.string(),
  explanation: z.string(),
  titles: z.number(),
  firstSeen: z.date(),
  fix: z.unknown(),
});

/** Codes are compared byte by byte: in the order of a language ten thousand of them take twice as long to sort. */
function causesOf({ statements, connectionId }: Store) {
  return rowsOf(statements, CAUSE_ROW)`
    WITH failing AS MATERIALIZED (
      SELECT problem.id, problem.code, problem.field, problem.link_id, problem.title,
             problem.first_seen, problem.last_seen
      FROM problem JOIN link ON link.id = problem.link_id
      WHERE problem.connection_id = ${connectionId} AND link.connection_id = ${connectionId} AND link.state = 'failing'
    ), counted AS (
      SELECT code, field, count(*)::int AS contacts, min(first_seen) AS first_seen
      FROM (SELECT code, field, link_id, min(first_seen) AS first_seen FROM failing GROUP BY code, field, link_id) AS each
      GROUP BY code, field ORDER BY contacts DESC, code, field LIMIT ${CAUSES_SHOWN}
    ), titled AS (
      SELECT code, field, count(*)::int AS titles
      FROM (SELECT DISTINCT code, field, title FROM failing) AS each GROUP BY code, field
    ), newest AS (
      SELECT DISTINCT ON (code COLLATE "C", field COLLATE "C") code, field, id FROM failing
      ORDER BY code COLLATE "C", field COLLATE "C", last_seen DESC, id DESC
    )
    SELECT counted.code, NULLIF(counted.field, '') AS field, problem.level, problem.title, problem.explanation, problem.fix, contacts, titles,
           counted.first_seen AS "firstSeen"
    FROM counted JOIN titled USING (code, field) JOIN newest USING (code, field) JOIN problem ON problem.id = newest.id
    ORDER BY contacts DESC, counted.code, counted.field`;
}

type ProblemColumns = Prisma.ProblemGetPayload<object>;

/** A row of the problem table as people are shown it. */
export function storedProblem(row: ProblemColumns): StoredProblem {
  return {
    code: row.code,
    level: row.level as ProblemLevel,
    side: row.side === "" ? null : (row.side as Side),
    field: row.field === "" ? null : row.field,
    title: row.title,
    explanation: row.explanation,
    fix: fixSteps(row.fix),
    retry: row.retry as RetryPolicy,
    reference: row.reference,
    firstSeen: row.firstSeen,
    lastSeen: row.lastSeen,
  };
}

function fixSteps(fix: unknown): readonly string[] {
  return Array.isArray(fix) ? fix.filter((step) => typeof step === "string") : [];
}

/** A row of the run table as people are shown it. */
export function runRow(row: Prisma.RunGetPayload<object>): RunRow {
  const counts = row.counts !== null && typeof row.counts === "object" ? Object.entries(row.counts) : [];
  return {
    id: String(row.id),
    kind: row.kind,
    trigger: row.trigger,
    result: row.result as RunRow["result"],
    startedAt: row.startedAt,
    finishedAt: row.finishedAt,
    counts: Object.fromEntries(
      counts.flatMap(([word, count]) => (typeof count === "number" ? [[word, count]] : [])),
    ),
    note: row.note,
  };
}
