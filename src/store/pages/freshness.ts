import { z } from "zod";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";

/** When each lane last came to its end; `null` for one that never did. */
export interface Freshness {
  readonly contacts: Date | null;
  readonly consent: Date | null;
  readonly engagement: Date | null;
  readonly reconcile: Date | null;
  /** How many changes the last full comparison found that the pulls before it had missed. */
  readonly missed: number | null;
  /** When a whole run first finished: until then the other side is being filled. */
  readonly filledAt: Date | null;
  /** Contacts that were read so far, on both sides. */
  readonly sightings: number | null;
}

const FRESHNESS_ROW = z.object({
  contacts: z.date().nullable(),
  consent: z.date().nullable(),
  engagement: z.date().nullable(),
  reconcile: z.date().nullable(),
  missed: z.number().nullable(),
  filledAt: z.date().nullable(),
});

/** The consent lane makes a run only where somebody's consent changed; its looks are told by where it continues reading. */
export async function readFreshness({ statements, connectionId }: Store): Promise<Freshness> {
  const [row] = await rowsOf(statements, FRESHNESS_ROW)`
    SELECT filled_at AS "filledAt",
      (SELECT finished_at FROM run WHERE connection_id = ${connectionId} AND kind = 'contacts'
         AND finished_at IS NOT NULL AND result <> 'stopped' ORDER BY started_at DESC LIMIT 1) AS contacts,
      (SELECT min(moved_at) FROM cursor
       WHERE connection_id = ${connectionId} AND stream IN ('hubspot refusals', 'klaviyo refusals')) AS consent,
      (SELECT finished_at FROM run WHERE connection_id = ${connectionId} AND kind = 'engagement'
         AND finished_at IS NOT NULL AND result <> 'stopped' ORDER BY started_at DESC LIMIT 1) AS engagement,
      (SELECT finished_at FROM run WHERE connection_id = ${connectionId} AND kind = 'contacts' AND trigger = 'reconcile'
         AND finished_at IS NOT NULL AND result <> 'stopped' ORDER BY started_at DESC LIMIT 1) AS reconcile,
      (SELECT (counts ->> 'missed')::int FROM run WHERE connection_id = ${connectionId} AND kind = 'contacts'
         AND counts ? 'missed' ORDER BY started_at DESC LIMIT 1) AS missed
    FROM connection WHERE id = ${connectionId}`;
  if (row === undefined) throw new Error("there is no such connection");
  if (row.filledAt !== null) return { ...row, sightings: null };
  return { ...row, sightings: await statements.sighting.count({ where: { connectionId } }) };
}
