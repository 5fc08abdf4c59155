import type { Store } from "../database/store.ts";

/** Where a stream continues reading, or `null` where it has not begun. */
export async function readCursor(
  { statements, connectionId }: Store,
  stream: string,
): Promise<string | null> {
  const row = await statements.cursor.findUnique({
    where: { connectionId_stream: { connectionId, stream } },
  });
  return row?.value ?? null;
}

/** Belongs in the transaction that stores what was read up to there: then a lost page is read again, never skipped. */
export async function saveCursor(
  { statements, connectionId }: Store,
  stream: string,
  value: string,
  now: Date,
): Promise<void> {
  await statements.cursor.upsert({
    where: { connectionId_stream: { connectionId, stream } },
    create: { connectionId, stream, value, movedAt: now },
    update: { value, movedAt: now },
  });
}

/** Streams whose name begins so, by the rest of their name. */
export async function readCursors(
  { statements, connectionId }: Store,
  prefix: string,
): Promise<ReadonlyMap<string, string>> {
  const rows = await statements.cursor.findMany({ where: { connectionId, stream: { startsWith: prefix } } });
  return new Map(rows.map(({ stream, value }) => [stream.slice(prefix.length), value]));
}

/** All streams start over, except those whose name begins with `kept`: a changed mapping reads everything again. */
export async function forgetCursors({ statements, connectionId }: Store, kept: string): Promise<void> {
  await statements.cursor.deleteMany({ where: { connectionId, NOT: { stream: { startsWith: kept } } } });
}

/** The streams whose name begins so begin again. */
export async function forgetStreams({ statements, connectionId }: Store, beginning: string): Promise<void> {
  await statements.cursor.deleteMany({ where: { connectionId, stream: { startsWith: beginning } } });
}

export async function forgetCursor({ statements, connectionId }: Store, stream: string): Promise<void> {
  await statements.cursor.deleteMany({ where: { connectionId, stream } });
}
