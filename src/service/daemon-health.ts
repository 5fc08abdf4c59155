import type { Database } from "../store/database/database.ts";
import { stuckRuns } from "../lanes/connection-lease.ts";
import type { Scheduler } from "./scheduler.ts";

/** Whether this process lives and can work: `null`, or the reason why not, for its operator. */
export interface DaemonHealth {
  /** A restart helps where this tells of something. */
  alive(): string | null;
  /** The process does not need a restart, but it cannot work now. */
  ready(): string | null;
}

/** The watchdog ends a run after two minutes; one that still hangs after five is not going to end. */
const STUCK_MS = 5 * 60_000;
/** A dozen ticks in which nobody could tell what is due. */
const UNDECIDED_MS = 60_000;

/** @param scheduler `null` where this process has none, or not yet */
export function daemonHealth(
  database: Database,
  scheduler: () => Scheduler | null,
  stopping: AbortSignal,
): DaemonHealth {
  return {
    // A stuck event loop does not get here. Then nothing answers, which tells the same.
    alive() {
      const stuck = [...stuckRuns(database, STUCK_MS)].map(
        ([name, ms]) => `the run of ${name} has made no progress for ${Math.round(ms / 60_000)} min`,
      );
      return stuck.length === 0 ? null : stuck.join("; ");
    },
    ready() {
      if (stopping.aborted) return "stopping";
      const ms = scheduler()?.decidedAgoMs() ?? 0;
      return ms < UNDECIDED_MS
        ? null
        : `the schedule is stuck: what is due was last decided ${Math.round(ms / 1_000)} s ago`;
    },
  };
}
