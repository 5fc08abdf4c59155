import { z } from "zod";
import type { ResolvedConsent } from "../../model/scope.ts";
import type { Side } from "../../model/side.ts";
import { otherSide } from "../../model/side.ts";
import { Prisma } from "../generated/client.ts";
import type { MergedContact } from "../links/merged.ts";
import { sealing } from "../chains/seals.ts";
import { NO_RUN } from "../runs/runs.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";
import { SIDE } from "../database/shapes.ts";

interface Lost {
  /** Of the contact that is left. */
  readonly email: string;
  /** The side that showed the opt-out. */
  readonly side: Side;
  readonly consent: unknown;
}

const LOST_ROW: z.ZodType<Lost> = z.object({ email: z.string(), side: SIDE, consent: z.unknown() });

/**
 * Puts into the ledger, for the contact that is left of a merge, the opt-out that the person of a merged contact was last
 * seen with on either side, or that Tandem carried to it, where the survivor does not show it. The types that stand for
 * what Klaviyo sends count as one. A system that takes the survivor's consent loses the other's. To be called while the
 * merged contacts are still stored.
 */
export async function saveMergedOptOuts(
  store: Store,
  side: Side,
  merged: readonly MergedContact[],
  { types, hubspotOptOut }: ResolvedConsent,
  now: Date,
): Promise<void> {
  const { statements, connectionId } = store;
  if (merged.length === 0) return;
  const standing = hubspotOptOut === "unsubscribe" && types.length > 0 ? JSON.stringify(types) : null;
  const lost = await rowsOf(statements, LOST_ROW)`
    WITH pair AS (
      SELECT own.email_key AS email, gone.* FROM jsonb_to_recordset(${JSON.stringify(merged)}::jsonb) AS p("id" text, "mergedIds" text[])
      JOIN sighting AS own ON own.connection_id = ${connectionId} AND own.side = ${side} AND own.external_id = p.id
                          AND own.email_key IS NOT NULL AND own.verdict = 'none'
      JOIN sighting AS gone ON gone.connection_id = ${connectionId} AND gone.side = ${side} AND gone.external_id = ANY(p."mergedIds")
                           AND gone.external_id <> p.id
    ), opt_out AS (
      SELECT pair.email, shown.side, shown.consent, shown.seen_at AS at
      FROM pair JOIN sighting AS shown
        ON (shown.link_id = pair.link_id OR shown.side = ${side} AND shown.external_id = pair.external_id)
       AND shown.connection_id = ${connectionId} AND (shown.verdict = 'by_choice' OR ${optedOutOfAll(connectionId, standing)})
      UNION ALL
      SELECT pair.email, ${otherSide(side)}, carried.evidence -> 'because', carried.at
      FROM pair JOIN consent_ledger AS carried
        ON carried.connection_id = ${connectionId} AND carried.kind = 'carried' AND carried.side = ${side}
       AND carried.subject = ANY(link_subjects(pair.link_id) || consent_subject(pair.email_key))
       AND carried.evidence ->> 'contact' = consent_subject(${side} || ' ' || pair.external_id)
      WHERE NOT EXISTS (SELECT FROM consent_ledger AS later
                        WHERE later.connection_id = ${connectionId} AND later.subject = carried.subject
                          AND later.kind = 'opted_in' AND later.seq > carried.seq)
    )
    SELECT DISTINCT ON (email, side) email, side, consent FROM opt_out
    -- What they chose after it was seen is what holds; and one entry is enough.
    WHERE NOT EXISTS (SELECT FROM consent_ledger AS known
                      WHERE known.connection_id = ${connectionId} AND known.subject = consent_subject(opt_out.email)
                        AND known.side = opt_out.side AND known.at >= opt_out.at
                        AND (known.kind = 'opted_in' OR known.kind = 'opted_out' AND known.evidence ? 'address'))
    ORDER BY email, side, at DESC`;
  if (lost.length === 0) return;
  await sealing(
    store,
    "consent",
    ({ statements }) => statements.$executeRaw`
      INSERT INTO consent_ledger (connection_id, subject, channel, kind, side, verdict, evidence, run_id, at)
      SELECT ${connectionId}, consent_subject(email), 'email', 'opted_out', side, 'by_choice',
             jsonb_build_object('address', 'another of this person', 'was', consent), ${NO_RUN}, ${now}
      FROM jsonb_to_recordset(${JSON.stringify(lost)}::jsonb) AS p("email" text, "side" text, "consent" jsonb)
      ORDER BY email, side`,
  );
}

/** HubSpot's opt-out from all of these types, unless the person came back in Klaviyo since. */
function optedOutOfAll(connectionId: number, types: string | null): Prisma.Sql {
  return Prisma.sql`(
    shown.side = 'hubspot' AND shown.consent -> 'optedOutTypes' @> ${types}::jsonb
    AND (SELECT kind FROM consent_ledger AS latest
         WHERE latest.connection_id = ${connectionId} AND latest.subject = consent_subject(shown.email_key) AND latest.side = 'klaviyo'
           AND latest.kind IN ('opted_out', 'opted_in')
         ORDER BY seq DESC LIMIT 1) IS DISTINCT FROM 'opted_in')`;
}
