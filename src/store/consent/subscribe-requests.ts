import { z } from "zod";
import type { Consent } from "../../model/consent.ts";
import type { PerSide } from "../../model/side.ts";
import { Prisma } from "../generated/client.ts";
import { sealing } from "../chains/seals.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";

/** A subscription on its way out, with what allowed it. */
export interface SubscribeRequest {
  readonly email: string;
  readonly list: string;
  readonly consents: PerSide<Consent | null>;
  /** When the consents were asked for. Milliseconds since 1970. */
  readonly readAt: number;
}

const JOURNALLED_ROW = z.object({ email: z.string(), list: z.string() });

/**
 * Journals that these people are about to be subscribed. A person who was ever asked for on this list is not in
 * the answer, and must not be asked for again: a unique index stands behind it.
 *
 * @returns `email list` of those that may go out
 */
export async function saveSubscribeRequests(
  store: Store,
  runId: bigint,
  rows: readonly SubscribeRequest[],
  now: Date,
): Promise<ReadonlySet<string>> {
  const { connectionId } = store;
  if (rows.length === 0) return new Set();
  const subjects = await sealing(
    store,
    "consent",
    ({ statements }) => rowsOf(statements, JOURNALLED_ROW)`
    WITH page AS (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS p(
        "email" text, "list" text, "consents" jsonb, "readAt" bigint)
    ), asked AS (
      INSERT INTO consent_ledger (connection_id, subject, channel, kind, side, evidence, run_id, at, list)
      SELECT ${connectionId}, consent_subject(email), 'email', 'asked', 'klaviyo',
             jsonb_build_object('read', consents, 'readAt', to_timestamp("readAt" / 1000.0)), ${runId}, ${now}, list
      FROM page ORDER BY email, list
      ON CONFLICT DO NOTHING
      RETURNING subject, list
    )
    SELECT page.email, page.list FROM page JOIN asked ON asked.subject = consent_subject(page.email) AND asked.list = page.list`,
  );
  return new Set(subjects.map(({ email, list }) => `${email} ${list}`));
}

/**
 * Notes that somebody was not asked for, and why: once for each reason.
 *
 * @returns how many it did not have yet
 */
export async function saveBlocked(
  store: Store,
  runId: bigint,
  rows: readonly { readonly email: string; readonly list: string; readonly because: string }[],
  now: Date,
): Promise<number> {
  const { connectionId } = store;
  if (rows.length === 0) return 0;
  return sealing(
    store,
    "consent",
    ({ statements }) => statements.$executeRaw`
    INSERT INTO consent_ledger (connection_id, subject, channel, kind, side, evidence, run_id, at, list)
    SELECT ${connectionId}, subject, 'email', 'blocked', 'klaviyo', jsonb_build_object('because', because),
           ${runId}, ${now}, list
    FROM (SELECT DISTINCT consent_subject(email) AS subject, list, because
          FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS p("email" text, "list" text, "because" text)) AS page
    WHERE NOT EXISTS (
      SELECT FROM consent_ledger AS known
      WHERE known.connection_id = ${connectionId} AND known.subject = page.subject AND known.kind = 'blocked'
        AND known.list = page.list AND known.evidence ->> 'because' = page.because)
    ORDER BY subject, list`,
  );
}

/** Klaviyo's events come late by days; after this nobody looks any more. Milliseconds. */
export const CHECKED_FOR_MS = 7 * 24 * 60 * 60_000;

/** Somebody who was asked for, and of whom it is not known yet whether that met a refusal. */
export interface PendingSubscribe {
  readonly linkId: bigint;
  /** The address that they were asked for by. */
  readonly email: string;
  readonly profile: string;
  readonly list: string;
  /** When the consent was read that allowed it, and when it was asked for. */
  readonly readAt: Date;
  readonly requestedAt: Date;
  /** A refusal was seen since, at one of the two sides. */
  readonly refusedAt: Date | null;
}

const PENDING_ASK_ROW: z.ZodType<PendingSubscribe> = z.object({
  linkId: z.bigint(),
  email: z.string(),
  profile: z.string(),
  list: z.string(),
  readAt: z.date(),
  requestedAt: z.date(),
  refusedAt: z.date().nullable(),
});

/**
 * An opt-out by choice, at the person's email address or another of theirs. A person who is subscribed gets a message, and
 * an address that bounces then is no reason to unsubscribe its person. One that was found to be met is known already.
 */
const BY_CHOICE = Prisma.sql`later.verdict = 'by_choice' AND NOT later.evidence ? 'met'`;

/**
 * Who was asked for after `since`, as far as they are still linked: nobody of whom Klaviyo certainly refused that, or whose
 * subscription to that list was confirmed, or whose refusal was put back.
 */
export async function pendingSubscribes(
  { statements, connectionId }: Store,
  since: Date,
): Promise<readonly PendingSubscribe[]> {
  return rowsOf(statements, PENDING_ASK_ROW)`
    SELECT link.id AS "linkId", known.email_key AS email, link.klaviyo_id AS profile, asked.list,
           (asked.evidence ->> 'readAt')::timestamptz AS "readAt", asked.at AS "requestedAt",
           (SELECT min(later.at) FROM consent_ledger AS later
            WHERE later.connection_id = asked.connection_id AND later.subject = ANY(link_subjects(link.id))
              AND later.kind = 'opted_out' AND later.seq > asked.seq AND ${BY_CHOICE}) AS "refusedAt"
    FROM consent_ledger AS asked
    -- Under the address that they were asked for by, whatever it is now.
    JOIN (SELECT id AS link_id, email_key FROM link WHERE connection_id = ${connectionId}
          UNION SELECT link_id, email_key FROM link_alias WHERE connection_id = ${connectionId}) AS known
      ON consent_subject(known.email_key) = asked.subject
    JOIN link ON link.id = known.link_id
    WHERE asked.connection_id = ${connectionId} AND asked.kind = 'asked' AND asked.at >= ${since}
      AND link.klaviyo_id IS NOT NULL
      AND NOT EXISTS (
        SELECT FROM consent_ledger AS settled
        WHERE settled.connection_id = asked.connection_id AND settled.subject = ANY(link_subjects(link.id))
          AND settled.seq > asked.seq
          AND (settled.kind = 'restored' OR settled.kind IN ('confirmed', 'blocked') AND settled.list = asked.list))
    ORDER BY asked.seq`;
}

/** What became of those who were asked for. */
export interface SubscribeFound {
  readonly email: string;
  readonly list: string;
  /** `met`: a refusal came between the reading and the doing, and the subscription went over it. */
  readonly found: "confirmed" | "met";
  readonly evidence: unknown;
}

export async function saveFound(
  store: Store,
  runId: bigint,
  rows: readonly SubscribeFound[],
  now: Date,
): Promise<void> {
  const { statements, connectionId } = store;
  if (rows.length === 0) return;
  const page = JSON.stringify(rows);
  await sealing(
    store,
    "consent",
    ({ statements }) => statements.$executeRaw`
    INSERT INTO consent_ledger (connection_id, subject, channel, kind, side, verdict, evidence, run_id, at, list)
    SELECT ${connectionId}, consent_subject(email), 'email',
           CASE found WHEN 'met' THEN 'opted_out' ELSE found END, 'klaviyo',
           CASE found WHEN 'met' THEN 'by_choice' END,
           CASE found WHEN 'met' THEN jsonb_build_object('met', true) || evidence ELSE evidence END,
           ${runId}, ${now}, list
    FROM jsonb_to_recordset(${page}::jsonb) AS p("email" text, "list" text, "found" text, "evidence" jsonb)
    ORDER BY email, list`,
  );
  await statements.$executeRaw`
    UPDATE link SET dirty_since = coalesce(dirty_since, ${now})
    FROM jsonb_to_recordset(${page}::jsonb) AS p("email" text, "found" text)
    WHERE link.connection_id = ${connectionId} AND p.found = 'met' AND link.id IN (
      SELECT id FROM link AS own WHERE own.connection_id = ${connectionId} AND own.email_key = p.email
      UNION SELECT link_id FROM link_alias WHERE link_alias.connection_id = ${connectionId} AND link_alias.email_key = p.email)`;
}

/** How many refusals were put back since that a subscription had gone over. */
export async function countRestored({ statements, connectionId }: Store, since: Date): Promise<number> {
  const where = { connectionId, kind: "restored", at: { gte: since } };
  return statements.consentEntry.count({ where });
}

const HOUR_MS = 60 * 60_000;

/**
 * Is anybody to be looked after who was asked for: every time in the first hour, then for a week once an hour?
 *
 * @param checkedAt when they were last looked after; `null`: never
 */
export async function awaitsCheck(store: Store, checkedAt: Date | null, now: Date): Promise<boolean> {
  const dueForAll = checkedAt === null || now.getTime() - checkedAt.getTime() >= HOUR_MS;
  const since = new Date(now.getTime() - (dueForAll ? CHECKED_FOR_MS : HOUR_MS));
  return (await pendingSubscribes(store, since)).length > 0;
}
