import { z } from "zod";
import type { Consent } from "../../model/consent.ts";
import { verdictOf } from "../../model/consent.ts";
import type { ExternalId } from "../../model/contact.ts";
import type { EmailKey } from "../../model/email.ts";
import type { Side } from "../../model/side.ts";
import { Prisma } from "../generated/client.ts";
import { sealing } from "../chains/seals.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";
import { EMAIL_KEY } from "../database/shapes.ts";

/** An email address that a linked contact had, whose consent nobody has read since. */
export interface UnreadFormer {
  readonly linkId: bigint;
  /** The address that the person is known by now. */
  readonly now: EmailKey;
  readonly id: ExternalId;
  /** The former one. */
  readonly email: EmailKey;
}

const UNREAD_FORMER_ROW: z.ZodType<UnreadFormer> = z.object({
  linkId: z.bigint(),
  now: EMAIL_KEY,
  id: z.string(),
  email: EMAIL_KEY,
});

/**
 * Addresses that contacts of this side left, a page of them.
 *
 * @param except links that were tried already
 */
export async function unreadFormer(
  { statements, connectionId }: Store,
  side: Side,
  except: readonly bigint[],
  atMost: number,
): Promise<readonly UnreadFormer[]> {
  const own = side === "hubspot" ? Prisma.sql`link.hubspot_id` : Prisma.sql`link.klaviyo_id`;
  return rowsOf(statements, UNREAD_FORMER_ROW)`
    SELECT alias.link_id AS "linkId", link.email_key AS now, ${own} AS id, alias.email_key AS email
    FROM link_alias AS alias JOIN link ON link.id = alias.link_id
    WHERE alias.connection_id = ${connectionId} AND alias.side = ${side} AND alias.consent_unread
      AND ${own} IS NOT NULL AND alias.link_id <> ALL (${[...except]}::bigint[])
    ORDER BY alias.link_id LIMIT ${atMost}`;
}

/** Marks the consent of these addresses as read. */
export async function saveFormerRead(
  { statements, connectionId }: Store,
  side: Side,
  rows: readonly UnreadFormer[],
): Promise<void> {
  const page = JSON.stringify(rows.map(({ linkId, email }) => ({ linkId: String(linkId), email })));
  await statements.$executeRaw`
    UPDATE link_alias SET consent_unread = false
    FROM jsonb_to_recordset(${page}::jsonb) AS p("linkId" bigint, "email" text)
    WHERE connection_id = ${connectionId} AND side = ${side} AND link_id = p."linkId" AND email_key = p.email`;
}

/** An opt-out that a person made under an address which they left before anybody saw it. */
export interface LeftOptOut extends UnreadFormer {
  readonly consent: Consent;
}

/**
 * Puts these opt-outs into the ledger under the addresses that the people have now. Their former addresses may be somebody
 * else's by now, so nothing is said of those.
 */
export async function saveLeftOptOuts(
  store: Store,
  runId: bigint,
  side: Side,
  rows: readonly LeftOptOut[],
  now: Date,
): Promise<void> {
  const { statements, connectionId } = store;
  if (rows.length === 0) return;
  const page = JSON.stringify(
    rows.map(({ linkId, now: email, consent }) => {
      const { verdict } = verdictOf(consent);
      return { linkId: String(linkId), email, consent, verdict };
    }),
  );
  await sealing(
    store,
    "consent",
    ({ statements }) => statements.$executeRaw`
    INSERT INTO consent_ledger (connection_id, subject, channel, kind, side, verdict, evidence, run_id, at)
    SELECT DISTINCT ON (subject) ${connectionId}, subject, 'email', 'opted_out', ${side}, verdict,
           jsonb_build_object('address', 'another of this person', 'was', consent), ${runId}, ${now}
    FROM (SELECT consent_subject(email) AS subject, verdict, consent
          FROM jsonb_to_recordset(${page}::jsonb) AS p("email" text, "verdict" text, "consent" jsonb)) AS page
    WHERE (SELECT kind FROM consent_ledger AS known
           WHERE known.connection_id = ${connectionId} AND known.subject = page.subject AND known.side = ${side}
             AND known.kind IN ('opted_out', 'opted_in')
           ORDER BY seq DESC LIMIT 1) IS DISTINCT FROM 'opted_out'
    ORDER BY subject`,
  );
  await statements.$executeRaw`
    UPDATE link SET dirty_since = coalesce(dirty_since, ${now})
    FROM jsonb_to_recordset(${page}::jsonb) AS p("linkId" bigint) WHERE link.id = p."linkId"`;
}
