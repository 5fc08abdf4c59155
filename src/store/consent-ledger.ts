import type { Side } from "../model/side.ts";
import type { Statements } from "./database.ts";
import { Prisma } from "./generated/client.ts";

/** What the ledger says of a consent. */
export type ConsentKind = "opted_out" | "opted_in";

/** How many entries a run added. */
export interface Recorded {
  readonly optedOut: number;
  readonly optedIn: number;
}

const OPTED_OUT = Prisma.sql`(consent ->> 'status' = 'unsubscribed'
  OR jsonb_array_length(coalesce(consent -> 'suppressions', '[]')) > 0)`;

/**
 * Adds to the ledger what the sightings show and it does not say yet: an opt-out, or that a person came back by an act of
 * their own. Seen twice it is recorded once. The same statement is right after a kill, after a restored backup, and for
 * somebody who has another address now.
 */
export async function recordConsent(
  statements: Statements,
  connectionId: number,
  runId: bigint,
  now: Date,
): Promise<Recorded> {
  const optedOut = await record(statements, connectionId, runId, now, "opted_out", OPTED_OUT);
  const cameBack = Prisma.sql`consent ->> 'status' = 'subscribed' AND NOT ${OPTED_OUT}`;
  const optedIn = await record(statements, connectionId, runId, now, "opted_in", cameBack);
  return { optedOut, optedIn };
}

async function record(
  statements: Statements,
  connectionId: number,
  runId: bigint,
  now: Date,
  kind: ConsentKind,
  shows: Prisma.Sql,
): Promise<number> {
  const latest = kind === "opted_out" ? Prisma.sql`IS DISTINCT FROM 'opted_out'` : Prisma.sql`= 'opted_out'`;
  return statements.$executeRaw`
    INSERT INTO consent_ledger (connection_id, subject, channel, kind, side, evidence, run_id, at)
    SELECT ${connectionId}, subject, 'email', ${kind}, side, consent, ${runId}, ${now}
    FROM (SELECT DISTINCT ON (consent_subject(email_key), side) consent_subject(email_key) AS subject, side, consent
          FROM sighting
          WHERE connection_id = ${connectionId} AND email_key IS NOT NULL AND ${shows}
          ORDER BY consent_subject(email_key), side, updated_at DESC) AS shown
    WHERE (SELECT kind FROM consent_ledger AS known
           WHERE known.connection_id = ${connectionId} AND known.subject = shown.subject AND known.side = shown.side
           ORDER BY seq DESC LIMIT 1) ${latest}
    ORDER BY side, subject`;
}

/** One entry, with the text that its hash is of. */
export interface LedgerEntry {
  readonly seq: bigint;
  readonly kind: ConsentKind;
  readonly side: Side;
  readonly evidence: unknown;
  readonly at: Date;
  readonly previous: string;
  readonly hash: string;
  readonly text: string;
}

/** A page of the whole ledger, in its order. */
export async function ledgerPage(
  statements: Statements,
  after: bigint,
  limit: number,
): Promise<readonly LedgerEntry[]> {
  return statements.$queryRaw<LedgerEntry[]>`
    SELECT seq, kind, side, evidence, at, previous, hash, consent_row(entry) AS text
    FROM consent_ledger AS entry WHERE seq > ${after} ORDER BY seq LIMIT ${limit}`;
}

/** What the ledger holds of one person, the oldest first. */
export async function ledgerOf(
  statements: Statements,
  connectionId: number,
  email: string,
): Promise<readonly LedgerEntry[]> {
  return statements.$queryRaw<LedgerEntry[]>`
    SELECT seq, kind, side, evidence, at, previous, hash, consent_row(entry) AS text
    FROM consent_ledger AS entry
    WHERE connection_id = ${connectionId} AND subject = consent_subject(${email}) ORDER BY seq`;
}

/** How many people the two sides show in which state; a side without a contact of them shows `none`. */
export interface ConsentPair {
  readonly hubspot: string;
  readonly klaviyo: string;
  readonly people: number;
  /** Somebody of them, to look at. */
  readonly example: string;
}

export async function consentPairs(
  statements: Statements,
  connectionId: number,
): Promise<readonly ConsentPair[]> {
  return statements.$queryRaw<ConsentPair[]>`
    WITH shown AS (
      SELECT link_id, side,
             CASE WHEN consent IS NULL OR consent = 'null' THEN 'not shown'
                  WHEN jsonb_array_length(coalesce(consent -> 'suppressions', '[]')) > 0 THEN 'suppressed'
                  ELSE replace(consent ->> 'status', '_', ' ') END AS state
      FROM sighting WHERE connection_id = ${connectionId} AND link_id IS NOT NULL
    )
    SELECT coalesce(h.state, 'none') AS hubspot, coalesce(k.state, 'none') AS klaviyo, count(*)::int AS people,
           min(link.email_key) AS example
    FROM link
    LEFT JOIN shown AS h ON h.link_id = link.id AND h.side = 'hubspot'
    LEFT JOIN shown AS k ON k.link_id = link.id AND k.side = 'klaviyo'
    WHERE link.connection_id = ${connectionId}
    GROUP BY 1, 2 ORDER BY people DESC, 1, 2`;
}
