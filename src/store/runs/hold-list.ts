import { z } from "zod";
import type { ExceededLimit } from "../../model/hold.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";
import { EXCEEDED_LIMIT } from "../database/shapes.ts";

/** A hold as it is told beside its run. */
export interface RunHoldRow {
  /** waiting, approved, rejected, withdrawn. */
  readonly state: string;
  readonly exceeded: readonly ExceededLimit[];
  readonly changes: number;
}

const RUN_HOLD_ROW = z.object({
  state: z.string(),
  exceeded: z.array(EXCEEDED_LIMIT),
  changes: z.number(),
});

/** What a limit held back in this run; `null` where nothing was. */
export async function holdOfRun(
  { statements, connectionId }: Store,
  runId: bigint,
): Promise<RunHoldRow | null> {
  const [row] = await rowsOf(statements, RUN_HOLD_ROW)`
    SELECT state, exceeded, changes FROM hold
    WHERE connection_id = ${connectionId} AND run_id = ${runId} ORDER BY id DESC LIMIT 1`;
  return row ?? null;
}

/** A hold that somebody decided, or that ended by itself. */
export interface PastHold extends RunHoldRow {
  readonly id: bigint;
  readonly openedAt: Date;
  readonly decidedAt: Date | null;
  readonly decidedBy: string | null;
  readonly reason: string | null;
  /** Until when an approval lets its changes through. */
  readonly expiresAt: Date | null;
}

const PAST_HOLD_ROW: z.ZodType<PastHold> = RUN_HOLD_ROW.extend({
  id: z.bigint(),
  openedAt: z.date(),
  decidedAt: z.date().nullable(),
  decidedBy: z.string().nullable(),
  reason: z.string().nullable(),
  expiresAt: z.date().nullable(),
});

/** The holds that do not wait any more, the latest first. */
export async function pastHolds(
  { statements, connectionId }: Store,
  limit: number,
): Promise<readonly PastHold[]> {
  return rowsOf(statements, PAST_HOLD_ROW)`
    SELECT id, state, exceeded, changes, opened_at AS "openedAt", decided_at AS "decidedAt", decided_by AS "decidedBy",
           reason, expires_at AS "expiresAt"
    FROM hold WHERE connection_id = ${connectionId} AND state <> 'waiting' ORDER BY opened_at DESC, id DESC LIMIT ${limit}`;
}
