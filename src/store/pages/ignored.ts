import { z } from "zod";
import type { IgnoredNote, LinkSelection } from "./failing-contacts.ts";
import { selected } from "./failing-contacts.ts";
import { sealing } from "../chains/seals.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";

/** Why contacts are to be left alone, and what ends it. */
export type IgnoreTerms = Omit<IgnoredNote, "at">;

/**
 * Leaves contacts alone: nothing of their fields is written any more until it ends. What waits is forgotten, since the
 * end plans it again; from then on whatever is seen to change is a change. A refusal of e-mail is carried all the same.
 *
 * @returns how many were not left alone yet
 */
export async function ignoreLinks(
  { statements, connectionId }: Store,
  selection: LinkSelection,
  { by, reason, ends, until }: IgnoreTerms,
  now: Date,
): Promise<number> {
  return statements.$executeRaw`
    UPDATE link SET state = 'ignored', reason = ${`Ignored by ${by}: ${reason}`}, dirty_since = NULL, retry_at = NULL,
      ignored_at = ${now}, ignored_by = ${by}, ignored_reason = ${reason}, ignored_ends = ${ends}, ignored_until = ${until}
    WHERE ${selected(connectionId, selection, now)} AND ignored_at IS NULL AND deleted_on IS NULL`;
}

/** Takes them up again; they are planned with the next run, from what both sides hold then. */
export async function resumeLinks(
  { statements, connectionId }: Store,
  selection: LinkSelection,
  now: Date,
): Promise<number> {
  return statements.$executeRaw`
    UPDATE link SET state = 'waiting', reason = 'Resumed', dirty_since = ${now}, refused = '{}', attempts = 0,
      ignored_at = NULL, ignored_by = NULL, ignored_reason = NULL, ignored_ends = NULL, ignored_until = NULL
    WHERE ${selected(connectionId, selection, now)} AND ignored_at IS NOT NULL`;
}

const CONTACTS_ROW = z.object({ contacts: z.number() });

/**
 * Takes up again whose time is over, and who was to be left alone until something changed and has: by the side's own time,
 * since what Tandem itself wrote right before shows as new too. The audit has it, beside what people do.
 */
export async function endIgnores(store: Store, now: Date): Promise<number> {
  const { connectionId } = store;
  const [ended] = await sealing(
    store,
    "audit",
    ({ statements }) => rowsOf(statements, CONTACTS_ROW)`
    WITH ended AS (
      UPDATE link SET state = 'waiting', reason = 'Resumed', dirty_since = coalesce(dirty_since, ${now}),
        refused = '{}', attempts = 0,
        ignored_at = NULL, ignored_by = NULL, ignored_reason = NULL, ignored_ends = NULL, ignored_until = NULL
      WHERE connection_id = ${connectionId} AND ignored_at IS NOT NULL
        AND (ignored_until <= ${now} OR (ignored_ends = 'changed' AND dirty_since IS NOT NULL AND (missing_on IS NOT NULL
          OR EXISTS (SELECT FROM sighting WHERE link_id = link.id AND updated_at > link.ignored_at))))
      RETURNING id
    ), told AS (
      INSERT INTO audit (connection_id, at, who, role, action, contacts, about, reason)
      SELECT ${connectionId}, ${now}, 'Tandem', '', 'resume', count(*),
             jsonb_build_object('links', string_agg(id::text, ' ' ORDER BY id)), 'its time was over, or it changed'
      FROM ended HAVING count(*) > 0
    )
    SELECT count(*)::int AS contacts FROM ended`,
  );
  return ended?.contacts ?? 0;
}
