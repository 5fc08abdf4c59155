import { z } from "zod";
import { erasedAmong, traceOf } from "../people/erased.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";

/**
 * Notes that these people are in a list or segment that engagement is limited to. A segment is rebuilt some time after
 * what it depends on: events since `since` of a person who joins now, which were left out, are decided again.
 */
export async function saveEngagementMembers(
  store: Store,
  collection: string,
  people: readonly string[],
  scan: string | null,
  since: Date,
): Promise<void> {
  const { statements, connectionId } = store;
  const erased = await erasedAmong(
    store,
    people.map((id) => traceOf("klaviyo", id)),
  );
  const kept = people.filter((id) => !erased.has(traceOf("klaviyo", id)));
  if (kept.length === 0) return;
  await statements.$executeRaw`
    WITH joined AS (
    INSERT INTO engagement_member AS known (connection_id, collection, person, scan)
    SELECT ${connectionId}, ${collection}, id, ${scan} FROM (SELECT DISTINCT unnest(${kept}::text[]) AS id) AS page
    ORDER BY id
    ON CONFLICT (connection_id, collection, person) DO UPDATE SET scan = excluded.scan WHERE excluded.scan IS NOT NULL
    RETURNING person, xmax = 0 AS is_new)
    UPDATE engagement SET fate = 'new', reason = ''
    WHERE connection_id = ${connectionId} AND fate = 'out_of_scope' AND at >= ${since}
      AND person IN (SELECT person FROM joined WHERE is_new)`;
}

/** Closes a whole reading: a contact that was not in it is no member. */
export async function dropAbsentMembers(
  { statements, connectionId }: Store,
  collection: string,
  scan: string,
): Promise<void> {
  await statements.$executeRaw`
    DELETE FROM engagement_member
    WHERE connection_id = ${connectionId} AND collection = ${collection} AND scan IS DISTINCT FROM ${scan}`;
}

const PERSON_ROW = z.object({ person: z.string() });

/** Who of these people is in one of the collections. */
export async function membersAmong(
  { statements, connectionId }: Store,
  collections: readonly string[],
  people: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await rowsOf(statements, PERSON_ROW)`
    SELECT DISTINCT person FROM engagement_member
    WHERE connection_id = ${connectionId} AND collection = ANY(${[...collections]}::text[])
      AND person = ANY(${[...people]}::text[])`;
  return new Set(rows.map(({ person }) => person));
}
