import type { Store } from "../database/store.ts";
import type { Side } from "../../model/side.ts";
import { SIDES } from "../../model/side.ts";
import type { Statements } from "../database/database.ts";
import { ENGAGEMENT_FIELD } from "../runs/runs.ts";

/** Which of two links' things the one that is left has. */
export interface Folding {
  /** The contacts; `null` where the side has none. */
  readonly ids: { readonly [S in Side]: string | null };
  /** Of which link the agreement holds: its two contacts are the ones that are left. `null`: nothing was agreed. */
  readonly base: bigint | null;
  /** Of which link the Klaviyo lists are those that Tandem put the profile on. */
  readonly lists: bigint;
  /** The side whose contact is deleted, where the other one's is all that is left, or none. */
  readonly deletedOn: Side | null;
  /** The other contacts are deleted, or to be linked by their own email address. */
  readonly others: "gone" | "unlinked";
}

/**
 * Makes two links of one person one: the older is kept, with the history, the conflicts and the addresses of both. What the
 * ledger holds is found by the email addresses. Problems are found again by the next plan.
 *
 * @returns the id of the link that is left
 */
export async function foldLinks(
  { statements }: Store,
  [one, other]: readonly [bigint, bigint],
  { ids, base, lists, deletedOn, others }: Folding,
  now: Date,
): Promise<bigint> {
  const [kept, gone] = one < other ? [one, other] : [other, one];
  const missingOn = deletedOn === null ? await missingAmong(statements, [kept, gone], ids) : null;
  // Nobody will look whether this was written: what it may have replaced is kept.
  await statements.$executeRaw`
    WITH unknown AS (
      UPDATE journal SET outcome = 'superseded', settled_at = ${now}::timestamptz
      WHERE link_id = ${gone}::bigint AND outcome = 'sent'
        AND EXISTS (SELECT FROM journal AS open WHERE open.link_id = ${kept}::bigint AND open.outcome = 'sent'
                      AND open.side = journal.side AND open.kind = journal.kind)
      RETURNING run_id, lost)
    INSERT INTO conflict (link_id, run_id, field, kind, winner, won, lost, at)
    SELECT ${gone}::bigint, run_id, field, value->>'kind', value->>'winner', value->'won', value->'lost', ${now}::timestamptz
    FROM unknown, jsonb_each(unknown.lost) AS p(field, value)
    ON CONFLICT (link_id, run_id, field) DO NOTHING`;
  await statements.$executeRaw`UPDATE journal SET link_id = ${kept}::bigint WHERE link_id = ${gone}::bigint`;
  await statements.$executeRaw`
    UPDATE conflict SET link_id = ${kept}::bigint
    WHERE link_id = ${gone}::bigint AND NOT EXISTS (
      SELECT FROM conflict AS known
      WHERE known.link_id = ${kept}::bigint AND known.run_id = conflict.run_id AND known.field = conflict.field)`;
  await statements.$executeRaw`
    UPDATE problem SET link_id = ${kept}::bigint
    WHERE link_id = ${gone}::bigint AND field = ${ENGAGEMENT_FIELD} AND NOT EXISTS (
      SELECT FROM problem AS known
      WHERE known.link_id = ${kept}::bigint AND known.side = problem.side AND known.field = problem.field AND known.code = problem.code)`;
  await statements.$executeRaw`
    INSERT INTO link_alias (link_id, connection_id, email_key, side, since, until)
    SELECT ${kept}::bigint, connection_id, email_key, side, since, until FROM link_alias WHERE link_id = ${gone}::bigint
    UNION ALL SELECT ${kept}::bigint, connection_id, email_key, 'both', created_at, ${now}::timestamptz FROM link AS folded
      WHERE id = ${gone}::bigint AND NOT EXISTS (SELECT FROM link_alias WHERE link_id = ${gone}::bigint AND side = 'both' AND link_alias.email_key = folded.email_key)
    ON CONFLICT (link_id, email_key, side) DO UPDATE SET since = least(link_alias.since, excluded.since)`;
  await statements.$executeRaw`
    UPDATE link SET parted_to = ${kept}::bigint WHERE parted_to = ${gone}::bigint`;
  for (const side of SIDES) await leaveOnly(statements, side, [kept, gone], ids[side], others);
  await statements.$executeRaw`UPDATE link SET hubspot_id = NULL, klaviyo_id = NULL, passed = true WHERE id = ${gone}::bigint`;
  await statements.$executeRaw`
    UPDATE link SET hubspot_id = ${ids.hubspot}::text, klaviyo_id = ${ids.klaviyo}::text, deleted_on = ${deletedOn}::text, missing_on = ${missingOn}::text,
      parted_on = NULL, parted_to = NULL, refused = '{}', attempts = 0, retry_at = NULL,
      base = coalesce((SELECT based.base FROM link AS based WHERE based.id = ${base}::bigint), '{}'),
      lists = (SELECT listed.lists FROM link AS listed WHERE listed.id = ${lists}::bigint),
      ignored_at = coalesce(link.ignored_at, folded.ignored_at), ignored_by = coalesce(link.ignored_by, folded.ignored_by),
      ignored_reason = coalesce(link.ignored_reason, folded.ignored_reason),
      ignored_ends = coalesce(link.ignored_ends, folded.ignored_ends),
      ignored_until = coalesce(link.ignored_until, folded.ignored_until),
      state = CASE WHEN coalesce(link.ignored_at, folded.ignored_at) IS NULL THEN link.state ELSE 'ignored' END,
      dirty_since = coalesce(link.dirty_since, ${now}::timestamptz)
    FROM link AS folded WHERE link.id = ${kept}::bigint AND folded.id = ${gone}::bigint`;
  await statements.$executeRaw`DELETE FROM link WHERE id = ${gone}::bigint`;
  return kept;
}

/** A contact that was not found stays to be decided on, whichever link it is on by now. */
async function missingAmong(
  statements: Statements,
  links: readonly bigint[],
  ids: Folding["ids"],
): Promise<Side | null> {
  const [link] = await statements.link.findMany({
    where: {
      id: { in: [...links] },
      OR: [
        { missingOn: "hubspot", hubspotId: ids.hubspot ?? "" },
        { missingOn: "klaviyo", klaviyoId: ids.klaviyo ?? "" },
      ],
    },
    select: { missingOn: true },
  });
  return (link?.missingOn ?? null) as Side | null;
}

/** Of the contacts of both links on a side, one is left. */
async function leaveOnly(
  statements: Statements,
  side: Side,
  links: readonly bigint[],
  id: string | null,
  others: Folding["others"],
): Promise<void> {
  const [kept] = links;
  const which = { linkId: { in: [...links] }, side, ...(id === null ? {} : { externalId: { not: id } }) };
  if (others === "gone") await statements.sighting.deleteMany({ where: which });
  else await statements.sighting.updateMany({ where: which, data: { linkId: null } });
  if (id === null) return;
  await statements.$executeRaw`
    UPDATE sighting SET link_id = ${kept}::bigint
    WHERE side = ${side} AND external_id = ${id}
      AND connection_id = (SELECT connection_id FROM link WHERE id = ${kept}::bigint)`;
}
