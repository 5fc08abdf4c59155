import { Cron } from "croner";
import type { Times } from "../mapping/schedule.ts";

/** A lane at one moment, by the database's clock. */
export interface LaneMoment {
  readonly now: Date;
  /** `null`: it never ran. */
  readonly startedAt: Date | null;
  /** Milliseconds since this process began the lane, by a monotonic clock; `null` where another process did, or none. */
  readonly sinceOwnMs: number | null;
}

/** A start further ahead than this is not waited for: the clock was wrong then, or is now. */
const AHEAD_OF_INTERVAL_MS = 60_000;
const AHEAD_OF_CRON_MS = 60 * 60_000;

/**
 * Whether a lane is due. An interval is a duration since the last start. A cron expression was missed if its last time is
 * later than that. So a run that was missed, while no process ran or the computer slept, is caught up once.
 */
export function isDue(times: Times, timezone: string, { now, startedAt, sinceOwnMs }: LaneMoment): boolean {
  if (startedAt === null) return times.kind === "every";
  const elapsed = now.getTime() - startedAt.getTime();
  if (times.kind === "every") {
    // A wall clock that was set changes nothing of an interval that this process measures itself.
    if (sinceOwnMs !== null) return sinceOwnMs >= times.ms;
    return elapsed >= times.ms || elapsed < -AHEAD_OF_INTERVAL_MS;
  }
  if (elapsed < -AHEAD_OF_CRON_MS) return true;
  const last = calculator(times.cron, timezone).previousRuns(1, new Date(now.getTime() + 1))[0];
  return last !== undefined && last > startedAt;
}

/** When a lane runs next; `null` where its times are over. */
export function nextRun(times: Times, timezone: string, moment: LaneMoment): Date | null {
  const { now, startedAt, sinceOwnMs } = moment;
  if (isDue(times, timezone, moment)) return now;
  if (times.kind === "cron") return calculator(times.cron, timezone).nextRun(now);
  const elapsed = sinceOwnMs ?? now.getTime() - (startedAt ?? now).getTime();
  return new Date(now.getTime() + times.ms - elapsed);
}

/** croner knows time zones: a time that does not exist is the next one that does, one that exists twice is its first. */
function calculator(cron: string, timezone: string): Cron {
  return new Cron(cron, { timezone, paused: true });
}
