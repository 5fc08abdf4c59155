import { schedule } from "node-cron";

/** Calls back every few seconds, until stopped. */
export type Ticker = (tick: () => void) => { readonly stop: () => Promise<void> };

/** The database decides what is due at each tick, so a lost tick costs only seconds. */
const EVERY_SECONDS = 5;
const CHECK_MS = 1_000;
/** node-cron plans each tick by the wall clock. If that is set back, it would pause for as long. */
const DRIFT_MS = 2_000;

export const cronTicker: Ticker = tickerEvery(EVERY_SECONDS);

/**
 * Ticks by node-cron, set up again whenever the wall clock jumps against the monotonic one.
 *
 * @param seconds a part of a minute
 */
export function tickerEvery(seconds: number): Ticker {
  return (tick) => {
    const begin = () =>
      schedule(`*/${seconds} * * * * *`, tick, {
        timezone: "UTC",
        noOverlap: true,
        suppressMissedWarning: true,
      });
    const apart = (): number => Date.now() - performance.now();
    let task = begin();
    let was = apart();
    const checking = setInterval(() => {
      const is = apart();
      if (Math.abs(is - was) < DRIFT_MS) return;
      was = is;
      void task.destroy();
      task = begin();
      tick();
    }, CHECK_MS);
    return {
      async stop() {
        clearInterval(checking);
        await task.destroy();
      },
    };
  };
}
