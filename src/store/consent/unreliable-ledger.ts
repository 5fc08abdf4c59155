import { z } from "zod";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";

const DOUBTED_ROW = z.object({ doubted: z.boolean() });

/**
 * May the ledger be trusted to hold everybody whom Tandem ever asked to be subscribed? A database that was restored from a
 * backup does not know of the last hours, and looks just like one in which no run ended for so long. Both are unreliable until a
 * person has approved a subscription since (P9).
 *
 * @param runId the run that asks, which does not count itself
 * @param longestGapMs how long nobody runs, as a rule
 */
export async function isLedgerUnreliable(
  { statements, connectionId }: Store,
  runId: bigint,
  longestGapMs: number,
  now: Date,
): Promise<boolean> {
  const [row] = await rowsOf(statements, DOUBTED_ROW)`
    WITH approved AS (
      SELECT max(decided_at) AS at FROM hold
      WHERE connection_id = ${connectionId} AND state = 'approved' AND exceeded @> '[{"action": "subscribes"}]'
    ), last AS (
      -- Only a run that came so far has asked this itself: not one of another lane, nor one that stopped before.
      SELECT max(finished_at) AS at FROM run
      WHERE connection_id = ${connectionId} AND id <> ${runId} AND kind = 'contacts' AND result <> 'stopped'
    ), noted AS (
      UPDATE connection SET doubted_at = ${now} FROM last, approved
      WHERE connection.id = ${connectionId} AND last.at < ${new Date(now.getTime() - longestGapMs)}
        AND (connection.doubted_at IS NULL OR connection.doubted_at < approved.at)
      RETURNING doubted_at
    )
    SELECT coalesce(coalesce(noted.doubted_at, connection.doubted_at) > coalesce(approved.at, 'epoch'), false) AS doubted
    FROM connection CROSS JOIN approved LEFT JOIN noted ON true WHERE connection.id = ${connectionId}`;
  return row?.doubted ?? false;
}
