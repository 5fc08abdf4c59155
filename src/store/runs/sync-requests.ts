import { z } from "zod";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";

const SYNC_REQUEST_ROW = z.object({ by: z.string(), at: z.date() });

/** Somebody wants a run of the contact lane now. */
export type SyncRequest = z.infer<typeof SYNC_REQUEST_ROW>;

/** Kept until a run takes it, whichever process that is in; asked for twice it is still one. */
export async function requestSync({ statements, connectionId }: Store, by: string, now: Date): Promise<void> {
  await statements.$executeRaw`
    UPDATE connection SET sync_asked_at = ${now}, sync_asked_by = ${by} WHERE id = ${connectionId}`;
}

export async function waitingSync({ statements, connectionId }: Store): Promise<SyncRequest | null> {
  const [request] = await rowsOf(statements, SYNC_REQUEST_ROW)`
    SELECT sync_asked_by AS by, sync_asked_at AS at FROM connection
    WHERE id = ${connectionId} AND sync_asked_at IS NOT NULL`;
  return request ?? null;
}

/** Takes the sync request. The run that takes it is the one that was asked for. */
export async function takeSync({ statements, connectionId }: Store): Promise<SyncRequest | null> {
  const [request] = await rowsOf(statements, SYNC_REQUEST_ROW)`
    WITH asked AS (SELECT id, sync_asked_by, sync_asked_at FROM connection WHERE id = ${connectionId} FOR UPDATE)
    UPDATE connection SET sync_asked_at = NULL, sync_asked_by = NULL FROM asked
    WHERE connection.id = asked.id AND asked.sync_asked_at IS NOT NULL
    RETURNING asked.sync_asked_by AS by, asked.sync_asked_at AS at`;
  return request ?? null;
}
