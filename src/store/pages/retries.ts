import { z } from "zod";
import type { LinkSelection } from "./failing-contacts.ts";
import { selected } from "./failing-contacts.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";

/** What a retry of some contacts would be, told before it is done. */
export interface RetryPreview {
  readonly contacts: number;
  /** Of them, those of which nothing was seen to change since they failed: the same is likely to happen again. */
  readonly unchanged: number;
}

const RETRY_PREVIEW_ROW: z.ZodType<RetryPreview> = z.object({ contacts: z.number(), unchanged: z.number() });

export async function previewRetry(
  { statements, connectionId }: Store,
  selection: LinkSelection,
  now: Date,
): Promise<RetryPreview> {
  const [preview] = await rowsOf(statements, RETRY_PREVIEW_ROW)`
    SELECT count(*)::int AS contacts, (count(*) FILTER (WHERE dirty_since IS NULL))::int AS unchanged
    FROM link WHERE ${selected(connectionId, selection, now)} AND state = 'failing'`;
  return preview ?? { contacts: 0, unchanged: 0 };
}

/** Failing contacts that a person wants tried again with the next run, however often they were. */
export async function retryLinks(
  { statements, connectionId }: Store,
  selection: LinkSelection,
  now: Date,
): Promise<number> {
  return statements.$executeRaw`
    UPDATE link SET dirty_since = ${now}, attempts = 0, retry_at = NULL, retried_at = ${now}, refused = '{}'
    WHERE ${selected(connectionId, selection, now)} AND state = 'failing'`;
}

const RETRY_PROGRESS_ROW = z.object({
  at: z.date(),
  contacts: z.number(),
  waiting: z.number(),
  failedAgain: z.number(),
});

/** How far the latest retry has come. */
export type RetryProgress = z.infer<typeof RETRY_PROGRESS_ROW>;

/** @returns `null` where nobody wanted anything tried since `after` */
export async function retryProgress(
  { statements, connectionId }: Store,
  after: Date,
): Promise<RetryProgress | null> {
  const [progress] = await rowsOf(statements, RETRY_PROGRESS_ROW)`
    WITH latest AS (SELECT max(retried_at) AS at FROM link WHERE connection_id = ${connectionId} AND retried_at > ${after})
    SELECT latest.at, count(*)::int AS contacts, (count(*) FILTER (WHERE dirty_since IS NOT NULL))::int AS waiting,
           (count(*) FILTER (WHERE dirty_since IS NULL AND state = 'failing'))::int AS "failedAgain"
    FROM latest JOIN link ON link.connection_id = ${connectionId} AND link.retried_at = latest.at GROUP BY latest.at`;
  return progress ?? null;
}
