import type { ApiHealth } from "../../model/watch/api-health.ts";
import type { PerSide, Side } from "../../model/side.ts";
import type { Store } from "../database/store.ts";
import { z } from "zod";
import { rowsOf } from "../database/rows.ts";
import { SIDE } from "../database/shapes.ts";

/** How calls to a side went, with when that was noted. */
export interface NotedHealth extends ApiHealth {
  readonly notedAt: Date;
}

export async function saveSideHealth(
  { statements, connectionId }: Store,
  side: Side,
  health: ApiHealth,
  now: Date,
): Promise<void> {
  await statements.$executeRaw`
    INSERT INTO side_health (connection_id, side, health, noted_at)
    VALUES (${connectionId}, ${side}, ${JSON.stringify(health)}::jsonb, ${now})
    ON CONFLICT (connection_id, side) DO UPDATE SET health = excluded.health, noted_at = excluded.noted_at`;
}

const READ_SIDE_HEALTH_ROW = z.object({
  side: SIDE,
  health: z.object({
    endpoints: z.array(
      z.object({
        endpoint: z.string(),
        calls: z.number(),
        failed: z.number(),
        p50Ms: z.number().nullable(),
        p95Ms: z.number().nullable(),
        breaker: z.union([
          z.object({ state: z.literal("closed") }),
          z.object({
            state: z.enum(["open", "half_open"]),
            code: z.string(),
            reason: z.string(),
            nextTryAt: z.number(),
          }),
        ]),
      }),
    ),
    paces: z.array(
      z.object({
        name: z.string(),
        windows: z.array(z.object({ perMs: z.number(), allowed: z.number(), left: z.number() })),
        waiting: z.number(),
        pausedMs: z.number(),
      }),
    ),
  }),
  notedAt: z.date(),
});

/** Of both sides; `null` for one that was never called. */
export async function readSideHealth({
  statements,
  connectionId,
}: Store): Promise<PerSide<NotedHealth | null>> {
  const rows = await rowsOf(statements, READ_SIDE_HEALTH_ROW)`
    SELECT side, health, noted_at AS "notedAt" FROM side_health WHERE connection_id = ${connectionId}`;
  const of = (side: Side): NotedHealth | null => {
    const row = rows.find((one) => one.side === side);
    return row === undefined ? null : { ...row.health, notedAt: row.notedAt };
  };
  return { hubspot: of("hubspot"), klaviyo: of("klaviyo") };
}
