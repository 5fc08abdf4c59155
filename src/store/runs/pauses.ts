import { z } from "zod";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";

/** A person paused a connection. */
export interface Pause {
  readonly by: string;
  readonly at: Date;
  readonly reason: string;
  /** When it ends by itself; `null`: when somebody resumes it. */
  readonly until: Date | null;
}

export const PAUSE_ROW: z.ZodType<Pause> = z.object({
  by: z.string(),
  at: z.date(),
  reason: z.string(),
  until: z.date().nullable(),
});

/** What somebody who pauses says. */
export type NewPause = Omit<Pause, "at">;

/** The pause of a connection; `null` where there is none, or where its time is over. */
export async function readPause({ statements, connectionId }: Store, now: Date): Promise<Pause | null> {
  const [pause] = await rowsOf(statements, PAUSE_ROW)`
    SELECT paused_by AS by, paused_at AS at, paused_reason AS reason, paused_until AS until FROM connection
    WHERE id = ${connectionId} AND paused_at IS NOT NULL AND (paused_until IS NULL OR paused_until > ${now})`;
  return pause ?? null;
}

/** Does it hold at this moment? */
export function holds(pause: Pause | null, now: Date): pause is Pause {
  return pause !== null && (pause.until === null || pause.until > now);
}

/** Pauses a connection; a pause that is there already is replaced. */
export async function pauseConnection(
  { statements, connectionId }: Store,
  { by, reason, until }: NewPause,
  now: Date,
): Promise<void> {
  await statements.$executeRaw`
    UPDATE connection SET paused_at = ${now}, paused_by = ${by}, paused_reason = ${reason}, paused_until = ${until}
    WHERE id = ${connectionId}`;
}

/** @returns false where nothing was paused */
export async function resumeConnection(store: Store, now: Date): Promise<boolean> {
  const pause = await readPause(store, now);
  await store.statements.$executeRaw`
    UPDATE connection SET paused_at = NULL, paused_by = NULL, paused_reason = NULL, paused_until = NULL
    WHERE id = ${store.connectionId}`;
  return pause !== null;
}
