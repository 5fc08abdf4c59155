import type { Engagement } from "../../model/engagement.ts";
import type { Fate, KeptEngagement } from "./engagement-rows.ts";
import { ENGAGEMENT_ROW, engagementOf } from "./engagement-rows.ts";
import { Prisma } from "../generated/client.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";

/** What was decided of one event; with `entryId` it is shown, unless the same occurrence is already. */
export interface DecidedRow {
  readonly eventId: string;
  readonly fate: Extract<Fate, "future" | "machine" | "out_of_scope" | "waiting">;
  readonly reason: string;
  /** Only where it waits to be shown. */
  readonly entryId: string | null;
}

/** Events whose time has come are to be decided. */
export async function wakeFuture({ statements, connectionId }: Store, now: Date): Promise<void> {
  await statements.engagement.updateMany({
    where: { connectionId, fate: "future", at: { lte: now } },
    data: { fate: "new", reason: "" },
  });
}

/** Under another mapping, events since then that are not shown yet are decided again. */
export async function decideAnew({ statements, connectionId }: Store, since: Date): Promise<void> {
  await statements.$executeRaw`
    UPDATE engagement SET fate = 'new', reason = '', entry_id = NULL
    WHERE connection_id = ${connectionId} AND at >= ${since}
      AND fate IN ('machine', 'out_of_scope', 'repeat', 'unknown', 'waiting')`;
}

/** After which event a page continues. */
export type AfterUndecided = Pick<Engagement, "at" | "eventId">;

/** The oldest events that nothing was decided of, after that one. */
export async function undecided(
  { statements, connectionId }: Store,
  after: AfterUndecided | null,
  limit: number,
): Promise<readonly KeptEngagement[]> {
  const further =
    after === null
      ? Prisma.empty
      : Prisma.sql`AND (at, event_id) > (${new Date(after.at)}::timestamptz, ${after.eventId})`;
  const rows = await rowsOf(statements, ENGAGEMENT_ROW)`
    SELECT event_id, kind, channel, person, email, at, message, message_name, subject, source_kind, source_id,
           source_name, url, link_id::text AS link_id, link_entry_id::text AS link_entry_id, list, detail, by_machine
    FROM engagement WHERE connection_id = ${connectionId} AND fate = 'new' ${further} ORDER BY at, event_id LIMIT ${limit}`;
  return rows.map(engagementOf);
}

/**
 * Stores decisions, given in the order in which they count: of one occurrence the first is to be shown, where none is,
 * and every other is a repeat. People of whom something is shown, and that did it again, are due for a new roll-up.
 */
export async function saveDecisions(
  { statements, connectionId }: Store,
  decided: readonly DecidedRow[],
  now: Date,
): Promise<void> {
  if (decided.length === 0) return;
  const page = JSON.stringify(decided.map((row, place) => ({ ...row, place })));
  await statements.$executeRaw`
    WITH page AS (
      SELECT *, "entryId" IS NOT NULL AND row_number() OVER (PARTITION BY "entryId" ORDER BY place) = 1
        AND NOT EXISTS (SELECT FROM engagement AS other
                        WHERE other.connection_id = ${connectionId} AND other.entry_id = p."entryId") AS is_first
      FROM jsonb_to_recordset(${page}::jsonb) AS p("eventId" text, "fate" text, "reason" text, "entryId" uuid, "place" int)
    ), done AS (
      UPDATE engagement AS own
      SET fate = CASE WHEN page."entryId" IS NULL OR is_first THEN page.fate ELSE 'repeat' END,
          reason = page.reason,
          entry_id = CASE WHEN is_first THEN page."entryId" END
      FROM page WHERE own.connection_id = ${connectionId} AND own.event_id = page."eventId" AND own.fate = 'new'
      RETURNING own.person, own.fate
    )
    UPDATE engagement_contact SET due_at = least(due_at, ${now})
    WHERE connection_id = ${connectionId} AND contact IN (
      SELECT contact FROM engagement
      WHERE connection_id = ${connectionId} AND contact IS NOT NULL
        AND person IN (SELECT person FROM done WHERE fate = 'repeat'))`;
}
