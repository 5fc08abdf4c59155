import { schedule } from "node-cron";

/** Calls back every few seconds, until stopped. */
export type Ticker = (tick: () => void) => { readonly stop: () => Promise<void> };

/** A tick carries no meaning: what is due is decided from the database. One that is lost costs seconds. */
const EVERY = "*/5 * * * * *";
const LOOK_MS = 1_000;
/** node-cron plans each beat by the wall clock, and stands still for as long as that is set back. */
const DRIFT_MS = 2_000;

/** Ticks by node-cron, which is set up anew whenever the wall clock and the monotonic one have come apart. */
export const cronTicker: Ticker = (tick) => {
  const begin = () =>
    schedule(EVERY, tick, { timezone: "UTC", noOverlap: true, suppressMissedWarning: true });
  const apart = (): number => Date.now() - performance.now();
  let task = begin();
  let was = apart();
  const look = setInterval(() => {
    const is = apart();
    if (Math.abs(is - was) < DRIFT_MS) return;
    was = is;
    void task.destroy();
    task = begin();
    tick();
  }, LOOK_MS);
  return {
    async stop() {
      clearInterval(look);
      await task.destroy();
    },
  };
};
