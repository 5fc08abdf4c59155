import { z } from "zod";
import { rowsOf } from "../database/rows.ts";
import { joinByHashing } from "../database/statistics.ts";
import { consentState, plainConsent } from "../../model/consent.ts";
import type { ConsentKind } from "../../model/consent.ts";
import { readCursor, saveCursor } from "../snapshots/cursors.ts";
import { Prisma } from "../generated/client.ts";
import { sealing } from "../chains/seals.ts";
import type { Store } from "../database/store.ts";

/** How many entries a run added. */
export interface Recorded {
  readonly optedOut: number;
  readonly optedIn: number;
}

/**
 * Adds to the ledger what the snapshots of these people show and it does not say yet: an opt-out, or that a person came
 * back by their own act. Seen twice it is recorded once. The same statement is right after a kill, after a restored
 * backup, and for somebody who has another address now.
 */
export async function recordConsent(
  store: Store,
  runId: bigint,
  now: Date,
  links: readonly bigint[] | "everybody",
): Promise<Recorded> {
  const among = links === "everybody" ? Prisma.empty : Prisma.sql`AND link_id = ANY(${[...links]}::bigint[])`;
  return sealing(store, "consent", async (store) => {
    const added = await recordShown(store, runId, now, among);
    await followAddresses(store, runId, now, among);
    return added;
  });
}

const OPTED_IN = consentState(plainConsent("subscribed"));

/** Up to when everybody's snapshots were recorded, in the ledger's own transactions. */
const RECORDED = "recorded consent";
/** Clocks of two processes differ, and a snapshot is dated before it is committed. */
const OVERLAP_MS = 10 * 60_000;

/** Email addresses recorded in one transaction, and links whose addresses are followed in one: some seconds at most. */
const ADDRESSES_PER_PAGE = 5_000;
const LINKS_PER_PAGE = 50_000n;

/**
 * The same of everybody whose snapshot or addresses changed since it was last done, which costs what changed and not what
 * there is. The first time, and where a clock was put back, it goes over everybody. Each page is a transaction; what a kill
 * leaves is recorded by the next run, because the time is only noted at the end.
 *
 * @param recorded told after each page how many addresses were seen to so far
 */
export async function recordChangedConsent(
  store: Store,
  runId: bigint,
  now: Date,
  recorded: (addresses: number) => Promise<void> = async () => {},
): Promise<Recorded> {
  const before = Number((await readCursor(store, RECORDED)) ?? Number.NaN);
  const since = before <= now.getTime() ? new Date(before) : null;
  const added = { optedOut: 0, optedIn: 0 };
  let [pages, done] = [0, 0];
  for (let after = ""; ; pages += 1) {
    const emails = await emailsShownSince(store, since, after);
    const last = emails.at(-1);
    if (last === undefined) break;
    const page = await sealing(store, "consent", async (store) => {
      await joinByHashing(store);
      return recordShown(store, runId, now, among(since, emails));
    });
    added.optedOut += page.optedOut;
    added.optedIn += page.optedIn;
    after = last;
    done += emails.length;
    await recorded(done);
  }
  const many = pages > 1;
  for (const links of many ? await linkPages(store) : [null])
    await sealing(store, "consent", async (store) => {
      if (many) await joinByHashing(store);
      await followAddresses(store, runId, now, peopleChanged(store.connectionId, since, links));
      await recorded(done);
    });
  await saveCursor(store, RECORDED, String(now.getTime() - OVERLAP_MS), now);
  return added;
}

const EMAIL_ROW = z.object({ email: z.string() });

/** The next addresses, in their order, that a snapshot since then shows an opinion on email of. */
async function emailsShownSince(
  { statements, connectionId }: Store,
  since: Date | null,
  after: string,
): Promise<readonly string[]> {
  const rows = await rowsOf(statements, EMAIL_ROW)`/* long */
    SELECT DISTINCT email_key AS email FROM sighting
    WHERE connection_id = ${connectionId} AND email_key > ${after} ${shownSince(since)}
      AND (verdict <> 'none' OR consent_state = ${OPTED_IN})
    ORDER BY email_key LIMIT ${ADDRESSES_PER_PAGE}`;
  return rows.map(({ email }) => email);
}

function shownSince(since: Date | null): Prisma.Sql {
  return since === null ? Prisma.empty : Prisma.sql`AND seen_at >= ${since}`;
}

function among(since: Date | null, emails: readonly string[]): Prisma.Sql {
  return Prisma.sql`AND email_key = ANY(${[...emails]}::text[]) ${shownSince(since)}`;
}

type LinkPage = readonly [above: bigint, upTo: bigint];

const IDS_ROW = z.object({ first: z.bigint().nullable(), last: z.bigint().nullable() });

async function linkPages({ statements, connectionId }: Store): Promise<readonly LinkPage[]> {
  const [ids] = await rowsOf(statements, IDS_ROW)`
    SELECT min(id) AS first, max(id) AS last FROM link WHERE connection_id = ${connectionId}`;
  const pages: LinkPage[] = [];
  if (ids === undefined || ids.first === null || ids.last === null) return pages;
  for (let above = ids.first - 1n; above < ids.last; above += LINKS_PER_PAGE)
    pages.push([above, above + LINKS_PER_PAGE]);
  return pages;
}

/** People by their link, of these links or of all: whatever changes an address, or opts one out, makes the link dirty. */
function peopleChanged(connectionId: number, since: Date | null, links: LinkPage | null): Prisma.Sql {
  const page =
    links === null ? Prisma.empty : Prisma.sql`AND link_id > ${links[0]} AND link_id <= ${links[1]}`;
  if (since === null) return page;
  const addresses = Prisma.sql`
    SELECT email_key FROM sighting
    WHERE connection_id = ${connectionId} AND seen_at >= ${since} AND email_key IS NOT NULL`;
  return Prisma.sql`${page} AND link_id IN (
    SELECT link_id FROM sighting WHERE connection_id = ${connectionId} AND seen_at >= ${since} AND link_id IS NOT NULL
    UNION SELECT link_id FROM link_alias
      WHERE connection_id = ${connectionId} AND (greatest(since, coalesce(until, since)) >= ${since} OR email_key IN (${addresses}))
    UNION SELECT id FROM link WHERE connection_id = ${connectionId} AND (dirty_since IS NOT NULL OR created_at >= ${since})
    UNION SELECT parted_to FROM link
      WHERE connection_id = ${connectionId} AND parted_to IS NOT NULL
        AND (dirty_since IS NOT NULL OR email_key IN (${addresses})))`;
}

/** What the snapshots of these addresses show. */
async function recordShown(store: Store, runId: bigint, now: Date, among: Prisma.Sql): Promise<Recorded> {
  const out = Prisma.sql`verdict <> 'none' ${among}`;
  const optedOut = await record(store, runId, now, "opted_out", out);
  // Subscribed by Tandem over a refusal is no act of theirs.
  const cameBack = Prisma.sql`consent_state = ${OPTED_IN}
    AND NOT EXISTS (
      SELECT FROM consent_ledger AS asked
      WHERE asked.connection_id = ${store.connectionId} AND asked.subject = consent_subject(email_key) AND asked.kind = 'asked'
        AND NOT EXISTS (SELECT FROM consent_ledger AS settled
                        WHERE settled.connection_id = ${store.connectionId} AND settled.subject = asked.subject
                          AND settled.seq > asked.seq
                          AND (settled.kind = 'confirmed'
                            -- Klaviyo takes minutes to put back what was restored, and shows the old until then.
                            OR settled.kind = 'restored' AND seen_at > settled.at + interval '10 minutes')))
    ${among}`;
  const optedIn = await record(store, runId, now, "opted_in", cameBack);
  await recordFirst(store, runId, now, among);
  return { optedOut, optedIn };
}

/**
 * Adds everybody who is seen subscribed for the first time, with what their side shows. Somebody who opted out before is
 * left out, and so is somebody whom Tandem itself asked to be subscribed: nobody saw them opt in.
 */
async function recordFirst(
  { statements, connectionId }: Store,
  runId: bigint,
  now: Date,
  among: Prisma.Sql,
): Promise<void> {
  await statements.$executeRaw`/* long */
    INSERT INTO consent_ledger (connection_id, subject, channel, kind, side, verdict, evidence, run_id, at)
    SELECT ${connectionId}, subject, 'email', 'first_opted_in', side, 'none', consent, ${runId}, ${now}
    FROM (SELECT DISTINCT ON (email_key, side) consent_subject(email_key) AS subject, side, consent FROM sighting
          WHERE connection_id = ${connectionId} AND email_key IS NOT NULL
            AND consent_state = ${OPTED_IN} ${among}
          ORDER BY email_key, side, updated_at DESC) AS shown
    WHERE NOT EXISTS (
      SELECT FROM consent_ledger AS known
      WHERE known.connection_id = ${connectionId} AND known.subject = shown.subject
        AND (known.kind = 'asked' OR known.side = shown.side AND known.kind IN ('opted_out', 'opted_in', 'first_opted_in')))
    ORDER BY side, subject`;
}

/**
 * An opt-out is a person's, not an address's: it holds under each address that they have or had (P9). An address is the person's that a link, one of its contacts or an additional one says it is, or ever said. What the
 * ledger got after somebody else had an address is that one's own, and no new refusal goes there.
 */
async function followAddresses(
  { statements, connectionId }: Store,
  runId: bigint,
  now: Date,
  among: Prisma.Sql,
): Promise<void> {
  await statements.$executeRaw`/* long */
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
      SELECT DISTINCT ON (named.link_id, known.side) named.link_id, known.side, known.kind, known.verdict, known.evidence, known.subject
      FROM named JOIN consent_ledger AS known
        ON known.connection_id = ${connectionId} AND known.subject = named.subject
       AND known.kind IN ('opted_out', 'opted_in') AND (named.passed_at IS NULL OR known.at <= named.passed_at)
      ORDER BY named.link_id, known.side, known.seq DESC
    ), added AS (
    INSERT INTO consent_ledger (connection_id, subject, channel, kind, side, verdict, evidence, run_id, at)
    SELECT DISTINCT ON (named.subject, refused.side)
           ${connectionId}, named.subject, 'email', 'opted_out', refused.side, refused.verdict,
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
  { statements, connectionId }: Store,
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
    INSERT INTO consent_ledger (connection_id, subject, channel, kind, side, verdict, evidence, run_id, at)
    SELECT ${connectionId}, subject, 'email', ${kind}, side, verdict, consent, ${runId}, ${now}
    FROM (SELECT DISTINCT ON (consent_subject(email_key), side) consent_subject(email_key) AS subject, side, verdict, consent, seen_at
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
