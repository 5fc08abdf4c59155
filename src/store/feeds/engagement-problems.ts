import { ENGAGEMENT_FIELD } from "../runs/runs.ts";
import type { Store } from "../database/store.ts";

/**
 * Failing events become problems of their people: one for each kind of problem, and none where nothing fails any more.
 * Somebody who is not linked has no page; `explain` tells of theirs.
 */
export async function saveEngagementProblems({ statements, connectionId }: Store, now: Date): Promise<void> {
  await statements.$executeRaw`
    DELETE FROM problem
    WHERE connection_id = ${connectionId} AND link_id IS NOT NULL AND field = ${ENGAGEMENT_FIELD}
      AND NOT EXISTS (
        SELECT FROM engagement JOIN link ON link.connection_id = ${connectionId} AND link.hubspot_id = engagement.contact
        WHERE engagement.connection_id = ${connectionId} AND fate = 'failed' AND link.id = problem.link_id
          AND engagement.problem->>'code' = problem.code)`;
  await statements.$executeRaw`
    INSERT INTO problem AS known (connection_id, link_id, code, level, side, field, title, explanation, fix, retry,
                                  reference, first_seen, last_seen)
    SELECT DISTINCT ON (link.id, p->>'code') ${connectionId}::int, link.id, p->>'code', 'contact',
           coalesce(p->>'side', ''), ${ENGAGEMENT_FIELD}, p->>'title', p->>'explanation', p->'fix', p->>'retry',
           p->>'reference', ${now}::timestamptz, ${now}::timestamptz
    FROM (SELECT contact, problem AS p, settled_at FROM engagement
          WHERE connection_id = ${connectionId} AND fate = 'failed') AS failing
    JOIN link ON link.connection_id = ${connectionId} AND link.hubspot_id = failing.contact
    ORDER BY link.id, p->>'code', failing.settled_at DESC
    ON CONFLICT (connection_id, link_id, side, field, code) DO UPDATE
      SET title = excluded.title, explanation = excluded.explanation, fix = excluded.fix, retry = excluded.retry,
          reference = excluded.reference, last_seen = excluded.last_seen`;
}
