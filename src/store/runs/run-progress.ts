import { z } from "zod";
import type { Side } from "../../model/side.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";
import { SIDE } from "../database/shapes.ts";

/** How far the run under way has come. */
export interface RunProgress {
  readonly step: "read" | "look_up" | "link" | "compare" | "write";
  readonly side: Side | null;
  readonly done: number;
  /** `null` until it is known. */
  readonly total: number | null;
  /** Since when it does this, with how much done then: of a step's rate, what was done before tells nothing. */
  readonly since: Date;
  readonly from: number;
  readonly at: Date;
}

/** Keeps how far a connection's run has come; there is one at a time, since all share a lease. */
export async function saveProgress(
  { statements, connectionId }: Store,
  progress: RunProgress,
): Promise<void> {
  await statements.$executeRaw`
    UPDATE run SET progress = ${JSON.stringify(progress)}::jsonb
    WHERE connection_id = ${connectionId} AND result = 'running'`;
}

/** A run under way, with how far it has come where that was told. */
export interface RunningRun {
  readonly id: string;
  readonly kind: string;
  readonly startedAt: Date;
  readonly progress: RunProgress | null;
}

const RUNNING_ROW = z.object({
  kind: z.string(),
  startedAt: z.date(),
  id: z.bigint(),
  progress: z
    .object({
      side: SIDE.nullable(),
      step: z.enum(["read", "look_up", "link", "compare", "write"]),
      done: z.number(),
      total: z.number().nullable(),
      from: z.number().default(0),
      since: z.string(),
      at: z.string(),
    })
    .nullable(),
});

/** The latest run that has not ended. */
export async function readRunning({ statements, connectionId }: Store): Promise<RunningRun | null> {
  const [row] = await rowsOf(
    statements,
    RUNNING_ROW,
  )`SELECT id, kind, started_at AS "startedAt", progress FROM run
    WHERE connection_id = ${connectionId} AND result = 'running' ORDER BY started_at DESC LIMIT 1`;
  if (row === undefined) return null;
  const { id, progress, ...rest } = row;
  if (progress === null) return { ...rest, id: String(id), progress: null };
  const times = { since: new Date(progress.since), at: new Date(progress.at) };
  return { ...rest, id: String(id), progress: { ...progress, ...times } };
}
