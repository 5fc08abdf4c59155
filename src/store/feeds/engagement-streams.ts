import type { Channel, EngagementKind } from "../../model/engagement.ts";
import type { Store } from "../database/store.ts";

/** How wide a look is: from the watermark on, or so far back that late events are found. */
export type Pass = "fast" | "hourly" | "nightly" | "weekly" | "backfill";

/** Where a reading continues, and since when that is known. */
export interface PageCursor {
  readonly at: Date;
  readonly value: string;
}

/** A pass under way. It is kept until its window is read to the end, however often it is broken off. */
export interface OpenPass {
  readonly pass: Pass;
  readonly from: Date;
  readonly begun: Date;
  /** `null` at the beginning. */
  readonly cursor: PageCursor | null;
}

/** Older events that a larger back-fill asks for: those from `from` up to the stream's floor, oldest first. */
export interface OlderPass {
  readonly from: Date;
  /** When the mapping was first seen to ask for them. */
  readonly since: Date;
  /** `null` at the beginning. */
  readonly cursor: PageCursor | null;
}

/** How far one metric is read. */
export interface EngagementStream {
  readonly metricId: string;
  readonly name: string;
  readonly kind: EngagementKind;
  readonly channel: Channel;
  /** Nothing that happened before is read. */
  readonly floor: Date;
  readonly watermark: Date | null;
  readonly hourlyAt: Date | null;
  readonly nightlyAt: Date | null;
  readonly weeklyAt: Date | null;
  readonly open: OpenPass | null;
  readonly older: OlderPass | null;
}

/**
 * Since when each kind is read: what was said when it was first asked for, however often it is asked for later. A metric
 * that shows only with its first event begins where its kind began.
 *
 * @param kinds the ones that the mapping names
 * @param first where those begin of which nothing was said yet
 */
export async function engagementBegins(
  { statements, connectionId }: Store,
  kinds: readonly string[],
  first: Date,
): Promise<ReadonlyMap<string, Date>> {
  const data = kinds.map((kind) => ({ connectionId, kind, at: first }));
  await statements.engagementBegin.createMany({ data, skipDuplicates: true });
  const rows = await statements.engagementBegin.findMany({ where: { connectionId } });
  return new Map(rows.map(({ kind, at }) => [kind, at]));
}

/** By kind, since when events are kept: those from before were removed. */
export async function engagementKeptFrom({
  statements,
  connectionId,
}: Store): Promise<ReadonlyMap<string, Date>> {
  const rows = await statements.engagementBegin.findMany({ where: { connectionId } });
  return new Map(rows.flatMap(({ kind, keptFrom }) => (keptFrom === null ? [] : [[kind, keptFrom]])));
}

/** The streams of a connection, by metric. */
export async function readStreams({
  statements,
  connectionId,
}: Store): Promise<ReadonlyMap<string, EngagementStream>> {
  const rows = await statements.engagementStream.findMany({ where: { connectionId } });
  return new Map(
    rows.map((row) => {
      const { metricId, name, floor, watermark, hourlyAt, nightlyAt, weeklyAt } = row;
      const kind = row.kind as EngagementKind;
      const channel = row.channel as Channel;
      const { pass, passFrom: from, passBegun: begun } = row;
      const cursor = cursorOf(row.passCursor, row.passCursorAt);
      const open =
        pass === null || from === null || begun === null ? null : { pass: pass as Pass, from, begun, cursor };
      const older = olderOf(row);
      return [
        metricId,
        { metricId, name, kind, channel, floor, watermark, hourlyAt, nightlyAt, weeklyAt, open, older },
      ];
    }),
  );
}

function olderOf({
  olderFrom: from,
  olderSince: since,
  olderCursor: value,
  olderCursorAt: at,
}: {
  readonly olderFrom: Date | null;
  readonly olderSince: Date | null;
  readonly olderCursor: string | null;
  readonly olderCursorAt: Date | null;
}): OlderPass | null {
  if (from === null || since === null) return null;
  return { from, since, cursor: cursorOf(value, at) };
}

function cursorOf(value: string | null, at: Date | null): PageCursor | null {
  return value === null || at === null ? null : { value, at };
}

/** Belongs in the transaction that stores what was read up to there. */
export async function saveStream(
  { statements, connectionId }: Store,
  stream: EngagementStream,
): Promise<void> {
  const { metricId, open, older, ...rest } = stream;
  const row = {
    ...rest,
    pass: open?.pass ?? null,
    passFrom: open?.from ?? null,
    passBegun: open?.begun ?? null,
    passCursor: open?.cursor?.value ?? null,
    passCursorAt: open?.cursor?.at ?? null,
    olderFrom: older?.from ?? null,
    olderSince: older?.since ?? null,
    olderCursor: older?.cursor?.value ?? null,
    olderCursorAt: older?.cursor?.at ?? null,
  };
  await statements.engagementStream.upsert({
    where: { connectionId_metricId: { connectionId, metricId } },
    create: { connectionId, metricId, ...row },
    update: row,
  });
}
