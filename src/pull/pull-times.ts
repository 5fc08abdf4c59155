import type { Side } from "../model/side.ts";
import { forgetCursor, readCursor, saveCursor } from "../store/snapshots/cursors.ts";
import { pulledStream } from "../store/snapshots/comparisons.ts";
import type { Timing } from "../store/snapshots/edit-times.ts";
import { UNTIMED } from "../store/snapshots/edit-times.ts";
import type { RunContext } from "./run-context.ts";
import { atomically } from "../store/database/store.ts";

/** A pull begins. One that was broken off continues from where it was, and so began when that one did. */
export async function beginPull(context: RunContext, side: Side): Promise<void> {
  const { store } = context;
  if ((await readCursor(store, `${side} looking`)) !== null) return;
  await saveCursor(store, `${side} looking`, context.now().toISOString(), context.now());
}

/**
 * A pull is over: what changed before it began, less the side's own lag, has been seen. Not so after a pull from nothing,
 * which shows the members alone: an edit of somebody else may still be unseen.
 */
export async function endPull(context: RunContext, side: Side, sawChanges: boolean): Promise<void> {
  await atomically(context.store, async (store) => {
    const began = await readCursor(store, `${side} looking`);
    await forgetCursor(store, `${side} looking`);
    if (began === null || !sawChanges) return;
    await saveCursor(store, pulledStream(side), began, context.now());
  });
}

/** What a look at a side says of when the values changed that it shows for the first time. */
export async function timingOf(context: RunContext, side: Side): Promise<Timing> {
  const fields = context.fields.filter(({ newest }) => newest).map(({ key }) => key);
  if (fields.length === 0) return UNTIMED;
  const connector = context.connectors[side];
  const pulled = await readCursor(context.store, pulledStream(side));
  const after = pulled === null ? null : new Date(Date.parse(pulled) - connector.contacts.pullLagMs);
  return { fields, after, skewMs: connector.skewMs() };
}
