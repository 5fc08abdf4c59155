import type { ApiHealth } from "../../model/watch/api-health.ts";
import type { PerSide, Side } from "../../model/side.ts";
import type { Statements } from "../database/database.ts";

/** How calls to a side went, with when that was noted. */
export interface NotedHealth extends ApiHealth {
  readonly notedAt: Date;
}

export async function saveSideHealth(
  statements: Statements,
  connectionId: number,
  side: Side,
  health: ApiHealth,
  now: Date,
): Promise<void> {
  await statements.$executeRaw`
    INSERT INTO side_health (connection_id, side, health, noted_at)
    VALUES (${connectionId}, ${side}, ${JSON.stringify(health)}::jsonb, ${now})
    ON CONFLICT (connection_id, side) DO UPDATE SET health = excluded.health, noted_at = excluded.noted_at`;
}

/** Of both sides; `null` for one that was never called. */
export async function readSideHealth(
  statements: Statements,
  connectionId: number,
): Promise<PerSide<NotedHealth | null>> {
  const rows = await statements.$queryRaw<{ side: Side; health: ApiHealth; notedAt: Date }[]>`
    SELECT side, health, noted_at AS "notedAt" FROM side_health WHERE connection_id = ${connectionId}`;
  const of = (side: Side): NotedHealth | null => {
    const row = rows.find((one) => one.side === side);
    return row === undefined ? null : { ...row.health, notedAt: row.notedAt };
  };
  return { hubspot: of("hubspot"), klaviyo: of("klaviyo") };
}
