import { z } from "zod";
import type { Side } from "../../model/side.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";
import { SIDE } from "../database/shapes.ts";

/** Contacts of one side whose changes were tried in two runs or more and never confirmed. */
export interface FailingWrites {
  readonly side: Side;
  readonly contacts: number;
  /** When the first of them was tried in vain. */
  readonly since: Date;
}

const FAILING_WRITES_ROW: z.ZodType<FailingWrites> = z.object({
  side: SIDE,
  contacts: z.number(),
  since: z.date(),
});

/**
 * Writes that this run left without an answer, as runs before it did, and those that the side which stopped it would not
 * take. A write that was confirmed since starts the count again, so that an occasional lost answer is not reported.
 */
export async function failingWrites(
  { statements }: Store,
  runId: bigint,
  stopped: Side | null,
): Promise<readonly FailingWrites[]> {
  return rowsOf(statements, FAILING_WRITES_ROW)`
    WITH open AS (
      SELECT DISTINCT link_id, side FROM journal
      WHERE run_id = ${runId} AND (outcome = 'sent' OR outcome = 'not_sent' AND side = ${stopped})
    ), failing AS (
      SELECT open.link_id, open.side, min(journal.sent_at) AS since
      FROM open JOIN journal ON journal.link_id = open.link_id AND journal.side = open.side
      WHERE journal.outcome IN ('sent', 'superseded', 'not_sent')
        AND journal.sent_at > coalesce((SELECT max(done.sent_at) FROM journal AS done
          WHERE done.link_id = open.link_id AND done.side = open.side AND done.outcome = 'done'), '-infinity')
      GROUP BY open.link_id, open.side HAVING count(DISTINCT journal.run_id) > 1
    )
    SELECT side, count(*)::int AS contacts, min(since) AS since FROM failing GROUP BY side`;
}
