import { z } from "zod";
import type { PerSide, Side } from "../../model/side.ts";
import { SIDES, perSide } from "../../model/side.ts";
import { forgetCursor, readCursor, saveCursor } from "./cursors.ts";
import type { SightingRow } from "./sightings.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";

/** A full comparison that has begun and is not over. */
export interface Comparison {
  readonly began: Date;
  /** When the last pull of changes before it began; `null` where there was none, so that nothing can have been missed. */
  readonly pulled: PerSide<Date | null>;
}

const UNDER_WAY = "comparison";
/** By side: both are read at once. */
const MISSED: PerSide<string> = {
  hubspot: "comparison missed hubspot",
  klaviyo: "comparison missed klaviyo",
};

/** The stream that remembers when the last whole pull of a side's changes began. */
export function pulledStream(side: Side): string {
  return `${side} looked`;
}

/** Read before the streams are forgotten: when were the changes of each side last pulled? */
export async function lastPulls(store: Store): Promise<Comparison["pulled"]> {
  const [hubspot, klaviyo] = [
    await readCursor(store, pulledStream("hubspot")),
    await readCursor(store, pulledStream("klaviyo")),
  ];
  const times = { hubspot, klaviyo };
  return perSide((side) => (times[side] === null ? null : new Date(times[side])));
}

/** From now on everybody linked is to be read. It survives a kill: the next run continues. */
export async function beginComparison(store: Store, comparison: Comparison): Promise<void> {
  await saveCursor(store, UNDER_WAY, JSON.stringify(comparison), comparison.began);
  for (const side of SIDES) await forgetCursor(store, MISSED[side]);
}

export async function comparisonUnderWay(store: Store): Promise<Comparison | null> {
  const stored = await readCursor(store, UNDER_WAY);
  if (stored === null) return null;
  const { began, pulled } = JSON.parse(stored) as { began: string; pulled: PerSide<string | null> };
  return {
    began: new Date(began),
    pulled: perSide((side) => (pulled[side] === null ? null : new Date(pulled[side]))),
  };
}

/** @returns how many changes the incremental path had missed */
export async function endComparison(store: Store): Promise<number> {
  let missed = 0;
  for (const side of SIDES) {
    missed += Number((await readCursor(store, MISSED[side])) ?? 0);
    await forgetCursor(store, MISSED[side]);
  }
  await forgetCursor(store, UNDER_WAY);
  return missed;
}

const MISSED_ROW = z.object({ missed: z.number() });

/**
 * Before a page of a comparison is stored: counts the linked contacts whose change an earlier pull should have shown and
 * did not, and notes that all of the page were read.
 *
 * @param lagMs how long before a pull a change must have been made for that pull to show it
 */
export async function compareRead(
  store: Store,
  rows: readonly SightingRow[],
  { began, pulled }: Comparison,
  lagMs: number,
  now: Date,
): Promise<void> {
  const { statements, connectionId } = store;
  const [first] = rows;
  if (first === undefined) return;
  const { side } = first;
  const ids = rows.map(({ id }) => id);
  const last = pulled[side];
  if (last !== null) {
    const before = new Date(last.getTime() - lagMs);
    const page = JSON.stringify(rows);
    const [found] = await rowsOf(statements, MISSED_ROW)`
      SELECT count(*)::int AS missed
      FROM jsonb_to_recordset(${page}::jsonb)
        AS page("id" text, "email" text, "fields" jsonb, "consent" jsonb, "updatedAt" timestamptz)
      JOIN sighting AS known
        ON known.connection_id = ${connectionId} AND known.side = ${side} AND known.external_id = page.id
      WHERE known.link_id IS NOT NULL AND known.read_at IS NOT NULL AND known.read_at < ${began}
        AND page."updatedAt" >= known.updated_at AND page."updatedAt" < ${before}
        AND (known.email_key IS DISTINCT FROM page.email
          OR known.consent IS DISTINCT FROM NULLIF(page.consent, 'null'::jsonb)
          OR EXISTS (SELECT FROM jsonb_each(page.fields) AS shown
                     WHERE known.fields -> shown.key IS DISTINCT FROM shown.value AND known.fields ? shown.key))`;
    const missed = found?.missed ?? 0;
    if (missed > 0) {
      const earlier = Number((await readCursor(store, MISSED[side])) ?? 0);
      await saveCursor(store, MISSED[side], String(earlier + missed), now);
    }
  }
  await statements.sighting.updateMany({
    where: { connectionId, side, externalId: { in: ids } },
    data: { readAt: now },
  });
}
