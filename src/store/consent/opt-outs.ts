import { z } from "zod";
import { isBlocked, verdictOf } from "../../model/consent.ts";
import type { Contact } from "../../model/contact.ts";
import type { EmailKey } from "../../model/email.ts";
import { sealing } from "../chains/seals.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";
import { EMAIL_KEY } from "../database/shapes.ts";

const EMAIL_ROW = z.object({ email: EMAIL_KEY });

/**
 * The linked people among these of whom the store knows another consent than they show now, or of whom something is still to
 * be done: what was seen of a refusal may have been stored, and the process killed before it was carried.
 */
export async function changedOptOuts(
  { statements, connectionId }: Store,
  contacts: readonly Pick<Contact, "side" | "id" | "consent">[],
): Promise<readonly EmailKey[]> {
  if (contacts.length === 0) return [];
  const rows = await rowsOf(statements, EMAIL_ROW)`
    SELECT DISTINCT link.email_key AS email
    FROM jsonb_to_recordset(${pageOf(contacts)}::jsonb) AS p("side" text, "id" text, "consent" jsonb)
    JOIN sighting ON sighting.connection_id = ${connectionId} AND sighting.side = p.side AND sighting.external_id = p.id
    JOIN link AS own ON own.id = sighting.link_id
    -- Merged on one side, two profiles are one person's.
    JOIN link ON link.id IN (own.id, own.parted_to)
    WHERE sighting.consent IS DISTINCT FROM p.consent OR own.dirty_since IS NOT NULL OR link.dirty_since IS NOT NULL`;
  return rows.map(({ email }) => email);
}

/** Puts the refusals of these people into the ledger, whether or not anybody knows them; once for each side. */
export async function saveOptOuts(
  store: Store,
  runId: bigint,
  contacts: readonly Pick<Contact, "side" | "id" | "email" | "consent">[],
  now: Date,
): Promise<void> {
  const { statements, connectionId } = store;
  if (contacts.length === 0) return;
  const added = await sealing(
    store,
    "consent",
    ({ statements }) => statements.$executeRaw`
    INSERT INTO consent_ledger (connection_id, subject, channel, kind, side, verdict, evidence, run_id, at)
    SELECT DISTINCT ON (subject, side)
           ${connectionId}, subject, 'email', 'opted_out', side, verdict, consent, ${runId}, ${now}
    FROM (SELECT consent_subject(email) AS subject, side, verdict, consent
          FROM jsonb_to_recordset(${pageOf(contacts)}::jsonb) AS p("side" text, "email" text, "verdict" text, "consent" jsonb)) AS page
    WHERE verdict <> 'none'
      AND (SELECT kind FROM consent_ledger AS known
           WHERE known.connection_id = ${connectionId} AND known.subject = page.subject AND known.side = page.side
             AND known.kind IN ('opted_out', 'opted_in')
           ORDER BY seq DESC LIMIT 1) IS DISTINCT FROM 'opted_out'
    ORDER BY subject, side`,
  );
  if (added === 0) return;
  // Somebody may have it as another address of theirs: the next run follows it to them.
  const emails = contacts.flatMap(({ email, consent }) =>
    consent !== null && isBlocked(consent) ? (email ?? []) : [],
  );
  await statements.$executeRaw`
    UPDATE link SET dirty_since = coalesce(dirty_since, ${now})
    WHERE connection_id = ${connectionId} AND id IN (
      SELECT link_id FROM link_alias WHERE connection_id = ${connectionId} AND email_key = ANY(${emails}::text[])
      UNION SELECT parted_to FROM link
        WHERE connection_id = ${connectionId} AND parted_to IS NOT NULL AND email_key = ANY(${emails}::text[]))`;
}

function pageOf(contacts: readonly Partial<Contact>[]): string {
  return JSON.stringify(
    contacts.map(({ side, id, email, consent }) => {
      const verdict = consent == null ? null : verdictOf(consent).verdict;
      return { side, id, email, consent, verdict };
    }),
  );
}
