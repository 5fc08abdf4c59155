import { z } from "zod";
import type { Rest } from "../runs/retention.ts";
import { ROWS_AT_ONCE, inParts } from "../runs/retention.ts";
import type { Store } from "../database/store.ts";
import { atomically } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";

/**
 * Removes what people did with messages before, where nothing is left to do about it, some thousand rows at a time.
 * First it is noted for each kind that nothing from before is stored again, so no look back shows it a second time. What
 * was shown stays counted in its roll-up. An event stays while a later one of the same message is kept: the later one is
 * its repeat.
 *
 * @param before the beginning of a UTC day, so that a day is counted whole or not at all
 */
export async function removeEngagement(store: Store, before: Date, rest: Rest): Promise<number> {
  const { statements, connectionId } = store;
  await raiseFloors(store, before);
  let rows = 0;
  for (const { metricId } of await statements.engagementStream.findMany({ where: { connectionId } })) {
    const removed = await inParts(rest, () => removeEvents(store, metricId, before));
    rows += removed.rows;
    if (!removed.whole) return rows;
  }
  await statements.engagementDay.deleteMany({ where: { connectionId, day: { lt: before } } });
  return rows;
}

async function raiseFloors(store: Store, before: Date): Promise<void> {
  await atomically(store, async (store) => {
    await store.statements.$executeRaw`
      UPDATE engagement_begin SET kept_from = greatest(kept_from, ${before}), at = greatest(at, ${before})
      WHERE connection_id = ${store.connectionId} AND (kept_from IS NULL OR kept_from < ${before})`;
    await store.statements.$executeRaw`
      UPDATE engagement_stream SET floor = ${before}
      WHERE connection_id = ${store.connectionId} AND floor < ${before}`;
  });
}

const REMOVED_ROW = z.object({ rows: z.number() });

function removeEvents(store: Store, metricId: string, before: Date): Promise<number> {
  const { connectionId } = store;
  return atomically(store, async (store) => {
    const [removed] = await rowsOf(store.statements, REMOVED_ROW)`
      WITH old AS (
        SELECT event_id FROM engagement AS event
        WHERE connection_id = ${connectionId} AND metric_id = ${metricId} AND at < ${before}
          AND fate NOT IN ('new', 'future', 'waiting', 'sent') AND retry_at IS NULL
          AND NOT EXISTS (SELECT FROM engagement AS later
                          WHERE later.connection_id = ${connectionId} AND later.person = event.person
                            AND later.kind = event.kind AND later.message = event.message AND later.at >= ${before})
        ORDER BY at LIMIT ${ROWS_AT_ONCE}
      ), removed AS (
        DELETE FROM engagement USING old
        WHERE connection_id = ${connectionId} AND engagement.event_id = old.event_id
        RETURNING contact, kind, fate
      ), shown AS (
        SELECT contact, (count(*) FILTER (WHERE kind = 'opened'))::int AS opens,
               (count(*) FILTER (WHERE kind = 'clicked'))::int AS clicks
        FROM removed WHERE fate = 'recorded' AND contact IS NOT NULL GROUP BY contact
      ), counted AS (
        UPDATE engagement_contact AS known
        SET removed_opens = removed_opens + shown.opens, removed_clicks = removed_clicks + shown.clicks
        FROM shown WHERE known.connection_id = ${connectionId} AND known.contact = shown.contact
      )
      SELECT count(*)::int AS rows FROM removed`;
    return removed?.rows ?? 0;
  });
}
