import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { withConnection } from "../../src/lanes/connection-lease.ts";
import { LANE_TIMES, LaneStuck } from "../../src/lanes/watchdog.ts";
import { daemonHealth } from "../../src/service/daemon-health.ts";
import { startScheduler } from "../../src/service/scheduler.ts";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";

let it: Engine;
beforeEach(async () => void (it = await engine()));
afterEach(async () => {
  vi.useRealTimers();
  await it.fresh.drop();
});

const MINUTE = 60_000;
const running = new AbortController().signal;

test("a process is alive until a run has hung for five minutes, also one whose lane was given up", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
  const health = daemonHealth(it.fresh.database, () => null, running);
  const { promise: hanging, resolve } = Promise.withResolvers<void>();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const ended = withConnection({ ...it.deps(), times: { ...LANE_TIMES, endMs: 20 } }, "test", () => {
    begin();
    return hanging;
  }).catch((error: unknown) => error);
  await begun;
  vi.advanceTimersByTime(2 * MINUTE + 1_000);
  expect(await ended).toBeInstanceOf(LaneStuck);
  vi.advanceTimersByTime(2.9 * MINUTE);
  expect(health.alive()).toBeNull();
  vi.advanceTimersByTime(0.2 * MINUTE);
  expect(health.alive()).toBe("the run of contacts of test has made no progress for 5 min");
  resolve();
  await expect.poll(() => health.alive()).toBeNull();
});

test("a process is ready until nobody has decided for a minute what is due, and while it does not stop", async () => {
  let time = 0;
  let read = Promise.withResolvers<{ readonly now: Date; readonly starts: ReadonlyMap<string, Date> }>();
  let tick = (): void => {};
  const scheduler = startScheduler([], {
    starts: { read: () => read.promise, begin: async () => new Date(), seen: async () => {} },
    failed: () => {},
    clockMoved: () => {},
    clock: { wall: () => time, monotonic: () => time },
    ticker: (ticks) => {
      tick = ticks;
      return { stop: async () => {} };
    },
  });
  const stopping = new AbortController();
  const health = daemonHealth(it.fresh.database, () => scheduler, stopping.signal);
  time += MINUTE - 1;
  expect(health.ready()).toBeNull();
  time += MINUTE;
  expect(health.ready()).toBe("the schedule is stuck: what is due was last decided 120 s ago");
  read.resolve({ now: new Date(), starts: new Map() });
  await expect.poll(() => health.ready()).toBeNull();
  read = Promise.withResolvers();
  tick();
  time += 2 * MINUTE;
  expect(health.ready()).toMatch(/^the schedule is stuck/);
  stopping.abort();
  expect(health.ready()).toBe("stopping");
  read.resolve({ now: new Date(), starts: new Map() });
  await scheduler.stop();
});
