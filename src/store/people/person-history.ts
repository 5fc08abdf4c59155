import type { EmailKey } from "../../model/email.ts";
import type { Side } from "../../model/side.ts";
import type { Value, Values } from "../../model/value.ts";
import type { Statements } from "../database/database.ts";
import type { Store } from "../database/store.ts";

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

/** A value that did not stand. */
export interface PastConflict {
  readonly at: Date;
  readonly field: string;
  readonly kind: string;
  readonly winner: Side;
  readonly won: Value;
  readonly lost: Value;
}

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
  const entries = await statements.$queryRaw<HistoryEntry[]>`
    SELECT sent_at AS at, run_id AS "runId", side, kind, outcome, refused_fields AS "refusedFields", before, after
    FROM (
      SELECT trace_id, sent_at, run_id, side, kind, outcome, refused_fields, before, after FROM journal
      WHERE link_id = ${linkId}
      UNION ALL
      SELECT trace_id, sent_at, run_id, 'hubspot', 'stamp', outcome, refused_fields, before, after FROM stamp
      WHERE (connection_id, contact) IN (SELECT connection_id, hubspot_id FROM link WHERE id = ${linkId})
    ) AS written ORDER BY sent_at DESC, trace_id LIMIT ${limit}`;
  const conflicts = await statements.$queryRaw<PastConflict[]>`
    SELECT at, field, kind, winner, won, lost FROM conflict
    WHERE link_id = ${linkId} ORDER BY at DESC, field LIMIT ${limit}`;
  return { entries, conflicts };
}

/** The address of a link; `null` where the connection has none of that number. */
export async function emailOfLink(
  { statements, connectionId }: Store,
  linkId: bigint,
): Promise<EmailKey | null> {
  const [row] = await statements.$queryRaw<{ email: EmailKey }[]>`
    SELECT email_key AS email FROM link WHERE connection_id = ${connectionId} AND id = ${linkId}`;
  return row?.email ?? null;
}
