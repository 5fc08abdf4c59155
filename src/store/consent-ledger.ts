import type { Side } from "../model/side.ts";
import type { Statements } from "./database.ts";
import { Prisma } from "./generated/client.ts";

/**
 * What the ledger says: seen (`opted_out`, `opted_in`; `reopened`, a type that Tandem had opted them out of), done by Tandem (`carried` to the other side, `asked` to be
 * subscribed, `restored` after a refusal was met on the way), found afterwards (`confirmed`, `blocked`), `erased` from
 * Tandem, `allowed` to be synced again after that.
 */
export type ConsentKind =
  | "opted_out"
  | "opted_in"
  | "reopened"
  | "carried"
  | "asked"
  | "restored"
  | "confirmed"
  | "blocked"
  | "erased"
  | "allowed";

/** How many entries a run added. */
export interface Recorded {
  readonly optedOut: number;
  readonly optedIn: number;
}

/** As the index on sightings has it. */
const OPTED_OUT = Prisma.sql`(consent ->> 'status' = 'unsubscribed'
  OR jsonb_array_length(coalesce(consent -> 'suppressions', '[]')) > 0)`;

/**
 * Adds to the ledger what the sightings show and it does not say yet: an opt-out, or that a person came back by an act of
 * their own. Seen twice it is recorded once. The same statement is right after a kill, after a restored backup, and for
 * somebody who has another address now.
 *
 * @param links only of these people; absent: of everybody
 */
export async function recordConsent(
  statements: Statements,
  connectionId: number,
  runId: bigint,
  now: Date,
  links?: readonly bigint[],
): Promise<Recorded> {
  const among = links === undefined ? Prisma.empty : Prisma.sql`AND link_id = ANY(${[...links]}::bigint[])`;
  const out = Prisma.sql`${OPTED_OUT} ${among}`;
  const optedOut = await record(statements, connectionId, runId, now, "opted_out", out);
  // Subscribed by Tandem over a refusal is no act of theirs.
  const cameBack = Prisma.sql`consent ->> 'status' = 'subscribed' AND NOT ${OPTED_OUT}
    AND NOT EXISTS (
      SELECT FROM consent_ledger AS asked
      WHERE asked.connection_id = ${connectionId} AND asked.subject = consent_subject(email_key) AND asked.kind = 'asked'
        AND NOT EXISTS (SELECT FROM consent_ledger AS settled
                        WHERE settled.connection_id = ${connectionId} AND settled.subject = asked.subject
                          AND settled.seq > asked.seq
                          AND (settled.kind = 'confirmed'
                            -- Klaviyo takes minutes to put back what was restored, and shows the old until then.
                            OR settled.kind = 'restored' AND seen_at > settled.at + interval '10 minutes')))
    ${among}`;
  const optedIn = await record(statements, connectionId, runId, now, "opted_in", cameBack);
  await followAddresses(statements, connectionId, runId, now, among);
  return { optedOut, optedIn };
}

/**
 * An opt-out belongs to a person, not to an email address: a person with a new or second one keeps it under each (contract
 * P9). An address is the person's that a link, one of its contacts or an additional one says it is, or ever said. What the
 * ledger got after somebody else had an address is that one's own, and no new refusal goes there.
 */
async function followAddresses(
  statements: Statements,
  connectionId: number,
  runId: bigint,
  now: Date,
  among: Prisma.Sql,
): Promise<void> {
  await statements.$executeRaw`
    WITH address AS (
      SELECT link_id, email_key AS email, NULL::timestamptz AS passed_at FROM sighting
      WHERE connection_id = ${connectionId} AND link_id IS NOT NULL AND email_key IS NOT NULL ${among}
      UNION SELECT link_id, unnest(other_emails), NULL FROM sighting
      WHERE connection_id = ${connectionId} AND link_id IS NOT NULL AND other_emails <> '{}' ${among}
      UNION SELECT * FROM (SELECT id AS link_id, email_key, NULL::timestamptz FROM link
                           WHERE connection_id = ${connectionId} AND NOT passed) AS own
      WHERE true ${among}
      UNION SELECT * FROM (SELECT link_id, email_key,
                                  CASE WHEN is_passed_on(connection_id, email_key, link_id) THEN coalesce(until, since) END
                           FROM link_alias WHERE connection_id = ${connectionId}) AS alias
      WHERE true ${among}
      -- Merged on one side, and two still on the other.
      UNION SELECT * FROM (SELECT parted_to AS link_id, email_key, NULL::timestamptz FROM link
                           WHERE connection_id = ${connectionId} AND parted_to IS NOT NULL) AS parted
      WHERE true ${among}
    ), person AS (
      SELECT link_id FROM address GROUP BY link_id HAVING count(DISTINCT email) > 1
    ), named AS (
      SELECT address.link_id, consent_subject(address.email) AS subject, max(passed_at) AS passed_at
      FROM address JOIN person USING (link_id) GROUP BY address.link_id, address.email
    ), refused AS (
      SELECT DISTINCT ON (named.link_id, known.side) named.link_id, known.side, known.kind, known.evidence, known.subject
      FROM named JOIN consent_ledger AS known
        ON known.connection_id = ${connectionId} AND known.subject = named.subject
       AND known.kind IN ('opted_out', 'opted_in') AND (named.passed_at IS NULL OR known.at <= named.passed_at)
      ORDER BY named.link_id, known.side, known.seq DESC
    ), added AS (
    INSERT INTO consent_ledger (connection_id, subject, channel, kind, side, evidence, run_id, at)
    SELECT DISTINCT ON (named.subject, refused.side)
           ${connectionId}, named.subject, 'email', 'opted_out', refused.side,
           jsonb_build_object('address', 'another of this person', 'was', coalesce(refused.evidence -> 'was', refused.evidence)), ${runId}, ${now}
    FROM refused JOIN named USING (link_id)
    WHERE refused.kind = 'opted_out' AND named.passed_at IS NULL
      AND (SELECT kind FROM consent_ledger AS known
           WHERE known.connection_id = ${connectionId} AND known.subject = named.subject AND known.side = refused.side
             AND known.kind IN ('opted_out', 'opted_in')
           ORDER BY seq DESC LIMIT 1) IS DISTINCT FROM 'opted_out'
    ORDER BY named.subject, refused.side
    RETURNING subject)
    UPDATE link SET dirty_since = coalesce(dirty_since, ${now}::timestamptz)
    WHERE id IN (SELECT link_id FROM named JOIN added USING (subject))`;
}

async function record(
  statements: Statements,
  connectionId: number,
  runId: bigint,
  now: Date,
  kind: ConsentKind,
  shows: Prisma.Sql,
): Promise<number> {
  // What was seen before a refusal is no act that takes it back: its contact was only not read again since.
  const isNew =
    kind === "opted_out"
      ? Prisma.sql`kind IS DISTINCT FROM 'opted_out'`
      : Prisma.sql`kind = 'opted_out' AND at < shown.seen_at`;
  return statements.$executeRaw`/* long */
    INSERT INTO consent_ledger (connection_id, subject, channel, kind, side, evidence, run_id, at)
    SELECT ${connectionId}, subject, 'email', ${kind}, side, consent, ${runId}, ${now}
    FROM (SELECT DISTINCT ON (consent_subject(email_key), side) consent_subject(email_key) AS subject, side, consent, seen_at
          FROM sighting
          WHERE connection_id = ${connectionId} AND email_key IS NOT NULL AND ${shows}
          ORDER BY consent_subject(email_key), side, updated_at DESC) AS shown
    LEFT JOIN LATERAL (
      SELECT kind, at FROM consent_ledger AS known
      WHERE known.connection_id = ${connectionId} AND known.subject = shown.subject AND known.side = shown.side
        AND known.kind IN ('opted_out', 'opted_in')
      ORDER BY seq DESC LIMIT 1) AS latest ON true
    WHERE ${isNew}
    ORDER BY side, subject`;
}

/** One entry, with the text that its hash is of. */
export interface LedgerEntry {
  readonly seq: bigint;
  readonly kind: ConsentKind;
  /** `both` of an erased address, which is no side's. */
  readonly side: Side | "both";
  /** The list that it is about, where it is about one. */
  readonly list: string | null;
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
    SELECT seq, kind, side, list, evidence, at, previous, hash, consent_row(entry) AS text
    FROM consent_ledger AS entry WHERE seq > ${after} ORDER BY seq LIMIT ${limit}`;
}

/** What the ledger holds of one person, the oldest first. */
export async function ledgerOf(
  statements: Statements,
  connectionId: number,
  email: string,
): Promise<readonly LedgerEntry[]> {
  return statements.$queryRaw<LedgerEntry[]>`
    SELECT seq, kind, side, list, evidence, at, previous, hash, consent_row(entry) AS text
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

/** Reads the index alone that holds each link's two states: this is asked for with every look at the page. */
export async function consentPairs(
  statements: Statements,
  connectionId: number,
): Promise<readonly ConsentPair[]> {
  return statements.$queryRaw<ConsentPair[]>`
    WITH person AS (
      SELECT link_id, coalesce(max(consent_state) FILTER (WHERE side = 'hubspot'), 'none') AS hubspot,
             coalesce(max(consent_state) FILTER (WHERE side = 'klaviyo'), 'none') AS klaviyo
      FROM sighting WHERE connection_id = ${connectionId} AND link_id IS NOT NULL GROUP BY link_id
    ), pair AS (
      SELECT hubspot, klaviyo, count(*)::int AS people, min(link_id) AS first FROM person GROUP BY 1, 2
    ), unseen AS (
      SELECT (SELECT count(*) FROM link WHERE connection_id = ${connectionId})
             - (SELECT coalesce(sum(people), 0) FROM pair) AS people
    )
    SELECT hubspot, klaviyo, people, (SELECT email_key FROM link WHERE id = first) AS example FROM pair
    UNION ALL
    SELECT 'none', 'none', people::int,
           (SELECT email_key FROM link WHERE connection_id = ${connectionId}
              AND NOT EXISTS (SELECT FROM sighting WHERE link_id = link.id) ORDER BY id LIMIT 1)
    FROM unseen WHERE people > 0
    ORDER BY people DESC, hubspot, klaviyo`;
}
