import { z } from "zod";
import type { LostValue } from "../../model/history/lost-value.ts";
import type { Problem } from "../../model/problem.ts";
import type { Side } from "../../model/side.ts";
import type { Values } from "../../model/value.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";
import { LOST_VALUE, SIDE, VALUES } from "../database/shapes.ts";

/** One operation on its way out: written before it is sent, settled by its answer, or by reading where none came. */
export interface JournalEntry {
  readonly traceId: string;
  readonly linkId: bigint;
  readonly side: Side;
  readonly kind: "create" | "update" | "add_to_list" | "remove_from_list" | "opt_out";
  /** What the target showed, by field. */
  readonly before: Values;
  /** What was asked for, by field; for lists the list's id as `list`; of an opt-out from what. */
  readonly after: Values;
  /** What the other side showed when this was planned, by field. */
  readonly source: Values;
  /** The values that do not stand because of it, by field. */
  readonly lost: Readonly<Record<string, LostValue>>;
}

export type JournalOutcome = "done" | "refused" | "exists" | "gone" | "superseded" | "not_sent";

export interface SettledEntry {
  readonly traceId: string;
  readonly outcome: JournalOutcome;
  readonly problem: Problem | null;
  /** Of what was done, the fields that were not taken. */
  readonly refusedFields: readonly string[];
}

export async function journalSent(
  { statements }: Store,
  runId: bigint,
  entries: readonly JournalEntry[],
  now: Date,
): Promise<void> {
  if (entries.length === 0) return;
  const page = JSON.stringify(entries.map((entry) => ({ ...entry, linkId: String(entry.linkId) })));
  await statements.$executeRaw`
    INSERT INTO journal (trace_id, link_id, run_id, side, kind, before, after, source, lost, sent_at)
    SELECT "traceId", "linkId", ${runId}, side, kind, before, after, source, lost, ${now}
    FROM jsonb_to_recordset(${page}::jsonb) AS p("traceId" uuid, "linkId" bigint, "side" text, "kind" text,
      "before" jsonb, "after" jsonb, "source" jsonb, "lost" jsonb)`;
}

export async function journalSettled(
  { statements }: Store,
  entries: readonly SettledEntry[],
  now: Date,
): Promise<void> {
  if (entries.length === 0) return;
  await statements.$executeRaw`
    UPDATE journal SET outcome = p.outcome, problem = NULLIF(p.problem, 'null'::jsonb), settled_at = ${now},
                       refused_fields = ARRAY(SELECT jsonb_array_elements_text(p."refusedFields"))
    FROM jsonb_to_recordset(${JSON.stringify(entries)}::jsonb) AS p("traceId" uuid, "outcome" text, "problem" jsonb,
      "refusedFields" jsonb)
    WHERE journal.trace_id = p."traceId" AND journal.outcome = 'sent'`;
}

/** Operations that are sent without the fields that moved since they were journalled. */
export async function journalNarrowed(
  { statements }: Store,
  entries: readonly JournalEntry[],
): Promise<void> {
  const page = JSON.stringify(entries.map((entry) => ({ ...entry, linkId: String(entry.linkId) })));
  await statements.$executeRaw`
    UPDATE journal SET before = p.before, after = p.after, source = p.source, lost = p.lost
    FROM jsonb_to_recordset(${page}::jsonb) AS p("traceId" uuid, "before" jsonb, "after" jsonb, "source" jsonb, "lost" jsonb)
    WHERE journal.trace_id = p."traceId" AND journal.outcome = 'sent'`;
}

/** These are about to be sent as one job of so many contacts; `null`: they are not, after all. */
export async function journalJobSize(
  { statements }: Store,
  traceIds: readonly string[],
  size: number | null,
): Promise<void> {
  await statements.$executeRaw`
    UPDATE journal SET job_size = ${size}, job_id = NULL WHERE trace_id = ANY(${[...traceIds]}::uuid[])`;
}

/** The vendor has accepted the job of these operations. */
export async function journalJob(
  { statements }: Store,
  traceIds: readonly string[],
  job: string,
): Promise<void> {
  await statements.$executeRaw`
    UPDATE journal SET job_id = ${job} WHERE trace_id = ANY(${[...traceIds]}::uuid[])`;
}

/** An import job that may still be running, with its operations. */
export interface OpenJob {
  readonly side: Side;
  /** `null` where its acceptance was never answered. */
  readonly job: string | null;
  readonly size: number;
  readonly sentAt: Date;
  readonly traceIds: readonly string[];
}

const OPEN_JOB_ROW: z.ZodType<OpenJob> = z.object({
  side: SIDE,
  job: z.string().nullable(),
  size: z.number(),
  sentAt: z.date(),
  traceIds: z.array(z.string()),
});

export async function openJobs({ statements, connectionId }: Store): Promise<readonly OpenJob[]> {
  return rowsOf(statements, OPEN_JOB_ROW)`
    SELECT side, job_id AS job, job_size AS size, min(sent_at) AS "sentAt", array_agg(trace_id::text) AS "traceIds"
    FROM journal JOIN link ON link.id = journal.link_id
    WHERE link.connection_id = ${connectionId} AND outcome = 'sent' AND job_size IS NOT NULL
    GROUP BY side, job_id, job_size, run_id, CASE WHEN job_id IS NULL THEN sent_at END`;
}

/** An operation that was sent and whose answer never came, with the link it belongs to. */
export interface UnansweredEntry extends JournalEntry {
  readonly runId: bigint;
  readonly sentAt: Date;
  readonly email: string;
  readonly externalId: string | null;
}

const UNANSWERED_ROW: z.ZodType<UnansweredEntry> = z.object({
  runId: z.bigint(),
  sentAt: z.date(),
  email: z.string(),
  externalId: z.string().nullable(),
  traceId: z.string(),
  linkId: z.bigint(),
  side: SIDE,
  kind: z.enum(["create", "update", "add_to_list", "remove_from_list", "opt_out"]),
  before: VALUES,
  after: VALUES,
  source: VALUES,
  lost: z.record(z.string(), LOST_VALUE),
});

export async function unanswered(
  { statements, connectionId }: Store,
  sentBefore: Date,
  /** Trace ids of those that wait for a job. */
  waiting: readonly string[],
  limit: number,
): Promise<readonly UnansweredEntry[]> {
  return rowsOf(statements, UNANSWERED_ROW)`
    SELECT trace_id::text AS "traceId", link_id AS "linkId", run_id AS "runId", side, kind, before, after, source,
           lost, sent_at AS "sentAt",
           link.email_key AS email,
           CASE WHEN side = 'hubspot' THEN link.hubspot_id ELSE link.klaviyo_id END AS "externalId"
    FROM journal JOIN link ON link.id = journal.link_id
    WHERE link.connection_id = ${connectionId} AND outcome = 'sent' AND sent_at <= ${sentBefore}
      AND trace_id <> ALL(${[...waiting]}::uuid[])
    ORDER BY sent_at LIMIT ${limit}`;
}
