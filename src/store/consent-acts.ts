import type { Consent, OptOutFrom } from "../model/consent.ts";
import type { Side } from "../model/side.ts";
import type { Statements } from "./database.ts";
import { Prisma } from "./generated/client.ts";

/** A refusal that Tandem has taken to a side. */
export interface CarriedRefusal {
  readonly side: Side;
  /** The contact's id there. */
  readonly id: string;
  readonly email: string;
  readonly from: OptOutFrom;
  /** Puts back what a subscription of ours had gone over. */
  readonly restores: boolean;
  /** What the other side showed; `null` where the person left a rule that says so. */
  readonly because: Consent | null;
}

/**
 * Writes down what was done to somebody's consent, and shows it on the sighting at once: until the side is read again,
 * nothing asks for it twice.
 */
export async function saveCarried(
  statements: Statements,
  connectionId: number,
  runId: bigint,
  refusals: readonly CarriedRefusal[],
  now: Date,
): Promise<void> {
  if (refusals.length === 0) return;
  const page = Prisma.sql`jsonb_to_recordset(${JSON.stringify(refusals)}::jsonb) AS p(
    "side" text, "id" text, "email" text, "from" jsonb, "because" jsonb, "restores" boolean)`;
  await statements.$executeRaw`
    INSERT INTO consent_ledger (connection_id, subject, channel, kind, side, evidence, run_id, at, list)
    SELECT ${connectionId}, consent_subject(email), 'email', CASE WHEN restores THEN 'restored' ELSE 'carried' END, side,
           jsonb_build_object('from', "from", 'because', because), ${runId}, ${now}, "from" ->> 'list'
    FROM ${page} ORDER BY side, email`;
  await statements.$executeRaw`
    UPDATE sighting SET digest = '', consent = CASE "from" ->> 'kind'
      WHEN 'all' THEN consent || '{"status": "unsubscribed"}'
      WHEN 'type' THEN jsonb_set(consent, '{optedOutTypes}',
                                 coalesce(consent -> 'optedOutTypes', '[]') || jsonb_build_array("from" ->> 'type'))
      ELSE consent END
    FROM ${page}
    WHERE sighting.connection_id = ${connectionId} AND sighting.side = p.side AND external_id = p.id
      AND consent IS NOT NULL`;
}
