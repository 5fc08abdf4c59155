import { z } from "zod";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";

/** How far the older events of one metric are read, which a larger back-fill asks for. */
export interface OlderProgress {
  readonly metricId: string;
  readonly metric: string;
  /** From when, and up to when, they are read. */
  readonly from: Date;
  readonly until: Date;
  readonly since: Date;
  readonly seen: number;
  /** As the source counts them by day. What came in since the counting is in `seen` alone. */
  readonly counted: number;
}

const OLDER_PROGRESS_ROW: z.ZodType<OlderProgress> = z.object({
  metricId: z.string(),
  metric: z.string(),
  from: z.date(),
  until: z.date(),
  since: z.date(),
  seen: z.number(),
  counted: z.number(),
});

/** Every metric of which older events are read now, by name. */
export async function olderProgress({ statements, connectionId }: Store): Promise<readonly OlderProgress[]> {
  return rowsOf(statements, OLDER_PROGRESS_ROW)`
    SELECT metric_id AS "metricId", name AS metric, older_from AS "from", floor AS until, older_since AS since,
           (SELECT count(*)::int FROM engagement AS event
            WHERE event.connection_id = ${connectionId} AND event.metric_id = stream.metric_id
              AND at >= older_from AND at < floor) AS seen,
           (SELECT coalesce(sum(counted), 0)::int FROM engagement_day AS counted_on
            WHERE counted_on.connection_id = ${connectionId} AND counted_on.metric_id = stream.metric_id
              AND day >= (older_from AT TIME ZONE 'UTC')::date AND day < (floor AT TIME ZONE 'UTC')::date) AS counted
    FROM engagement_stream AS stream
    WHERE connection_id = ${connectionId} AND older_from IS NOT NULL ORDER BY name, metric_id`;
}

/** How many older events of one metric are seen, and how many there are; `null` where nobody counted them. */
export async function seenOlder(
  store: Store,
  metricId: string,
): Promise<{ readonly seen: number; readonly counted: number | null }> {
  const all = await olderProgress(store);
  const { seen = 0, counted = 0 } = all.find((one) => one.metricId === metricId) ?? {};
  return { seen, counted: counted === 0 ? null : Math.max(counted, seen) };
}
