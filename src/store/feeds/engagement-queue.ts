import { z } from "zod";
import type { ExternalId } from "../../model/contact.ts";
import type { EngagementKind } from "../../model/engagement.ts";
import type { Problem } from "../../model/problem.ts";
import { Prisma } from "../generated/client.ts";
import type { KeptEngagement } from "./engagement-rows.ts";
import { ENGAGEMENT_ROW, engagementOf } from "./engagement-rows.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";

/** An event that is to be shown, or was. */
export interface QueuedEngagement {
  readonly engagement: KeptEngagement;
  readonly entryId: string;
  /** Where it was sent to. */
  readonly contact: ExternalId | null;
  readonly reference: string | null;
  readonly attempts: number;
}

const QUEUED_ROW = ENGAGEMENT_ROW.extend({
  entry_id: z.string(),
  contact: z.string().nullable(),
  reference: z.string().nullable(),
  attempts: z.number(),
});

const COLUMNS = Prisma.sql`event_id, kind, channel, person, email, at, message, message_name, subject, source_kind,
  source_id, source_name, url, link_id::text AS link_id, link_entry_id::text AS link_entry_id, list, detail, by_machine, entry_id::text AS entry_id, contact, reference, attempts`;

function queued(row: z.infer<typeof QUEUED_ROW>): QueuedEngagement {
  const { entry_id: entryId, contact, reference, attempts } = row;
  return { engagement: engagementOf(row), entryId, contact, reference, attempts };
}

/** After which row a page continues. */
export type AfterQueued = readonly [person: string, message: string, eventId: string];

/**
 * A page of what waits to be shown: what one person did with one message stands together.
 *
 * @param without kinds of events that cannot be shown now
 */
export async function waitingEngagements(
  { statements, connectionId }: Store,
  without: readonly EngagementKind[],
  [person, message, eventId]: AfterQueued,
  limit: number,
): Promise<readonly QueuedEngagement[]> {
  const rows = await rowsOf(statements, QUEUED_ROW)`
    SELECT ${COLUMNS} FROM engagement
    WHERE connection_id = ${connectionId} AND fate = 'waiting' AND kind <> ALL (${[...without]}::text[])
      AND (coalesce(person, email, ''), coalesce(message, ''), event_id) > (${person}, ${message}, ${eventId})
    ORDER BY coalesce(person, email, ''), coalesce(message, ''), event_id LIMIT ${limit}`;
  return rows.map(queued);
}

export function afterQueued({ engagement }: QueuedEngagement): AfterQueued {
  return [engagement.person ?? engagement.email ?? "", engagement.message ?? "", engagement.eventId];
}

/** What an earlier run sent and never heard of. */
export async function unansweredEngagements(
  { statements, connectionId }: Store,
  runId: bigint,
  without: readonly EngagementKind[],
  limit: number,
): Promise<readonly QueuedEngagement[]> {
  const rows = await rowsOf(statements, QUEUED_ROW)`
    SELECT ${COLUMNS} FROM engagement
    WHERE connection_id = ${connectionId} AND fate = 'sent' AND run_id IS DISTINCT FROM ${runId}
      AND kind <> ALL (${[...without]}::text[])
    ORDER BY contact, message, event_id LIMIT ${limit}`;
  return rows.map(queued);
}

/** How many wait to be shown, or to be heard of. */
export async function countQueued(
  { statements, connectionId }: Store,
  without: readonly EngagementKind[] = [],
): Promise<number> {
  const where = { connectionId, fate: { in: ["waiting", "sent"] }, kind: { notIn: [...without] } };
  return statements.engagement.count({ where });
}

/** What is shown of these contacts and messages already. */
export async function shownOf(
  { statements, connectionId }: Store,
  pairs: readonly { readonly contact: ExternalId; readonly message: string }[],
): Promise<readonly QueuedEngagement[]> {
  if (pairs.length === 0) return [];
  const rows = await rowsOf(statements, QUEUED_ROW)`
    SELECT ${COLUMNS} FROM engagement
    WHERE connection_id = ${connectionId} AND fate = 'recorded' AND (contact, message) IN (
      SELECT contact, message FROM jsonb_to_recordset(${JSON.stringify(pairs)}::jsonb) AS p("contact" text, "message" text))
    ORDER BY settled_at, at, event_id`;
  return rows.map(queued);
}

/** Events that are shown, by any condition on their table. */
export async function queuedWhere(
  { statements }: Store,
  condition: Prisma.Sql,
): Promise<readonly QueuedEngagement[]> {
  const rows = await rowsOf(statements, QUEUED_ROW)`
    SELECT ${COLUMNS} FROM engagement WHERE ${condition} ORDER BY settled_at, at, event_id`;
  return rows.map(queued);
}

/** One event on its way out. */
export interface ClaimedEngagement {
  readonly eventId: string;
  readonly contact: ExternalId;
  /** Of the occurrence on this contact. */
  readonly shownId: string;
}

const CLAIMED_ROW = z.object({ event_id: z.string(), fate: z.string() });

/**
 * Marks them as sent, before they are. One that the contact shows already, because two profiles are one contact, is a
 * repeat and not sent.
 *
 * @returns the ids of those that are to be sent
 */
export async function claimEngagements(
  { statements, connectionId }: Store,
  runId: bigint,
  claimed: readonly ClaimedEngagement[],
  now: Date,
): Promise<ReadonlySet<string>> {
  const page = JSON.stringify(claimed.map((row, place) => ({ ...row, place })));
  const rows = await rowsOf(statements, CLAIMED_ROW)`
    WITH page AS (
      SELECT *, row_number() OVER (PARTITION BY "shownId" ORDER BY place) = 1
        AND NOT EXISTS (SELECT FROM engagement AS other
                        WHERE other.connection_id = ${connectionId} AND other.shown_id = p."shownId"
                          AND other.event_id <> p."eventId") AS is_first
      FROM jsonb_to_recordset(${page}::jsonb) AS p("eventId" text, "contact" text, "shownId" uuid, "place" int)
    )
    UPDATE engagement AS own
    SET fate = CASE WHEN is_first THEN 'sent' ELSE 'repeat' END,
        reason = CASE WHEN is_first THEN '' ELSE 'Shown of another profile of the same contact' END,
        entry_id = CASE WHEN is_first THEN own.entry_id END, shown_id = CASE WHEN is_first THEN page."shownId" END,
        contact = page.contact, run_id = ${runId}, sent_at = ${now}, problem = NULL
    FROM page
    WHERE own.connection_id = ${connectionId} AND own.event_id = page."eventId" AND own.fate = 'waiting'
    RETURNING own.event_id, own.fate`;
  return new Set(rows.filter(({ fate }) => fate === "sent").map((row) => row.event_id));
}

/** What was sent before and never answered is sent again, by this run. */
export async function claimAgain(
  { statements, connectionId }: Store,
  runId: bigint,
  eventIds: readonly string[],
  now: Date,
): Promise<void> {
  await statements.engagement.updateMany({
    where: { connectionId, eventId: { in: [...eventIds] }, fate: "sent" },
    data: { runId, sentAt: now },
  });
}

/** What became of events that were sent. */
export interface SettledEngagement {
  readonly eventId: string;
  readonly fate: "recorded" | "failed" | "unknown";
  readonly reason: string;
  readonly reference: string | null;
  readonly problem: Problem | null;
  readonly attempts: number;
  readonly retryAt: Date | null;
}

export async function settleEngagements(
  { statements, connectionId }: Store,
  settled: readonly SettledEngagement[],
  now: Date,
): Promise<void> {
  if (settled.length === 0) return;
  await statements.$executeRaw`
    UPDATE engagement AS own
    SET fate = p.fate, reason = p.reason, reference = coalesce(p.reference, own.reference),
        problem = NULLIF(p.problem, 'null'::jsonb), attempts = p.attempts, retry_at = p."retryAt", settled_at = ${now},
        contact = CASE WHEN p.fate = 'unknown' THEN NULL ELSE own.contact END,
        shown_id = CASE WHEN p.fate = 'unknown' THEN NULL ELSE own.shown_id END
    FROM jsonb_to_recordset(${JSON.stringify(settled)}::jsonb) AS p("eventId" text, "fate" text, "reason" text,
      "reference" text, "problem" jsonb, "attempts" int, "retryAt" timestamptz)
    WHERE own.connection_id = ${connectionId} AND own.event_id = p."eventId" AND own.fate = 'sent'`;
}

/** Of these the contact is not known now. */
export async function markUnknown(
  { statements, connectionId }: Store,
  eventIds: readonly string[],
  reason: string,
): Promise<void> {
  if (eventIds.length === 0) return;
  await statements.engagement.updateMany({
    where: { connectionId, eventId: { in: [...eventIds] }, fate: "waiting" },
    data: { fate: "unknown", reason },
  });
}

/** Failing events whose waiting time is over wait to be shown again. */
export async function wakeFailed({ statements, connectionId }: Store, now: Date): Promise<void> {
  await statements.engagement.updateMany({
    where: { connectionId, fate: "failed", retryAt: { lte: now } },
    data: { fate: "waiting", retryAt: null, shownId: null },
  });
}

/** Failing events that a person wants tried again, of everybody or of one. */
export async function retryEngagements(
  { statements, connectionId }: Store,
  email: string | null,
): Promise<number> {
  const { count } = await statements.engagement.updateMany({
    where: { connectionId, fate: "failed", ...(email === null ? {} : { email }) },
    data: { fate: "waiting", retryAt: null, attempts: 0, shownId: null },
  });
  return count;
}
