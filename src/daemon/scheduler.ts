import { schedule } from "node-cron";

/** A lane's work, run when its time comes. */
export interface ScheduledWork {
  readonly name: string;
  /** Five fields, in `timezone`; `null`: only when asked for. */
  readonly cron: string | null;
  readonly timezone: string;
  readonly run: () => Promise<void>;
}

/** A lane's next turn; `null` where its times are over. */
export interface NextRun {
  readonly name: string;
  readonly cron: string;
  readonly timezone: string;
  readonly at: Date | null;
}

/** Lanes that run by the clock, one at a time. */
export interface Scheduler {
  /** Runs it now, after what is running; at most one waits. */
  runNow(name: string): void;
  /** When each runs next by the clock. */
  nextRuns(): readonly NextRun[];
  /** No new run begins; resolves when the one under way has ended. */
  stop(): Promise<void>;
}

/**
 * Runs each piece of work at its times. All of one connection share its quota and its lease, so they take turns: what
 * comes due while something runs is run once after it, not once for every time it was due.
 *
 * @param failed told of what a run threw; the schedule goes on
 */
export function startScheduler(
  works: readonly ScheduledWork[],
  failed: (name: string, error: unknown) => void,
): Scheduler {
  const due = new Set<string>();
  let running: Promise<void> | null = null;
  let stopped = false;

  const drain = async (): Promise<void> => {
    for (;;) {
      const work = works.find(({ name }) => due.has(name));
      if (work === undefined || stopped) return;
      due.delete(work.name);
      try {
        await work.run();
      } catch (error) {
        failed(work.name, error);
      }
    }
  };
  const runNow = (name: string): void => {
    if (stopped) return;
    due.add(name);
    running ??= drain().finally(() => void (running = null));
  };
  const timed = works.flatMap(({ name, cron, timezone }) =>
    cron === null
      ? []
      : [{ name, cron, timezone, task: schedule(cron, () => runNow(name), { name, timezone }) }],
  );
  return {
    runNow,
    nextRuns: () => timed.map(({ task, ...lane }) => ({ ...lane, at: task.getNextRun() })),
    async stop() {
      stopped = true;
      for (const { task } of timed) await task.destroy();
      await running;
    },
  };
}
