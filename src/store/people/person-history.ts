import { z } from "zod";
import type { EmailKey } from "../../model/email.ts";
import type { Side } from "../../model/side.ts";
import type { Values } from "../../model/value.ts";
import type { Statements } from "../database/database.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";
import { EMAIL_KEY, SIDE, VALUE, VALUES } from "../database/shapes.ts";

/** One operation on one person, as it was sent and as it ended. */
export interface HistoryEntry {
  readonly at: Date;
  readonly runId: bigint;
  readonly side: Side;
  readonly kind: "create" | "update" | "add_to_list" | "remove_from_list" | "opt_out" | "subscribe" | "stamp";
  readonly outcome: string;
  /** Of a write that was done, the fields that the side did not take. */
  readonly refusedFields: readonly string[];
  readonly before: Values;
  readonly after: Values;
}

const HISTORY_ROW: z.ZodType<HistoryEntry> = z.object({
  at: z.date(),
  runId: z.bigint(),
  side: SIDE,
  kind: z.enum(["create", "update", "add_to_list", "remove_from_list", "opt_out", "subscribe", "stamp"]),
  outcome: z.string(),
  refusedFields: z.array(z.string()),
  before: VALUES,
  after: VALUES,
});

const PAST_CONFLICT_ROW = z.object({
  at: z.date(),
  field: z.string(),
  kind: z.string(),
  winner: SIDE,
  won: VALUE,
  lost: VALUE,
});

/** A value that did not stand. */
export type PastConflict = z.infer<typeof PAST_CONFLICT_ROW>;

/** What was ever done to one person, the latest first. */
export interface PersonHistory {
  readonly entries: readonly HistoryEntry[];
  readonly conflicts: readonly PastConflict[];
}

export async function personHistory(
  statements: Statements,
  linkId: bigint,
  limit: number,
): Promise<PersonHistory> {
  const entries = await rowsOf(statements, HISTORY_ROW)`
    SELECT sent_at AS at, run_id AS "runId", side, kind, outcome, refused_fields AS "refusedFields", before, after
    FROM (
      SELECT trace_id, sent_at, run_id, side, kind, outcome, refused_fields, before, after FROM journal
      WHERE link_id = ${linkId}
      UNION ALL
      SELECT trace_id, sent_at, run_id, 'hubspot', 'stamp', outcome, refused_fields, before, after FROM stamp
      WHERE (connection_id, contact) IN (SELECT connection_id, hubspot_id FROM link WHERE id = ${linkId})
    ) AS written ORDER BY sent_at DESC, trace_id LIMIT ${limit}`;
  const conflicts = await rowsOf(statements, PAST_CONFLICT_ROW)`
    SELECT at, field, kind, winner, won, lost FROM conflict
    WHERE link_id = ${linkId} ORDER BY at DESC, field LIMIT ${limit}`;
  return { entries, conflicts };
}

const EMAIL_ROW = z.object({ email: EMAIL_KEY });

/** The address of a link; `null` where the connection has none of that number. */
export async function emailOfLink(
  { statements, connectionId }: Store,
  linkId: bigint,
): Promise<EmailKey | null> {
  const [row] = await rowsOf(statements, EMAIL_ROW)`
    SELECT email_key AS email FROM link WHERE connection_id = ${connectionId} AND id = ${linkId}`;
  return row?.email ?? null;
}
