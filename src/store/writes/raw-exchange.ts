import { z } from "zod";
import type { Side } from "../../model/side.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";
import { SIDE } from "../database/shapes.ts";

/** One operation as it went over the wire, in the mapping's fields: what was read, sent, and came back. */
export interface RawExchange {
  readonly traceId: string;
  readonly runId: bigint;
  readonly side: Side;
  readonly kind: string;
  readonly outcome: string;
  readonly sentAt: Date;
  readonly settledAt: Date | null;
  /** What the target showed, and what the other side did. */
  readonly before: unknown;
  readonly source: unknown;
  readonly after: unknown;
  readonly problem: unknown;
  readonly refusedFields: readonly string[];
  /** Is what came back, and what the other side showed, still kept? */
  readonly rawKept: boolean;
}

const RAW_EXCHANGE_ROW: z.ZodType<RawExchange> = z.object({
  traceId: z.string(),
  runId: z.bigint(),
  side: SIDE,
  kind: z.string(),
  outcome: z.string(),
  sentAt: z.date(),
  settledAt: z.date().nullable(),
  before: z.unknown(),
  source: z.unknown(),
  after: z.unknown(),
  problem: z.unknown(),
  refusedFields: z.array(z.string()),
  rawKept: z.boolean(),
});

/** The latest of one link first. */
export async function rawExchanges(
  { statements, connectionId }: Store,
  linkId: bigint,
  limit: number,
): Promise<readonly RawExchange[]> {
  return rowsOf(statements, RAW_EXCHANGE_ROW)`
    SELECT trace_id::text AS "traceId", run_id AS "runId", side, journal.kind, outcome, sent_at AS "sentAt",
           journal.settled_at AS "settledAt", before, source, after, problem, refused_fields AS "refusedFields",
           raw_kept AS "rawKept"
    FROM journal JOIN link ON link.id = journal.link_id JOIN run ON run.id = journal.run_id
    WHERE link.connection_id = ${connectionId} AND link_id = ${linkId}
    ORDER BY sent_at DESC, trace_id LIMIT ${limit}`;
}
