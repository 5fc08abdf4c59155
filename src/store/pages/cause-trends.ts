import { z } from "zod";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";

/** How a cause moves: contacts that met it first within the last day, and within the day before. */
export interface CauseTrend {
  readonly code: string;
  readonly lastDay: number;
  readonly dayBefore: number;
}

/** What failing contacts can be filtered by, and how the causes move. */
export interface FailingFacets {
  readonly trends: readonly CauseTrend[];
  /** Keys of fields that problems are about. */
  readonly fields: readonly string[];
}

const DAY_MS = 86_400_000;

const FACET_ROW = z.object({
  code: z.string(),
  lastDay: z.number(),
  dayBefore: z.number(),
  fields: z.array(z.string()),
});

export async function readFacets({ statements, connectionId }: Store, now: Date): Promise<FailingFacets> {
  const dayAgo = new Date(now.getTime() - DAY_MS);
  const twoDaysAgo = new Date(now.getTime() - 2 * DAY_MS);
  const rows = await rowsOf(statements, FACET_ROW)`
    SELECT code, array_agg(DISTINCT field) AS fields,
           count(DISTINCT link_id) FILTER (WHERE first_seen > ${dayAgo})::int AS "lastDay",
           count(DISTINCT link_id) FILTER (WHERE first_seen > ${twoDaysAgo} AND first_seen <= ${dayAgo})::int AS "dayBefore"
    FROM problem JOIN link ON link.id = problem.link_id
    WHERE problem.connection_id = ${connectionId} AND link.connection_id = ${connectionId}
      AND link.state IN ('failing', 'ignored') GROUP BY code`;
  const fields = new Set(rows.flatMap((row) => row.fields).filter((field) => field !== ""));
  return {
    trends: rows.map(({ code, lastDay, dayBefore }) => ({ code, lastDay, dayBefore })),
    fields: [...fields].toSorted((one, other) => one.localeCompare(other, "en")),
  };
}
