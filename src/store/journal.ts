import type { LostValue } from "../model/lost-value.ts";
import type { Problem } from "../model/problem.ts";
import type { Side } from "../model/side.ts";
import type { Values } from "../model/value.ts";
import type { Statements } from "./database.ts";

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

export type JournalOutcome = "done" | "refused" | "exists" | "gone" | "superseded";

export interface SettledEntry {
  readonly traceId: string;
  readonly outcome: JournalOutcome;
  readonly problem: Problem | null;
  /** Of what was done, the fields that were not taken. */
  readonly refusedFields: readonly string[];
}

export async function journalSent(
  statements: Statements,
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
  statements: Statements,
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

/** An operation that was sent and whose answer never came, with the link it belongs to. */
export interface UnansweredEntry extends JournalEntry {
  readonly runId: bigint;
  readonly sentAt: Date;
  readonly email: string;
  readonly externalId: string | null;
}

export async function unanswered(
  statements: Statements,
  connectionId: number,
  sentBefore: Date,
  limit: number,
): Promise<readonly UnansweredEntry[]> {
  return statements.$queryRaw<UnansweredEntry[]>`
    SELECT trace_id::text AS "traceId", link_id AS "linkId", run_id AS "runId", side, kind, before, after, source,
           lost, sent_at AS "sentAt",
           link.email_key AS email,
           CASE WHEN side = 'hubspot' THEN link.hubspot_id ELSE link.klaviyo_id END AS "externalId"
    FROM journal JOIN link ON link.id = journal.link_id
    WHERE link.connection_id = ${connectionId} AND outcome = 'sent' AND sent_at <= ${sentBefore}
    ORDER BY sent_at LIMIT ${limit}`;
}
