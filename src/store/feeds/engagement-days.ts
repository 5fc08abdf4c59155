import { z } from "zod";
import type { Channel, EngagementKind } from "../../model/engagement.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";
import { CHANNEL, ENGAGEMENT_KIND } from "../database/shapes.ts";

/** What the source counts of one metric on one UTC day, and what became of what Tandem saw. */
export interface EngagementDay {
  readonly metric: string;
  readonly kind: EngagementKind;
  readonly channel: Channel;
  /** `yyyy-mm-dd`, UTC. */
  readonly day: string;
  /** The source's own count; `null` where it was not asked for this day. */
  readonly counted: number | null;
  readonly countedAt: Date | null;
  /** The sum of all that follow. */
  readonly seen: number;
  readonly recorded: number;
  readonly repeats: number;
  readonly machines: number;
  readonly outOfScope: number;
  readonly unknown: number;
  /** To be shown, or to be decided, or sent and not heard of. */
  readonly waiting: number;
  readonly failed: number;
  /** Counted by the source and not seen, of a day that was read; 0 where nothing is missing or nobody counted. */
  readonly missing: number;
}

/** How many events of each day the source counts, by `yyyy-mm-dd`. */
export async function saveDayCounts(
  { statements, connectionId }: Store,
  metricId: string,
  counts: ReadonlyMap<string, number>,
  now: Date,
): Promise<void> {
  const rows = JSON.stringify([...counts].map(([day, counted]) => ({ day, counted })));
  await statements.$executeRaw`
    INSERT INTO engagement_day AS known (connection_id, metric_id, day, counted, counted_at)
    SELECT ${connectionId}, ${metricId}, day, counted, ${now}
    FROM jsonb_to_recordset(${rows}::jsonb) AS p("day" date, "counted" int) ORDER BY day
    ON CONFLICT (connection_id, metric_id, day) DO UPDATE SET counted = excluded.counted, counted_at = excluded.counted_at`;
}

const DAY_ROW = z.object({
  metric: z.string(),
  kind: ENGAGEMENT_KIND,
  channel: CHANNEL,
  day: z.string(),
  counted: z.number().nullable(),
  countedAt: z.date().nullable(),
  seen: z.number(),
  recorded: z.number(),
  repeats: z.number(),
  machines: z.number(),
  outOfScope: z.number(),
  unknown: z.number(),
  waiting: z.number(),
  failed: z.number(),
  isRead: z.boolean(),
});

/** The rows of the status page, the latest day first. `since` is a moment: its whole UTC day is among them. */
export async function engagementDays(
  { statements, connectionId }: Store,
  since: Date,
): Promise<readonly EngagementDay[]> {
  const from = new Date(Date.parse(`${since.toISOString().slice(0, 10)}T00:00:00Z`));
  const rows = await rowsOf(statements, DAY_ROW)`
    WITH seen AS (
      SELECT metric_id, (at AT TIME ZONE 'UTC')::date AS day, count(*)::int AS seen,
             (count(*) FILTER (WHERE fate = 'recorded'))::int AS recorded,
             (count(*) FILTER (WHERE fate = 'repeat'))::int AS repeats,
             (count(*) FILTER (WHERE fate = 'machine'))::int AS machines,
             (count(*) FILTER (WHERE fate IN ('out_of_scope', 'erased')))::int AS out_of_scope,
             (count(*) FILTER (WHERE fate = 'unknown'))::int AS unknown,
             (count(*) FILTER (WHERE fate IN ('new', 'future', 'waiting', 'sent')))::int AS waiting,
             (count(*) FILTER (WHERE fate = 'failed'))::int AS failed
      FROM engagement WHERE connection_id = ${connectionId} AND at >= ${from} GROUP BY 1, 2
    ), counted AS (
      SELECT metric_id, day, counted, counted_at FROM engagement_day
      WHERE connection_id = ${connectionId} AND day >= (${from}::timestamptz AT TIME ZONE 'UTC')::date
    )
    SELECT stream.name AS metric, stream.kind, stream.channel, to_char(day, 'YYYY-MM-DD') AS day, counted,
           counted_at AS "countedAt", coalesce(seen, 0) AS seen, coalesce(recorded, 0) AS recorded,
           coalesce(repeats, 0) AS repeats, coalesce(machines, 0) AS machines,
           coalesce(out_of_scope, 0) AS "outOfScope", coalesce(unknown, 0) AS unknown,
           coalesce(waiting, 0) AS waiting, coalesce(failed, 0) AS failed,
           watermark IS NOT NULL AND day >= (floor AT TIME ZONE 'UTC')::date
             AND (older_from IS NULL OR day > (floor AT TIME ZONE 'UTC')::date) AS "isRead"
    FROM seen FULL JOIN counted USING (metric_id, day)
    JOIN engagement_stream AS stream USING (metric_id)
    WHERE stream.connection_id = ${connectionId}
    ORDER BY day DESC, metric`;
  return rows.map(({ isRead, ...row }) => ({
    ...row,
    missing: isRead ? Math.max(0, (row.counted ?? 0) - row.seen) : 0,
  }));
}
