import { z } from "zod";
import { Prisma } from "../generated/client.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";
import { EMAIL_KEY, SIDE, VALUE } from "../database/shapes.ts";

const UNDOABLE_CONFLICT_ROW = z.object({
  id: z.bigint(),
  linkId: z.bigint(),
  email: EMAIL_KEY,
  field: z.string(),
  winner: SIDE,
  won: VALUE,
  lost: VALUE,
  at: z.date(),
  undo: z.enum(["waiting", "done", "moved"]).nullable(),
});

/** A value that did not stand, and whether somebody wants it back. */
export type UndoableConflict = z.infer<typeof UNDOABLE_CONFLICT_ROW>;

const CONFLICTS = Prisma.sql`
  SELECT conflict.id, link_id AS "linkId", link.email_key AS email, field, winner, won, lost, conflict.at,
         conflict_undo.state AS undo
  FROM conflict JOIN link ON link.id = conflict.link_id LEFT JOIN conflict_undo ON conflict_id = conflict.id`;

/** Of one link, the latest first. */
export async function conflictsOf(
  { statements, connectionId }: Store,
  linkId: bigint,
  limit: number,
): Promise<readonly UndoableConflict[]> {
  return rowsOf(statements, UNDOABLE_CONFLICT_ROW)`${CONFLICTS}
    WHERE link.connection_id = ${connectionId} AND link_id = ${linkId} ORDER BY conflict.at DESC, field LIMIT ${limit}`;
}

export async function conflictOf(
  { statements, connectionId }: Store,
  id: bigint,
): Promise<UndoableConflict | null> {
  const [found] = await rowsOf(statements, UNDOABLE_CONFLICT_ROW)`${CONFLICTS}
    WHERE link.connection_id = ${connectionId} AND conflict.id = ${id}`;
  return found ?? null;
}

/** Wants the losing value back with the next run; once. */
export async function requestUndo(
  { statements }: Store,
  conflictId: bigint,
  by: string,
  now: Date,
): Promise<number> {
  return statements.$executeRaw`
    INSERT INTO conflict_undo (conflict_id, asked_by, asked_at) VALUES (${conflictId}, ${by}, ${now})
    ON CONFLICT (conflict_id) DO NOTHING`;
}

/** What is wanted back and not settled yet, the oldest first. */
export async function waitingUndos(
  { statements, connectionId }: Store,
  limit: number,
): Promise<readonly UndoableConflict[]> {
  return rowsOf(statements, UNDOABLE_CONFLICT_ROW)`${CONFLICTS}
    WHERE link.connection_id = ${connectionId} AND conflict_undo.state = 'waiting'
    ORDER BY conflict_undo.asked_at, conflict.id LIMIT ${limit}`;
}

/** It was put back, or somebody had changed it since. */
export async function settleUndos(
  { statements }: Store,
  ids: readonly bigint[],
  state: "done" | "moved",
  now: Date,
): Promise<void> {
  if (ids.length === 0) return;
  await statements.$executeRaw`
    UPDATE conflict_undo SET state = ${state}, settled_at = ${now} WHERE conflict_id = ANY(${[...ids]}::bigint[])`;
}
