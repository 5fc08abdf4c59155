import type {
  EngagementStream,
  OlderPass,
  OpenPass,
  PageCursor,
  Pass,
} from "../../store/feeds/engagement-streams.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * Events come late: most within minutes, some after days (seen up to 17 days). So the past is read again,
 * the further back the more seldom (CONTRACT.md, Late changes).
 */
const OVERLAP_MS = 2 * HOUR_MS;

interface Sweep {
  readonly pass: Exclude<Pass, "fast" | "backfill">;
  readonly everyMs: number;
  readonly backMs: number;
}

/** The widest first: when it is due, it replaces the narrower ones. */
const SWEEPS: readonly Sweep[] = [
  { pass: "weekly", everyMs: 7 * DAY_MS, backMs: 30 * DAY_MS },
  { pass: "nightly", everyMs: DAY_MS, backMs: 7 * DAY_MS },
  { pass: "hourly", everyMs: HOUR_MS, backMs: DAY_MS },
];

/** As long a person nobody knew may yet become a contact, and a changed mapping decides again. */
export const NIGHTLY_WINDOW_MS = 7 * DAY_MS;

/** A cursor that was left for so long may be forgotten by its maker: its window is read from the beginning. */
const CURSOR_LIVES_MS = DAY_MS;

/** The next pass over a metric, or the one that was broken off. */
export function nextPass(stream: EngagementStream, now: Date): OpenPass {
  const { open, watermark, floor } = stream;
  if (open !== null) {
    return isStale(open.cursor, now) ? { ...open, begun: now, cursor: null } : open;
  }
  if (watermark === null) return { pass: "backfill", from: floor, begun: now, cursor: null };
  const sweep = SWEEPS.find((one) => isDue(lastOf(stream, one.pass), one.everyMs, now));
  const overlap = watermark.getTime() - OVERLAP_MS;
  const from = Math.min(overlap, sweep === undefined ? overlap : now.getTime() - sweep.backMs);
  return {
    pass: sweep?.pass ?? "fast",
    from: new Date(Math.max(floor.getTime(), from)),
    begun: now,
    cursor: null,
  };
}

/**
 * The stream after a pass has read its window to the end: that pass, and every narrower one, has been done.
 *
 * @param latest the latest event that is seen and not too new to have all before it; `null` where there is none
 */
export function afterPass(stream: EngagementStream, done: OpenPass, latest: Date | null): EngagementStream {
  const { begun, pass } = done;
  const reached = stream.watermark ?? stream.floor;
  const wide = SWEEPS.findIndex((one) => one.pass === pass);
  const covers = (name: Sweep["pass"]): boolean =>
    pass === "backfill" || (wide !== -1 && wide <= SWEEPS.findIndex((one) => one.pass === name));
  return {
    ...stream,
    open: null,
    watermark: latest !== null && latest > reached ? latest : reached,
    hourlyAt: covers("hourly") ? begun : stream.hourlyAt,
    nightlyAt: covers("nightly") ? begun : stream.nightlyAt,
    weeklyAt: covers("weekly") ? begun : stream.weeklyAt,
  };
}

/** Where a metric begins that was never read: now, or at the beginning of the UTC day so many days ago. */
export function firstFloor(backfillDays: number | null, now: Date): Date {
  if (backfillDays === null) return now;
  const back = now.getTime() - backfillDays * DAY_MS;
  return new Date(back - (back % DAY_MS));
}

/**
 * The older events that the mapping asks for and that were not read yet; `null` where there are none. A reading under way
 * continues while the mapping asks for the same, however many days that takes; for anything else it begins again.
 *
 * @param keptFrom what happened before was removed and is not read again
 */
export function nextOlder(
  { floor, older }: EngagementStream,
  backfillDays: number | null,
  keptFrom: Date | null,
  now: Date,
): OlderPass | null {
  const wantedFrom = (at: Date): Date =>
    new Date(Math.max(firstFloor(backfillDays, at).getTime(), keptFrom?.getTime() ?? 0));
  if (older !== null && wantedFrom(older.since).getTime() === older.from.getTime()) {
    return isStale(older.cursor, now) ? { ...older, cursor: null } : older;
  }
  const from = wantedFrom(now);
  return from < floor ? { from, since: now, cursor: null } : null;
}

/** UTC days, `yyyy-mm-dd`: from the first up to and without the other. */
export interface WholeDays {
  readonly from: string;
  readonly until: string;
}

/** The UTC days of a window that lie wholly after the floor, today's included: `null` where there is none. */
export function wholeDays({ floor }: EngagementStream, from: Date, now: Date): WholeDays | null {
  const first = Math.max(ceilDay(floor.getTime()), from.getTime() - (from.getTime() % DAY_MS));
  const until = now.getTime() - (now.getTime() % DAY_MS) + DAY_MS;
  return first < until ? { from: dayOf(first), until: dayOf(until) } : null;
}

/** The UTC days that are whole once the older events are read, the one in which the reading began so far included. */
export function olderDays({ floor }: EngagementStream, { from }: OlderPass): WholeDays {
  return { from: dayOf(ceilDay(from.getTime())), until: dayOf(ceilDay(floor.getTime())) };
}

function isStale(cursor: PageCursor | null, now: Date): boolean {
  return cursor !== null && now.getTime() - cursor.at.getTime() > CURSOR_LIVES_MS;
}

function ceilDay(time: number): number {
  return Math.ceil(time / DAY_MS) * DAY_MS;
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

function lastOf(stream: EngagementStream, pass: Sweep["pass"]): Date | null {
  return { hourly: stream.hourlyAt, nightly: stream.nightlyAt, weekly: stream.weeklyAt }[pass];
}

function isDue(last: Date | null, everyMs: number, now: Date): boolean {
  return last === null || now.getTime() - last.getTime() >= everyMs;
}
