import { z } from "zod";
import type { Side } from "../../model/side.ts";
import { NO_RUN } from "../runs/runs.ts";
import { sealing } from "../chains/seals.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";

/** By which an erased person is known again: an address, or `hubspot 51`, a contact's id at its side. */
export type Trace = string;

/** The id of a contact as the ledger knows it: a changed address does not bring an erased person back. */
export function traceOf(side: Side, id: string): Trace {
  return `${side} ${id}`;
}

const TRACE_ROW = z.object({ trace: z.string() });

/**
 * Of these traces, those of people who were erased and not allowed again. An id that is linked is none: its person is
 * in sync under another address. Costs one look where nobody was ever erased.
 */
export async function erasedAmong(
  { statements, connectionId }: Store,
  traces: readonly Trace[],
): Promise<ReadonlySet<Trace>> {
  if (traces.length === 0) return new Set();
  const rows = await rowsOf(statements, TRACE_ROW)`
    SELECT DISTINCT page.trace FROM unnest(${[...traces]}::text[]) AS page(trace)
    WHERE EXISTS (SELECT FROM consent_ledger WHERE connection_id = ${connectionId} AND kind IN ('erased', 'allowed'))
      AND (SELECT kind FROM consent_ledger AS known
           WHERE known.connection_id = ${connectionId} AND known.subject = consent_subject(page.trace)
             AND known.kind IN ('erased', 'allowed')
           ORDER BY seq DESC LIMIT 1) = 'erased'
      AND NOT EXISTS (SELECT FROM link
                      WHERE link.connection_id = ${connectionId}
                        AND (link.hubspot_id = substr(page.trace, 9) AND starts_with(page.trace, 'hubspot ')
                          OR link.klaviyo_id = substr(page.trace, 9) AND starts_with(page.trace, 'klaviyo ')))`;
  return new Set(rows.map(({ trace }) => trace));
}

const ERASURE_ROW = z.object({ kind: z.string(), at: z.date() });

/** When the person of this address was erased; `null` who was not, or is allowed again. */
export async function erasedSince({ statements, connectionId }: Store, email: string): Promise<Date | null> {
  const [latest] = await rowsOf(statements, ERASURE_ROW)`
    SELECT kind, at FROM consent_ledger
    WHERE connection_id = ${connectionId} AND subject = consent_subject(${email}) AND kind IN ('erased', 'allowed')
    ORDER BY seq DESC LIMIT 1`;
  return latest?.kind === "erased" ? latest.at : null;
}

/** Writes down, by keyed hashes alone, that the person of these traces is erased. `erasure` holds them together. */
export async function saveErased(
  store: Store,
  erasure: string,
  addresses: readonly string[],
  contacts: readonly { readonly side: Side; readonly id: string }[],
  now: Date,
): Promise<void> {
  const { connectionId } = store;
  const rows = [
    ...addresses.map((trace) => ({ trace, side: "both", of: "address" })),
    ...contacts.map(({ side, id }) => ({ trace: traceOf(side, id), side, of: "contact" })),
  ];
  await sealing(
    store,
    "consent",
    ({ statements }) => statements.$executeRaw`
    INSERT INTO consent_ledger (connection_id, subject, channel, kind, side, evidence, run_id, at)
    SELECT ${connectionId}, consent_subject(trace), 'email', 'erased', side,
           jsonb_build_object('erasure', ${erasure}::text, 'of', "of"), ${NO_RUN}, ${now}
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS p("trace" text, "side" text, "of" text)
    ORDER BY side, consent_subject(trace)`,
  );
}

/**
 * Lets an erased person be synced again, under every address that was erased with this one. Their refusals stay.
 *
 * @returns false where nobody with this address is erased
 */
export async function allowAgain(store: Store, email: string, now: Date): Promise<boolean> {
  const { connectionId } = store;
  const added = await sealing(
    store,
    "consent",
    ({ statements }) => statements.$executeRaw`
    WITH latest AS (
      SELECT DISTINCT ON (subject) subject, side, kind, evidence FROM consent_ledger
      WHERE connection_id = ${connectionId} AND kind IN ('erased', 'allowed') ORDER BY subject, seq DESC
    )
    INSERT INTO consent_ledger (connection_id, subject, channel, kind, side, evidence, run_id, at)
    SELECT ${connectionId}, subject, 'email', 'allowed', side, evidence, ${NO_RUN}, ${now} FROM latest
    WHERE kind = 'erased'
      AND (SELECT kind FROM latest WHERE subject = consent_subject(${email})) = 'erased'
      -- Erased twice, the second time finds the address alone: every erasure that it was part of counts.
      AND evidence ->> 'erasure' IN (SELECT known.evidence ->> 'erasure' FROM consent_ledger AS known
                                     WHERE known.connection_id = ${connectionId} AND known.kind = 'erased'
                                       AND known.subject = consent_subject(${email}))
    ORDER BY side, subject`,
  );
  return added > 0;
}
