import { z } from "zod";
import type { ExternalId } from "../../model/contact.ts";
import type { Problem } from "../../model/problem.ts";
import type { Values } from "../../model/value.ts";
import type { WriteFilter } from "../writes/writes-by-link.ts";
import { Prisma } from "../generated/client.ts";
import { linksUnder } from "../links/links-under.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";
import { VALUES } from "../database/shapes.ts";

/** One write of somebody's last activity, on its way to their HubSpot contact. */
export interface StampEntry {
  readonly traceId: string;
  readonly contact: ExternalId;
  readonly email: string;
  /** What the contact showed, by HubSpot property. */
  readonly before: Values;
  readonly after: Values;
}

const STAMP_ROW: z.ZodType<StampEntry> = z.object({
  traceId: z.string(),
  contact: z.string(),
  email: z.string(),
  before: VALUES,
  after: VALUES,
});

export interface SettledStamp {
  readonly traceId: string;
  readonly outcome: "done" | "refused" | "gone" | "superseded" | "not_sent";
  readonly problem: Problem | null;
  /** Of what was done, the properties that were not taken. */
  readonly refusedFields: readonly string[];
}

/** Notes them as sent, before they are. One that was noted and not sent yet is noted as it goes now. */
export async function journalStamps(
  { statements, connectionId }: Store,
  runId: bigint,
  entries: readonly StampEntry[],
  now: Date,
): Promise<void> {
  if (entries.length === 0) return;
  await statements.$executeRaw`
    INSERT INTO stamp (trace_id, connection_id, run_id, contact, email, before, after, sent_at)
    SELECT "traceId", ${connectionId}, ${runId}, contact, email, before, after, ${now}
    FROM jsonb_to_recordset(${JSON.stringify(entries)}::jsonb)
      AS p("traceId" uuid, "contact" text, "email" text, "before" jsonb, "after" jsonb)
    ON CONFLICT (trace_id) DO UPDATE SET before = excluded.before, after = excluded.after, sent_at = excluded.sent_at
      WHERE stamp.outcome = 'sent'`;
}

export async function settleStamps(
  { statements }: Store,
  settled: readonly SettledStamp[],
  now: Date,
): Promise<void> {
  if (settled.length === 0) return;
  await statements.$executeRaw`
    UPDATE stamp SET outcome = p.outcome, problem = NULLIF(p.problem, 'null'::jsonb), settled_at = ${now},
                     refused_fields = ARRAY(SELECT jsonb_array_elements_text(p."refusedFields"))
    FROM jsonb_to_recordset(${JSON.stringify(settled)}::jsonb)
      AS p("traceId" uuid, "outcome" text, "problem" jsonb, "refusedFields" jsonb)
    WHERE stamp.trace_id = p."traceId" AND stamp.outcome = 'sent'`;
}

/** What earlier runs sent and never heard of. */
export async function openStamps(
  { statements, connectionId }: Store,
  runId: bigint,
  limit: number,
): Promise<readonly StampEntry[]> {
  return rowsOf(statements, STAMP_ROW)`
    SELECT trace_id::text AS "traceId", contact, email, before, after FROM stamp
    WHERE connection_id = ${connectionId} AND outcome = 'sent' AND run_id <> ${runId}
    ORDER BY sent_at LIMIT ${limit}`;
}

const CONTACT_STAMPS_ROW = z.object({
  contact: z.string(),
  email: z.string(),
  before: VALUES,
  after: VALUES,
});

/** What was stamped on one contact: by property what was there before all of it, and what was written last. */
export type ContactStamps = z.infer<typeof CONTACT_STAMPS_ROW>;

/**
 * A page of the contacts to which something of this was written, by contact.
 *
 * @param only these contacts; `null`: all
 */
export async function stampsByContact(
  { statements, connectionId }: Store,
  filter: WriteFilter,
  after: ExternalId,
  limit: number,
  only: readonly ExternalId[] | null = null,
): Promise<readonly ContactStamps[]> {
  const conditions = [
    ...(only === null ? [] : [Prisma.sql`contact = ANY(${[...only]}::text[])`]),
    ...(filter.runId === undefined ? [] : [Prisma.sql`run_id = ${filter.runId}`]),
    ...(filter.since === undefined ? [] : [Prisma.sql`sent_at >= ${filter.since}`]),
    ...(filter.email === undefined
      ? []
      : [
          Prisma.sql`(email = ${filter.email}
            OR contact IN (SELECT hubspot_id FROM link WHERE connection_id = ${connectionId}
                             AND hubspot_id IS NOT NULL AND id IN (${linksUnder([filter.email])})))`,
        ]),
  ];
  const all = conditions.length === 0 ? Prisma.sql`true` : Prisma.join(conditions, " AND ");
  const fields =
    filter.fields === undefined ? Prisma.empty : Prisma.sql`AND key = ANY(${[...filter.fields]}::text[])`;
  return rowsOf(statements, CONTACT_STAMPS_ROW)`
    WITH selected AS (
      SELECT * FROM stamp WHERE connection_id = ${connectionId} AND outcome = 'done' AND ${all}
    ), value AS (
      SELECT contact, email, sent_at, trace_id, key, before -> key AS before, value AS after
      FROM selected, jsonb_each(selected.after) WHERE key <> ALL (refused_fields) ${fields}
    ), page AS (
      SELECT contact FROM value WHERE contact > ${after} GROUP BY contact ORDER BY contact LIMIT ${limit}
    ), ends AS (
      SELECT contact, key, (array_agg(before ORDER BY sent_at, trace_id))[1] AS before,
             (array_agg(after ORDER BY sent_at DESC, trace_id DESC))[1] AS after,
             (array_agg(email ORDER BY sent_at DESC, trace_id DESC))[1] AS email
      FROM value WHERE contact IN (SELECT contact FROM page) GROUP BY contact, key
    )
    SELECT contact, max(email) AS email, jsonb_object_agg(key, before) AS before, jsonb_object_agg(key, after) AS after
    FROM ends GROUP BY contact ORDER BY contact`;
}

/** Removes what was stamped on these contacts, or under these addresses. */
export async function forgetStamps(
  { statements, connectionId }: Store,
  contacts: readonly ExternalId[],
  emails: readonly string[],
): Promise<number> {
  const { count } = await statements.stamp.deleteMany({
    where: { connectionId, OR: [{ contact: { in: [...contacts] } }, { email: { in: [...emails] } }] },
  });
  return count;
}
