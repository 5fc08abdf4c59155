import { z } from "zod";
import type { Side } from "../../model/side.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";
import { SIDE } from "../database/shapes.ts";

/** Calls of one day of a system's daily quota. */
export interface ApiDay {
  readonly side: Side;
  readonly calls: number;
  /** Tandem's part of the day; `null` where the system has not told its limit. */
  readonly allowed: number | null;
  readonly endsAt: Date;
}

const API_DAY_ROW: z.ZodType<ApiDay> = z.object({
  side: SIDE,
  calls: z.number(),
  allowed: z.number().nullable(),
  endsAt: z.date(),
});

/** Days are kept for so long, to show how much Tandem used. */
const KEPT_DAYS = 30;

const CALLS_ROW = z.object({ calls: z.number() });

/**
 * Adds calls to a day before they are made. One statement, so that two processes never count one call as another's.
 *
 * @param day `2026-11-30`, in the time zone of the account
 * @returns how many there are now, these included
 */
export async function addApiCalls(
  { statements, connectionId }: Store,
  side: Side,
  day: string,
  { calls, allowed, endsAt }: Omit<ApiDay, "side">,
): Promise<number> {
  const rows = await rowsOf(statements, CALLS_ROW)`
    WITH old AS (
      DELETE FROM api_day
      WHERE connection_id = ${connectionId} AND side = ${side} AND day < ${day}::date - ${KEPT_DAYS}::int
    )
    INSERT INTO api_day AS known (connection_id, side, day, calls, allowed, ends_at)
    VALUES (${connectionId}, ${side}, ${day}::date, ${calls}, ${allowed}, ${endsAt})
    ON CONFLICT (connection_id, side, day) DO UPDATE
      SET calls = known.calls + excluded.calls, allowed = coalesce(excluded.allowed, known.allowed),
          ends_at = excluded.ends_at
    RETURNING calls`;
  return rows[0]?.calls ?? calls;
}

/** The days that are not over, of the systems that have a daily quota. */
export async function apiDays({ statements, connectionId }: Store, now: Date): Promise<readonly ApiDay[]> {
  return rowsOf(statements, API_DAY_ROW)`
    SELECT DISTINCT ON (side) side, calls, allowed, ends_at AS "endsAt" FROM api_day
    WHERE connection_id = ${connectionId} AND ends_at > ${now} ORDER BY side, day DESC`;
}
