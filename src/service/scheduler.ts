import { timesOf } from "../mapping/schedule.ts";
import type { Times } from "../mapping/schedule.ts";
import type { NextRun } from "../model/next-run.ts";
import type { LaneStarts } from "../store/runs/lane-starts.ts";
import { isDue, nextRun } from "./due.ts";
import type { LaneMoment } from "./due.ts";
import type { Ticker } from "./ticker.ts";
import { cronTicker } from "./ticker.ts";

/** A lane's work, run when its time comes. */
export interface ScheduledWork {
  readonly name: string;
  /** `every 15m`, or cron fields in `timezone`; `null`: only when asked for. */
  readonly schedule: string | null;
  readonly timezone: string;
  /** Calls `began` once it has begun; work that was not let in stays due. */
  readonly run: (began: () => Promise<void>) => Promise<void>;
}

/** When lanes began, kept in the database for whichever process comes next. */
export interface StartKeeping {
  read(): Promise<LaneStarts>;
  /** A lane begins now; its time. */
  begin(lane: string): Promise<Date>;
  /** A lane that never ran and has its first time still to come. */
  seen(lane: string): Promise<void>;
}

export interface SchedulerDeps {
  readonly starts: StartKeeping;
  /** Called with what a run threw, or when the lane starts could not be read. The scheduler continues. */
  readonly failed: (name: string, error: unknown) => void;
  /** Called when the wall clock jumps against the monotonic one, with the difference in milliseconds. */
  readonly clockMoved: (ms: number) => void;
  readonly ticker?: Ticker;
  readonly clock?: { readonly wall: () => number; readonly monotonic: () => number };
}

/** Lanes that run by the clock, one at a time. */
export interface Scheduler {
  /** Runs it now, after what is running; at most one waits. */
  runNow(name: string): void;
  /** When each runs next. */
  nextRuns(): readonly NextRun[];
  /** Milliseconds since the scheduler last decided what is due. */
  decidedAgoMs(): number;
  /** No new run begins; resolves when the one under way has ended. */
  stop(): Promise<void>;
}

/** A smaller jump of the wall clock within one tick is not reported. */
const CLOCK_MOVED_MS = 60_000;

const CLOCK = { wall: Date.now, monotonic: () => performance.now() };

/**
 * Runs each piece of work when it is due. All of one connection share its quota and its lease, so they take turns: what
 * comes due while something runs is run once after it, not once for every time it was due.
 */
export function startScheduler(
  works: readonly ScheduledWork[],
  { starts, failed, clockMoved, ticker = cronTicker, clock = CLOCK }: SchedulerDeps,
): Scheduler {
  const due = new Set<string>();
  const own = new Map<string, { readonly at: number; readonly monotonic: number }>();
  const timed = works.flatMap(({ name, schedule, timezone }) =>
    schedule === null ? [] : [{ name, schedule, timezone, times: timesOf(schedule) }],
  );
  /** Given a turn, and not begun yet. */
  let starting: string | null = null;
  let running: Promise<void> | null = null;
  let stopped = false;
  let deciding = false;
  let known: LaneStarts | null = null;
  let knownAt = clock.monotonic();
  let apart = clock.wall() - clock.monotonic();

  const begin = async (name: string): Promise<void> => {
    starting = null;
    const at = await starts.begin(name);
    own.set(name, { at: at.getTime(), monotonic: clock.monotonic() });
  };
  /** How many turns had been given when a lane last had its own. */
  const turns = new Map<string, number>();
  /**
   * The first lane goes before the others. Of those, the one that has waited longest goes first: a lane that is due again
   * whenever it ends would otherwise keep the ones behind it from ever running.
   */
  const next = (): ScheduledWork | undefined => {
    const waiting = works.filter(({ name }) => due.has(name));
    if (waiting[0] === works[0]) return waiting[0];
    const turnOf = ({ name }: ScheduledWork): number => turns.get(name) ?? 0;
    return waiting.toSorted((one, other) => turnOf(one) - turnOf(other))[0];
  };
  let given = 0;
  const drain = async (): Promise<void> => {
    for (;;) {
      const work = next();
      if (work === undefined || stopped) return;
      due.delete(work.name);
      turns.set(work.name, (given += 1));
      starting = work.name;
      try {
        await work.run(() => begin(work.name));
      } catch (error) {
        failed(work.name, error);
      } finally {
        starting = null;
      }
    }
  };
  const runNow = (name: string): void => {
    if (stopped) return;
    due.add(name);
    running ??= drain().finally(() => void (running = null));
  };
  const momentOf = (name: string, { now, starts: all }: LaneStarts): LaneMoment => {
    const startedAt = all.get(name) ?? null;
    const mine = own.get(name);
    const isOwn = mine !== undefined && mine.at === startedAt?.getTime();
    return { now, startedAt, sinceOwnMs: isOwn ? clock.monotonic() - mine.monotonic : null };
  };
  const watchClock = (): void => {
    const is = clock.wall() - clock.monotonic();
    if (Math.abs(is - apart) > CLOCK_MOVED_MS) clockMoved(is - apart);
    apart = is;
  };
  const decide = async (): Promise<void> => {
    known = await starts.read();
    knownAt = clock.monotonic();
    for (const { name, times, timezone } of timed) {
      const moment = momentOf(name, known);
      if (moment.startedAt === null && times.kind === "cron") await starts.seen(name);
      if (name !== starting && isDue(times, timezone, moment)) runNow(name);
    }
  };
  const tick = (): void => {
    watchClock();
    if (deciding || stopped) return;
    deciding = true;
    decide()
      .catch((error: unknown) => failed("schedule", error))
      .finally(() => void (deciding = false));
  };
  const ticking = ticker(tick);
  // Runs that were missed while no process ran are caught up at the start.
  tick();
  const nextOf = (name: string, times: Times, timezone: string): Date | null => {
    if (known === null) return null;
    const now = new Date(known.now.getTime() + clock.monotonic() - knownAt);
    return nextRun(times, timezone, momentOf(name, { ...known, now }));
  };
  return {
    runNow,
    nextRuns: () =>
      timed.map(({ times, ...lane }) => ({ ...lane, at: nextOf(lane.name, times, lane.timezone) })),
    decidedAgoMs: () => clock.monotonic() - knownAt,
    async stop() {
      stopped = true;
      await ticking.stop();
      await running;
    },
  };
}
