import { z } from "zod";
import type { ConsentKind } from "../../model/consent.ts";
import type { Side } from "../../model/side.ts";
import type { Statements } from "../database/database.ts";
import { refusedByLedger } from "./tombstones.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";
import { CONSENT, CONSENT_KIND, SIDE } from "../database/shapes.ts";

/** Something that Tandem did to somebody's consent, or found that it must not do. */
export interface ConsentAct {
  readonly seq: bigint;
  readonly at: Date;
  readonly kind: ConsentKind;
  readonly side: Side;
  readonly list: string | null;
  readonly evidence: unknown;
  readonly runId: bigint;
  /** Where the person is still linked; the ledger itself holds no address. */
  readonly email: string | null;
}

const CONSENT_ACT_ROW: z.ZodType<ConsentAct> = z.object({
  seq: z.bigint(),
  at: z.date(),
  kind: CONSENT_KIND,
  side: SIDE,
  list: z.string().nullable(),
  evidence: z.unknown(),
  runId: z.bigint(),
  email: z.string().nullable(),
});

/** A page of everything that Tandem ever did to anybody's consent, oldest first. */
export async function consentActs(
  statements: Statements,
  after: bigint,
  limit: number,
): Promise<readonly ConsentAct[]> {
  return rowsOf(statements, CONSENT_ACT_ROW)`
    WITH page AS (
      SELECT * FROM consent_ledger
      WHERE seq > ${after} AND kind IN ('carried', 'asked', 'restored', 'confirmed', 'blocked')
      ORDER BY seq LIMIT ${limit}
    ), person AS MATERIALIZED (
      SELECT DISTINCT ON (1) consent_subject(email_key) AS subject, email_key FROM link WHERE EXISTS (SELECT FROM page)
    )
    SELECT page.seq, page.at, page.kind, page.side, page.list, page.evidence, page.run_id AS "runId",
           person.email_key AS email
    FROM page LEFT JOIN person ON person.subject = page.subject ORDER BY page.seq`;
}

const PERSON_CONSENT_ROW = z.object({
  linkId: z.bigint(),
  email: z.string(),
  hubspot: CONSENT.nullable(),
  klaviyo: CONSENT.nullable(),
  refusedBefore: z.boolean(),
});

/** One linked person's consent, as both sides and the ledger have it. */
export type PersonConsent = z.infer<typeof PERSON_CONSENT_ROW>;

/** A page of the linked people of whom the two sides and the ledger may not say the same, by link. */
export async function unequalConsents(
  { statements, connectionId }: Store,
  after: bigint,
  limit: number,
): Promise<readonly PersonConsent[]> {
  return rowsOf(statements, PERSON_CONSENT_ROW)`
    WITH page AS (
      SELECT link.id, link.email_key, h.consent AS hubspot, k.consent AS klaviyo,
             h.verdict AS hubspot_verdict, k.verdict AS klaviyo_verdict, h.consent_state
      FROM link
      JOIN sighting AS h ON h.link_id = link.id AND h.side = 'hubspot'
      JOIN sighting AS k ON k.link_id = link.id AND k.side = 'klaviyo'
      WHERE link.connection_id = ${connectionId} AND link.id > ${after}
    ), told AS (
      SELECT page.id AS "linkId", page.email_key AS email, hubspot, klaviyo, ${refusedByLedger(connectionId)} AS "refusedBefore",
             hubspot_verdict, klaviyo_verdict, consent_state
      FROM page
    )
    SELECT * FROM told
    WHERE "refusedBefore" OR hubspot_verdict <> 'none' OR klaviyo_verdict <> 'none'
       OR consent_state = 'opted out of a kind'
    ORDER BY "linkId" LIMIT ${limit}`;
}
