import type { Base } from "../../model/base.ts";
import type { LinkState } from "../../model/link.ts";
import type { LostValue } from "../../model/history/lost-value.ts";
import type { Problem } from "../../model/problem.ts";
import type { RejectedValues } from "../../model/rejected-value.ts";
import type { Side } from "../../model/side.ts";
import { ENGAGEMENT_FIELD } from "../runs/runs.ts";
import type { Store } from "../database/store.ts";

/** Outcome of a link after it was planned, and written where it had to be. */
export interface LinkOutcome {
  readonly id: bigint;
  readonly base: Base;
  readonly lists: readonly string[];
  readonly state: LinkState;
  readonly reason: string;
  /** Still something to do: stays dirty. */
  readonly dirty: boolean;
  readonly attempts: number;
  readonly retryAt: Date | null;
  readonly refused: RejectedValues;
  /** A side that is to be asked for the address again. */
  readonly seekAgain: Side | null;
  /** A side that did not have its contact any more when it was written. */
  readonly missingOn: Side | null;
  readonly problems: readonly Problem[];
  readonly conflicts: readonly ConflictRow[];
}

/** A value of one field that does not stand. */
export interface ConflictRow extends LostValue {
  readonly field: string;
  /** It should have stood: it is put back with the next run, without anybody asking. */
  readonly putBack: boolean;
}

/**
 * Stores the outcome of a page of links, with their problems and conflicts: problems that are no longer seen are gone.
 * Whom a person left alone stays so, whatever a run that had begun before comes to.
 */
export async function saveOutcomes(
  store: Store,
  runId: bigint,
  outcomes: readonly LinkOutcome[],
  now: Date,
): Promise<void> {
  if (outcomes.length === 0) return;
  const rows = outcomes.map(({ problems: _problems, conflicts: _conflicts, ...row }) => ({
    ...row,
    id: String(row.id),
  }));
  await store.statements.$executeRaw`
    UPDATE link SET base = p.base, lists = ARRAY(SELECT jsonb_array_elements_text(p.lists)),
      state = CASE WHEN link.ignored_at IS NULL THEN p.state ELSE 'ignored' END,
      reason = CASE WHEN link.ignored_at IS NULL THEN p.reason ELSE link.reason END, attempts = p.attempts, retry_at = p."retryAt", refused = p.refused,
      dirty_since = CASE WHEN p.dirty THEN coalesce(link.dirty_since, ${now}) END,
      settled_at = CASE WHEN p.dirty THEN link.settled_at ELSE ${now} END,
      hubspot_sought = CASE WHEN p."seekAgain" = 'hubspot' THEN NULL ELSE hubspot_sought END,
      klaviyo_sought = CASE WHEN p."seekAgain" = 'klaviyo' THEN NULL ELSE klaviyo_sought END,
      missing_on = coalesce(p."missingOn", link.missing_on)
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS p("id" bigint, "base" jsonb, "lists" jsonb, "state" text,
      "reason" text, "dirty" boolean, "attempts" int, "retryAt" timestamptz, "refused" jsonb, "seekAgain" text, "missingOn" text)
    WHERE link.id = p.id`;
  await saveLinkProblems(store, outcomes, now);
  const conflicts = outcomes.flatMap((outcome) =>
    outcome.conflicts.map((row) => ({ ...row, linkId: outcome.id, runId })),
  );
  await saveConflicts(store, conflicts, now);
}

async function saveLinkProblems(
  { statements, connectionId }: Store,
  outcomes: readonly LinkOutcome[],
  now: Date,
): Promise<void> {
  const rows = outcomes.flatMap(({ id, problems }) =>
    problems.map((problem) => ({
      ...problem,
      linkId: String(id),
      side: problem.side ?? "",
      field: problem.field ?? "",
    })),
  );
  const latest = [
    ...new Map(rows.map((row) => [`${row.linkId} ${row.side} ${row.field} ${row.code}`, row])).values(),
  ];
  const page = JSON.stringify(latest);
  await statements.$executeRaw`
    DELETE FROM problem
    WHERE link_id = ANY(${outcomes.map(({ id }) => id)}::bigint[]) AND field <> ${ENGAGEMENT_FIELD}
      AND NOT EXISTS (SELECT FROM link WHERE link.id = problem.link_id AND link.ignored_at IS NOT NULL)
      AND NOT EXISTS (
        SELECT FROM jsonb_to_recordset(${page}::jsonb) AS p("linkId" bigint, "side" text, "field" text, "code" text)
        WHERE p."linkId" = problem.link_id AND p.side = problem.side AND p.field = problem.field AND p.code = problem.code)`;
  if (latest.length === 0) return;
  await statements.$executeRaw`
    INSERT INTO problem AS known (connection_id, link_id, code, level, side, field, title, explanation, fix, retry,
                                  reference, first_seen, last_seen)
    SELECT ${connectionId}, "linkId", code, level, side, field, title, explanation, fix, retry, reference, ${now}, ${now}
    FROM jsonb_to_recordset(${page}::jsonb) AS p("linkId" bigint, "code" text, "level" text, "side" text, "field" text,
      "title" text, "explanation" text, "fix" jsonb, "retry" text, "reference" text)
    ON CONFLICT (connection_id, link_id, side, field, code) DO UPDATE
      SET level = excluded.level, title = excluded.title, explanation = excluded.explanation, fix = excluded.fix,
          retry = excluded.retry, reference = excluded.reference, last_seen = excluded.last_seen, times = known.times + 1`;
}

/** Keeps the values that do not stand, of a run and field once; of those that should have, it asks for them back. */
export async function saveConflicts(
  { statements }: Store,
  conflicts: readonly (ConflictRow & { readonly linkId: bigint; readonly runId: bigint })[],
  now: Date,
): Promise<void> {
  if (conflicts.length === 0) return;
  const rows = conflicts.map((row) => ({ ...row, linkId: String(row.linkId), runId: String(row.runId) }));
  await statements.$executeRaw`
    WITH kept AS (
      INSERT INTO conflict (link_id, run_id, field, kind, winner, won, lost, at)
      SELECT "linkId", "runId", field, kind, winner, won, lost, ${now}
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS p("linkId" bigint, "runId" bigint, "field" text,
        "kind" text, "winner" text, "won" jsonb, "lost" jsonb)
      ON CONFLICT (link_id, run_id, field) DO NOTHING
      RETURNING id, link_id, run_id, field)
    INSERT INTO conflict_undo (conflict_id, asked_by, asked_at)
    SELECT kept.id, 'Tandem', ${now}
    FROM kept JOIN jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS p("linkId" bigint, "runId" bigint, "field" text,
      "putBack" boolean) ON p."linkId" = kept.link_id AND p."runId" = kept.run_id AND p.field = kept.field
    WHERE p."putBack"`;
}

/** Fields that turned out to be agreed on, added to their links' bases; the links are to be planned again. */
export async function agreeFields(
  { statements }: Store,
  agreed: readonly { readonly linkId: bigint; readonly base: Base }[],
  now: Date,
): Promise<void> {
  if (agreed.length === 0) return;
  const rows = agreed.map(({ linkId, base }) => ({ linkId: String(linkId), base }));
  for (const row of rows) {
    // One link may have several rows here: each adds to what the one before agreed.
    await statements.$executeRaw`
      UPDATE link SET base = base || ${JSON.stringify(row.base)}::jsonb, dirty_since = coalesce(dirty_since, ${now})
      WHERE id = ${row.linkId}::bigint`;
  }
}
