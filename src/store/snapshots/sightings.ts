import type { IndexReading, RecordReading, Sighting } from "../../model/contact.ts";
import type { ConsentState, Verdict } from "../../model/consent.ts";
import type { PerSide, Side } from "../../model/side.ts";
import type { Timing } from "./edit-times.ts";
import { UNTIMED, editedSince } from "./edit-times.ts";
import { Prisma } from "../generated/client.ts";
import type { Store } from "../database/store.ts";

/** A sighting on its way into the store, with what only the store needs. */
export interface SightingRow extends Omit<Sighting, "rules" | "edited" | "shape"> {
  readonly shownEmail: string | null;
  readonly otherEmails: readonly string[];
  /** Verdict about the consent, as `verdictOf` and `consentState` say; `null` where none is shown. */
  readonly verdict: Verdict | null;
  readonly verdictReason: string | null;
  readonly consentState: ConsentState;
  /** ISO, the side's own times. */
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Two rows with one digest say the same. */
  readonly digest: string;
  /** Store it even if nobody knows it yet: it was found in a collection of a rule. */
  readonly wanted: boolean;
}

/** How a page of contacts was read. */
export interface Reading {
  /** What `mapping/snapshot-shape.ts` says of it. */
  readonly shape: string;
  /** `records`: what it shows is what is there, whatever its time says. */
  readonly from: (RecordReading | IndexReading)["from"];
}

/**
 * Stores what a side showed. A contact that nobody is interested in (in no collection, unknown, its address not linked)
 * is not kept. One that says what was known already changes nothing, one older than what is known neither: an index
 * that lags behind cannot undo what was read directly. One that was read with another mapping, or not since Tandem made
 * it, is replaced by a reading that says the same and is newer or direct. A change makes its link dirty.
 */
export async function saveSightings(
  { statements, connectionId }: Store,
  rows: readonly SightingRow[],
  now: Date,
  { shape, from }: Reading,
  timing: Timing = UNTIMED,
): Promise<void> {
  if (rows.length === 0) return;
  const direct = from === "records";
  const fromBeforeWrite = (known: string, page: string): Prisma.Sql =>
    direct
      ? Prisma.sql`false`
      : Prisma.sql`(${Prisma.raw(page)}.digest IS NOT DISTINCT FROM ${Prisma.raw(known)}.before_write
                    AND ${Prisma.raw(known)}.before_write_until > ${now}::timestamptz)`;
  const latest = [...new Map(rows.map((row) => [`${row.side} ${row.id}`, row])).values()];
  const page = JSON.stringify(latest);
  await statements.$executeRaw`
    WITH page AS (
      SELECT * FROM jsonb_to_recordset(${page}::jsonb) AS p(
        "side" text, "id" text, "email" text, "shownEmail" text, "fields" jsonb, "unreadable" jsonb, "consent" jsonb,
        "verdict" text, "verdictReason" text, "consentState" text, "digest" text, "createdAt" timestamptz, "updatedAt" timestamptz, "wanted" boolean, "otherEmails" text[])
    ), changed AS (
      SELECT known.link_id FROM page
      JOIN sighting AS known
        ON known.connection_id = ${connectionId} AND known.side = page.side AND known.external_id = page.id
      WHERE known.link_id IS NOT NULL AND known.digest <> page.digest
        AND (page."updatedAt" >= known.updated_at AND NOT ${fromBeforeWrite("known", "page")} OR (${direct} AND known.shape <> ${shape}))
      UNION
      -- Whose address a contact shows that did not show it before: there may be two of them now.
      SELECT other.link_id FROM page
      JOIN sighting AS other ON other.connection_id = ${connectionId} AND other.side IN ('hubspot', 'klaviyo')
                            AND other.email_key = page.email AND other.link_id IS NOT NULL
      WHERE NOT EXISTS (SELECT FROM sighting AS known
                        WHERE known.connection_id = ${connectionId} AND known.side = page.side
                          AND known.external_id = page.id AND known.email_key = page.email)
    ), saved AS (
      INSERT INTO sighting AS known (connection_id, side, external_id, email_key, shown_email, fields, unreadable,
                                     consent, verdict, verdict_reason, consent_state, digest, created_at, updated_at, seen_at, edited, other_emails, shape, read_at)
      SELECT ${connectionId}, side, id, email, "shownEmail", fields, unreadable,
             NULLIF(consent, 'null'::jsonb), verdict, "verdictReason", "consentState", digest, "createdAt", "updatedAt", ${now},
             ${editedSince(timing, null, Prisma.sql`page`)}, "otherEmails", ${shape}, ${now}
      FROM (SELECT *, "updatedAt" AS updated_at FROM page) AS page
      WHERE wanted
         OR EXISTS (SELECT FROM sighting AS s
                    WHERE s.connection_id = ${connectionId} AND s.side = page.side AND s.external_id = page.id)
         OR EXISTS (SELECT FROM link WHERE link.connection_id = ${connectionId} AND (link.email_key = page.email OR link.email_key = ANY(page."otherEmails")))
      ORDER BY side, id
      ON CONFLICT (connection_id, side, external_id) DO UPDATE
        SET email_key = excluded.email_key, shown_email = excluded.shown_email, fields = excluded.fields,
            unreadable = excluded.unreadable, consent = excluded.consent, verdict = excluded.verdict,
            verdict_reason = excluded.verdict_reason, consent_state = excluded.consent_state, digest = excluded.digest,
            created_at = excluded.created_at, updated_at = excluded.updated_at, seen_at = excluded.seen_at, other_emails = excluded.other_emails,
            shape = excluded.shape, read_at = excluded.read_at,
            opt_out_sent_at = CASE WHEN excluded.verdict = 'none' THEN known.opt_out_sent_at END,
            opt_out_missed = known.opt_out_missed OR known.opt_out_sent_at IS NOT NULL AND excluded.email_key IS DISTINCT FROM known.email_key,
            edited = ${editedSince(timing, "known", Prisma.sql`excluded`)}
        WHERE excluded.updated_at > known.updated_at
           OR (excluded.updated_at = known.updated_at AND (excluded.digest <> known.digest
               OR excluded.shape <> known.shape OR known.read_at IS NULL) AND NOT ${fromBeforeWrite("known", "excluded")})
           OR (${direct} AND (excluded.shape <> known.shape OR known.read_at IS NULL))
    )
    UPDATE link SET dirty_since = coalesce(dirty_since, ${now})
    WHERE id IN (SELECT link_id FROM changed
                 -- What the other profile of one person shows is theirs too.
                 UNION SELECT parted_to FROM link WHERE id IN (SELECT link_id FROM changed))`;
}

/** What a side holds after it was written: newer than any page that still shows the old values. */
export interface WrittenSighting {
  readonly side: Side;
  readonly id: string;
  readonly fields: Sighting["fields"];
  /** Its address, where that was written; absent: it is as it was. */
  readonly address?: string | null;
  /** `null` where the side did not tell: then the known time stays. */
  readonly updatedAt: string | null;
}

/** An index may lag by as long. Whatever it still shows after that is what is there. */
const LAGS_MS = 2 * 60 * 60_000;

/**
 * Brings the sightings of written contacts up to what is stored now, without calling that a change. Where the side did not
 * tell what it stored, an index that lags may show once more what was there before: that is no edit.
 */
export async function saveWritten(
  { statements, connectionId }: Store,
  rows: readonly WrittenSighting[],
  now: Date,
): Promise<void> {
  if (rows.length === 0) return;
  const page = JSON.stringify(rows.map((row) => ({ ...row, written: row.address !== undefined })));
  await statements.$executeRaw`
    UPDATE sighting SET fields = sighting.fields || p.fields,
                        email_key = CASE WHEN p.written THEN p.address ELSE sighting.email_key END,
                        shown_email = CASE WHEN p.written THEN p.address ELSE sighting.shown_email END,
                        updated_at = greatest(sighting.updated_at, p."updatedAt"),
                        before_write = CASE WHEN p."updatedAt" IS NOT NULL THEN NULL
                                            ELSE coalesce(nullif(digest, ''), before_write) END,
                        before_write_until = CASE WHEN p."updatedAt" IS NULL THEN ${new Date(now.getTime() + LAGS_MS)}::timestamptz END,
                        digest = ''
    FROM jsonb_to_recordset(${page}::jsonb) AS p("side" text, "id" text, "fields" jsonb, "updatedAt" timestamptz, "address" text, "written" boolean)
    WHERE sighting.connection_id = ${connectionId} AND sighting.side = p.side AND sighting.external_id = p.id`;
}

/** A contact that Tandem has just made, and the link it was made for. */
export interface MadeContact extends WrittenSighting {
  readonly linkId: bigint;
  readonly email: string;
}

/**
 * Links the contacts that were just made, as they were answered to be stored. What they show beside that nobody has read
 * yet: the next run does.
 */
export async function saveMade(
  { statements, connectionId }: Store,
  rows: readonly MadeContact[],
  shapes: PerSide<string>,
  now: Date,
): Promise<void> {
  if (rows.length === 0) return;
  const page = JSON.stringify(rows.map((row) => ({ ...row, linkId: String(row.linkId) })));
  await statements.$executeRaw`
    WITH page AS (
      SELECT * FROM jsonb_to_recordset(${page}::jsonb) AS p(
        "side" text, "id" text, "email" text, "fields" jsonb, "updatedAt" timestamptz, "linkId" bigint)
    ), joined AS (
      UPDATE link SET hubspot_id = CASE WHEN page.side = 'hubspot' THEN page.id ELSE hubspot_id END,
                      klaviyo_id = CASE WHEN page.side = 'klaviyo' THEN page.id ELSE klaviyo_id END
      FROM page
      WHERE link.id = page."linkId"
        AND NOT EXISTS (SELECT FROM sighting AS s
                        WHERE s.connection_id = ${connectionId} AND s.side = page.side AND s.external_id = page.id
                          AND s.link_id IS NOT NULL)
      RETURNING link.id
    )
    INSERT INTO sighting (connection_id, side, external_id, email_key, shown_email, fields, unreadable, digest,
                          created_at, updated_at, seen_at, shape, link_id)
    SELECT ${connectionId}, side, page.id, email, email, fields, '{}', '', coalesce("updatedAt", ${now}),
           coalesce("updatedAt", 'epoch'), ${now},
           CASE side WHEN 'hubspot' THEN ${shapes.hubspot} ELSE ${shapes.klaviyo} END, joined.id
    FROM page JOIN joined ON joined.id = page."linkId"
    ON CONFLICT (connection_id, side, external_id) DO UPDATE SET link_id = excluded.link_id`;
}
