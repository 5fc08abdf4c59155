import { z } from "zod";
import { Prisma } from "../generated/client.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";

/**
 * Does the ledger hold a refusal of `page`'s person, seen on any side, after which that side showed no act by them that
 * takes it back? Of whatever address: one that they changed took its refusals along.
 */
export function refusedByLedger(
  connectionId: number,
  subject = Prisma.sql`consent_subject(page.email_key)`,
): Prisma.Sql {
  return Prisma.sql`EXISTS (
    SELECT FROM (SELECT DISTINCT ON (side) kind FROM consent_ledger
                 WHERE connection_id = ${connectionId} AND subject = ${subject}
                   AND kind IN ('opted_out', 'opted_in')
                 ORDER BY side, seq DESC) AS latest
    WHERE kind = 'opted_out')`;
}

/**
 * The opt-outs that `page`'s person has from another address of theirs, by the side that showed them, and the sides that
 * need not hear of it: Tandem took it to the contact that is linked there since it was first seen, or the person came back
 * there themselves.
 */
export function inherited(connectionId: number): Prisma.Sql {
  // Merged away since, its contact took the opt-out along. Entries from before 2026-12 do not say whose they are.
  const carriedHere = Prisma.sql`(NOT later.evidence ? 'contact' OR later.evidence ->> 'contact' = consent_subject(
    later.side || ' ' || CASE later.side WHEN 'hubspot' THEN page.hubspot_id ELSE page.klaviyo_id END))`;
  return Prisma.sql`(
    SELECT jsonb_agg(jsonb_build_object('from', latest.side, 'carriedTo', (
      SELECT coalesce(jsonb_agg(DISTINCT later.side), '[]') FROM consent_ledger AS later
      WHERE later.connection_id = ${connectionId} AND later.subject = ANY(page.subjects)
        AND (later.kind = 'opted_in' OR later.kind IN ('carried', 'restored') AND ${carriedHere})
        AND later.seq > coalesce((
          SELECT max(seq) FROM consent_ledger AS first
          WHERE first.connection_id = ${connectionId} AND first.subject = ANY(page.subjects)
            AND first.side = latest.side AND first.kind = 'opted_out' AND NOT first.evidence ? 'address'
            AND first.seq < latest.seq), latest.seq))))
    FROM (SELECT DISTINCT ON (side) side, kind, seq, evidence, verdict FROM consent_ledger
          WHERE connection_id = ${connectionId} AND subject = page.subject
            AND kind IN ('opted_out', 'opted_in')
          ORDER BY side, seq DESC) AS latest
    WHERE kind = 'opted_out' AND evidence ? 'address' AND verdict = 'by_choice')`;
}

/** The lists that `page`'s person was ever asked to be subscribed to, under whatever address. */
export function subscribeRequested(connectionId: number): Prisma.Sql {
  return Prisma.sql`(
    SELECT array_agg(list) FROM consent_ledger
    WHERE connection_id = ${connectionId} AND subject = ANY(page.subjects) AND kind = 'asked')`;
}

/** Klaviyo tells nobody how late it applies an unsubscribe job; nearly all are applied within this. */
const APPLIED_WITHIN_MS = 120_000;
/** After this without any effect another one is sent. Each that is late makes a profile where nobody has its address any more. */
const SENT_AGAIN_AFTER_MS = 60 * 60_000;

/** Has Klaviyo not shown the opt-out of a link's person since Tandem sent it? Then a job is still on its way to their address. */
function unconfirmedOptOut(link = Prisma.sql`page.id`): Prisma.Sql {
  return Prisma.sql`EXISTS (
    SELECT FROM sighting AS opted
    WHERE opted.link_id = ${link} AND opted.side = 'klaviyo' AND opted.opt_out_sent_at IS NOT NULL)`;
}

/** May a job to opt a link's person out in Klaviyo still be on its way to their address? */
export function optingOut(now: Date, link = Prisma.sql`page.id`): Prisma.Sql {
  return Prisma.sql`(${unconfirmedOptOut(link)} OR ${optingOutLately(now, link)})`;
}

/** What of `page`'s person Klaviyo may still be about to apply, as `KnownLink` has it. */
export function optOutOnItsWay(now: Date): Prisma.Sql {
  return Prisma.sql`jsonb_build_object('optingOut', ${optingOut(now)}, 'optOutUnconfirmed', ${unconfirmedOptOut()},
                                       'optOutUnderWay', ${optOutUnderWay(now)})`;
}

/** Is a job on its way that still meets a link's person: to the email address that they have now? */
function optOutUnderWay(now: Date): Prisma.Sql {
  return Prisma.sql`(${optingOutLately(now, Prisma.sql`page.id`, SENT_AGAIN_AFTER_MS)} AND EXISTS (
    SELECT FROM sighting AS opted
    WHERE opted.link_id = page.id AND opted.side = 'klaviyo' AND opted.opt_out_sent_at IS NOT NULL AND NOT opted.opt_out_missed))`;
}

/** Did Tandem opt a link's person out in Klaviyo so lately that Klaviyo need not have applied it yet? */
export function optingOutLately(now: Date, link: Prisma.Sql, withinMs = APPLIED_WITHIN_MS): Prisma.Sql {
  return Prisma.sql`EXISTS (
    SELECT FROM journal
    WHERE journal.link_id = ${link} AND journal.side = 'klaviyo' AND journal.kind = 'opt_out' AND journal.outcome = 'done'
      AND journal.sent_at > ${new Date(now.getTime() - withinMs)})`;
}

/** Did a subscription that Tandem asked for go over a refusal of `page`'s person, and was that not put right yet? */
export function overruled(connectionId: number): Prisma.Sql {
  return Prisma.sql`EXISTS (
    SELECT FROM consent_ledger AS met
    WHERE met.connection_id = ${connectionId} AND met.subject = ANY(page.subjects)
      AND met.kind = 'opted_out' AND met.evidence ? 'met'
      AND NOT EXISTS (SELECT FROM consent_ledger AS later
                      WHERE later.connection_id = ${connectionId} AND later.subject = ANY(page.subjects)
                        AND later.kind = 'restored' AND later.seq > met.seq))`;
}

/**
 * HubSpot's subscription types that Tandem opted `page`'s person out of, because they refused in Klaviyo, before they came
 * back there themselves: under whatever address their profile has now. One that was seen open again since is
 * none any more: who opts out of it then does so themselves.
 */
export function takenBack(connectionId: number): Prisma.Sql {
  return Prisma.sql`(
    SELECT array_agg(DISTINCT carried.evidence -> 'from' ->> 'type')
    FROM consent_ledger AS carried CROSS JOIN LATERAL (
      SELECT kind, seq FROM consent_ledger
      WHERE connection_id = ${connectionId} AND side = 'klaviyo' AND kind IN ('opted_out', 'opted_in')
        AND subject IN (carried.subject, (SELECT consent_subject(email_key) FROM sighting
                                          WHERE link_id = page.id AND side = 'klaviyo'))
      ORDER BY seq DESC LIMIT 1) AS latest
    WHERE carried.connection_id = ${connectionId} AND carried.subject = ANY(page.subjects)
      AND carried.kind = 'carried' AND carried.side = 'hubspot' AND carried.evidence -> 'from' ? 'type' AND latest.kind = 'opted_in' AND latest.seq > carried.seq
      AND NOT EXISTS (
        SELECT FROM consent_ledger AS reopened
        WHERE reopened.connection_id = ${connectionId} AND reopened.subject = carried.subject
          AND reopened.kind = 'reopened' AND reopened.seq > carried.seq
          AND reopened.evidence ->> 'type' = carried.evidence -> 'from' ->> 'type'))`;
}

const EMAIL_ROW = z.object({ email: z.string() });

/** Of these addresses, those whose person refused and did not take it back. */
export async function refusedAmong(
  { statements, connectionId }: Store,
  emails: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await rowsOf(statements, EMAIL_ROW)`
    SELECT page.email_key AS email FROM unnest(${[...emails]}::text[]) AS page(email_key)
    WHERE ${refusedByLedger(connectionId)}`;
  return new Set(rows.map(({ email }) => email));
}
