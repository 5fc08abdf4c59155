import { z } from "zod";
import type { ExceededLimit } from "../../model/hold.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";
import { EXCEEDED_LIMIT } from "../database/shapes.ts";

/** What waits for a person: one at a time, so that what is approved is what was shown. */
export interface WaitingHold {
  readonly id: bigint;
  readonly runId: bigint;
  readonly exceeded: readonly ExceededLimit[];
  /** 64 hexadecimal digits over all held changes; another set of changes is another hash. */
  readonly hash: string;
  readonly changes: number;
  readonly openedAt: Date;
  readonly updatedAt: Date;
}

const WAITING_HOLD_ROW: z.ZodType<WaitingHold> = z.object({
  id: z.bigint(),
  runId: z.bigint(),
  exceeded: z.array(EXCEEDED_LIMIT),
  hash: z.string(),
  changes: z.number(),
  openedAt: z.date(),
  updatedAt: z.date(),
});

/** A change on its way into a hold. */
export interface HeldRow {
  readonly digest: string;
  readonly words: string;
}

const DIGEST_ROW = z.object({ digest: z.string() });

/** The digests of what was approved and not forgotten since. */
export async function approvedChanges(
  { statements, connectionId }: Store,
  now: Date,
): Promise<ReadonlySet<string>> {
  const rows = await rowsOf(statements, DIGEST_ROW)`
    SELECT DISTINCT digest FROM held_change JOIN hold ON hold.id = held_change.hold_id
    WHERE hold.connection_id = ${connectionId} AND hold.state = 'approved' AND hold.expires_at > ${now}`;
  return new Set(rows.map(({ digest }) => digest));
}

const ID_ROW = z.object({ id: z.bigint() });

/** Opens the connection's hold for this run, or takes the waiting one over, emptied. */
export async function openHold(
  { statements, connectionId }: Store,
  runId: bigint,
  exceeded: readonly ExceededLimit[],
  now: Date,
): Promise<bigint> {
  const [row] = await rowsOf(statements, ID_ROW)`
    INSERT INTO hold (connection_id, run_id, exceeded, opened_at, updated_at)
    VALUES (${connectionId}, ${runId}, ${JSON.stringify(exceeded)}::jsonb, ${now}, ${now})
    ON CONFLICT (connection_id) WHERE state = 'waiting'
    DO UPDATE SET run_id = excluded.run_id, exceeded = excluded.exceeded, updated_at = excluded.updated_at
    RETURNING id`;
  if (row === undefined) throw new Error("a hold was neither opened nor found");
  await statements.heldChange.deleteMany({ where: { holdId: row.id } });
  return row.id;
}

export async function addHeldChanges(
  { statements }: Store,
  holdId: bigint,
  rows: readonly HeldRow[],
): Promise<void> {
  if (rows.length === 0) return;
  await statements.$executeRaw`
    INSERT INTO held_change (hold_id, digest, words)
    SELECT ${holdId}, digest, words
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS p("digest" text, "words" text)
    ON CONFLICT (hold_id, digest) DO NOTHING`;
}

/** Counts and hashes the held changes. */
export async function sealHold({ statements }: Store, holdId: bigint): Promise<void> {
  await statements.$executeRaw`
    UPDATE hold SET changes = held.changes, hash = held.hash
    FROM (SELECT count(*)::int AS changes,
                 encode(sha256(convert_to(coalesce(string_agg(digest, '' ORDER BY digest), ''), 'UTF8')), 'hex') AS hash
          FROM held_change WHERE hold_id = ${holdId}) AS held
    WHERE id = ${holdId}`;
}

/** Nothing is held any more: the cause is gone. */
export async function withdrawHold({ statements, connectionId }: Store, now: Date): Promise<void> {
  await statements.hold.updateMany({
    where: { connectionId, state: "waiting" },
    data: { state: "withdrawn", decidedAt: now },
  });
}

export async function waitingHold({ statements, connectionId }: Store): Promise<WaitingHold | null> {
  const [row] = await rowsOf(statements, WAITING_HOLD_ROW)`
    SELECT id, run_id AS "runId", exceeded, hash, changes, opened_at AS "openedAt", updated_at AS "updatedAt"
    FROM hold WHERE connection_id = ${connectionId} AND state = 'waiting'`;
  return row ?? null;
}

/** The first held changes, in words. */
export async function heldWords(
  { statements }: Store,
  holdId: bigint,
  limit: number,
): Promise<readonly string[]> {
  const rows = await statements.heldChange.findMany({
    where: { holdId },
    orderBy: { words: "asc" },
    take: limit,
    select: { words: true },
  });
  return rows.map(({ words }) => words);
}

/** What a person decided of the waiting hold. */
export interface Decision {
  readonly state: "approved" | "rejected";
  readonly by: string;
  readonly reason: string;
  /** Until when an approval lets its changes through. */
  readonly expiresAt: Date;
}

/**
 * Decides the waiting hold, if it still is the one that was shown.
 *
 * @param hash the whole hash that the person saw
 * @returns false where the held changes have moved since, or nothing is held
 */
export async function decideHold(
  { statements, connectionId }: Store,
  hash: string,
  decision: Decision,
  now: Date,
): Promise<boolean> {
  const { count } = await statements.hold.updateMany({
    where: { connectionId, state: "waiting", hash },
    data: {
      state: decision.state,
      decidedAt: now,
      decidedBy: decision.by,
      reason: decision.reason,
      expiresAt: decision.expiresAt,
    },
  });
  return count === 1;
}
