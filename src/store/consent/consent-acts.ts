import type { Consent, OptOutFrom } from "../../model/consent.ts";
import { consentState, plainConsent, verdictOf } from "../../model/consent.ts";
import type { Side } from "../../model/side.ts";
import { Prisma } from "../generated/client.ts";
import { sealing } from "../chains/seals.ts";
import type { Store } from "../database/store.ts";

/** A refusal that Tandem has taken to a side. */
export interface CarriedOptOut {
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

const OUT_OF_A_KIND = consentState({ ...plainConsent("never_subscribed"), optedOutTypes: ["any"] });

/**
 * Writes down what was done to somebody's consent, and shows it on the sighting at once: until the side is read again,
 * nothing asks for it twice. What Klaviyo only promises is looked for until it shows (`consent/confirm-opt-outs.ts`). The contact is kept as a hash, as the person is: after a merge another one has their place.
 */
export async function saveCarried(
  store: Store,
  runId: bigint,
  optOuts: readonly CarriedOptOut[],
  now: Date,
): Promise<void> {
  const { statements, connectionId } = store;
  if (optOuts.length === 0) return;
  // What the side will show: until it is read again, that stands.
  const shown = plainConsent("unsubscribed");
  const { verdict, reason } = verdictOf(shown);
  const page = Prisma.sql`jsonb_to_recordset(${JSON.stringify(optOuts)}::jsonb) AS p(
    "side" text, "id" text, "email" text, "from" jsonb, "because" jsonb, "restores" boolean)`;
  await sealing(
    store,
    "consent",
    ({ statements }) => statements.$executeRaw`
    INSERT INTO consent_ledger (connection_id, subject, channel, kind, side, evidence, run_id, at, list)
    SELECT ${connectionId}, consent_subject(email), 'email', CASE WHEN restores THEN 'restored' ELSE 'carried' END, side,
           jsonb_build_object('from', "from", 'because', because, 'contact', consent_subject(side || ' ' || id)), ${runId}, ${now}, "from" ->> 'list'
    FROM ${page} ORDER BY side, email`,
  );
  await statements.$executeRaw`
    UPDATE sighting SET digest = '', consent = CASE "from" ->> 'kind'
      WHEN 'all' THEN consent || jsonb_build_object('status', ${shown.status}::text)
      WHEN 'type' THEN jsonb_set(consent, '{optedOutTypes}',
                                 coalesce(consent -> 'optedOutTypes', '[]') || jsonb_build_array("from" ->> 'type'))
      ELSE consent END,
      verdict = CASE "from" ->> 'kind' WHEN 'all' THEN ${verdict} ELSE verdict END,
      verdict_reason = CASE "from" ->> 'kind' WHEN 'all' THEN ${reason} ELSE verdict_reason END,
      consent_state = CASE WHEN "from" ->> 'kind' = 'all' THEN ${consentState(shown)}
                           WHEN "from" ->> 'kind' = 'type' AND verdict = 'none' THEN ${OUT_OF_A_KIND}
                           ELSE consent_state END,
      -- HubSpot has done what it answers; Klaviyo only promises it.
      opt_out_sent_at = CASE WHEN sighting.side = 'klaviyo' AND "from" ->> 'kind' = 'all' THEN coalesce(opt_out_sent_at, ${now})
                             ELSE opt_out_sent_at END,
      opt_out_missed = false
    FROM ${page}
    WHERE sighting.connection_id = ${connectionId} AND sighting.side = p.side AND external_id = p.id
      AND consent IS NOT NULL`;
}

/** A subscription type that Tandem opted somebody out of, and that HubSpot shows open now. */
export interface ReopenedType {
  readonly email: string;
  readonly type: string;
}

/** So long HubSpot's search may still show what was before an opt-out: no sign that anybody took it back. */
const SHOWS_BEFORE_MS = 10 * 60_000;

/** Writes down that these types are open again, where Tandem's own opt-out must show by now. */
export async function saveReopened(
  store: Store,
  runId: bigint,
  types: readonly ReopenedType[],
  now: Date,
): Promise<void> {
  const { connectionId } = store;
  if (types.length === 0) return;
  const shownBy = new Date(now.getTime() - SHOWS_BEFORE_MS);
  await sealing(
    store,
    "consent",
    ({ statements }) => statements.$executeRaw`
    INSERT INTO consent_ledger (connection_id, subject, channel, kind, side, evidence, run_id, at)
    SELECT ${connectionId}, consent_subject(email), 'email', 'reopened', 'hubspot', jsonb_build_object('type', type),
           ${runId}, ${now}
    FROM jsonb_to_recordset(${JSON.stringify(types)}::jsonb) AS p("email" text, "type" text)
    WHERE NOT EXISTS (
      SELECT FROM consent_ledger AS carried
      WHERE carried.connection_id = ${connectionId} AND carried.subject = consent_subject(email) AND carried.kind = 'carried'
        AND carried.side = 'hubspot' AND carried.evidence -> 'from' ->> 'type' = type AND carried.at > ${shownBy})
    ORDER BY email, type`,
  );
}
