import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ConnectionBusy, stuckRuns, withConnection } from "../../src/lanes/connection-lease.ts";
import type { Deps } from "../../src/lanes/deps.ts";
import { LANE_TIMES, LaneStuck } from "../../src/lanes/watchdog.ts";
import { openDatabase } from "../../src/store/database/database.ts";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { TEST_KEYS } from "../support/test-keys.ts";

let it: Engine;
beforeEach(async () => void (it = await engine()));
afterEach(async () => {
  vi.useRealTimers();
  await it.fresh.drop();
});

const left = async (): Promise<number> => {
  const [row] = await it.fresh.database.$queryRaw<{ ms: number }[]>`
    SELECT (extract(epoch FROM expires_at - now()) * 1000)::float8 AS ms FROM lease`;
  return row?.ms ?? 0;
};

test("work that lasts longer than a lease keeps it all the while, and gives it back", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  await withConnection(it.deps(), "test", async () => {
    await it.fresh.database.$executeRaw`UPDATE lease SET expires_at = now() + interval '1 second'`;
    vi.advanceTimersByTime(60_000);
    await expect.poll(left).toBeGreaterThan(10_000);
    await expect(withConnection(it.deps(), "test", async () => {})).rejects.toThrow(ConnectionBusy);
  });
  expect(vi.getTimerCount()).toBe(0);
  expect(await left()).toBeLessThan(0);
});

test("who has lost the lease does not take it back by prolonging it", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  await withConnection(it.deps(), "test", async () => {
    await it.fresh.database
      .$executeRaw`UPDATE lease SET token = token + 1, expires_at = now() + interval '1 second'`;
    vi.advanceTimersByTime(60_000);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await left()).toBeLessThan(1_000);
  });
});

/** The watchdog's own times, but what was told to end has not long for it. */
const times = { ...LANE_TIMES, endMs: 20 };
const hanging = (): Promise<never> => new Promise<never>(() => {});
const virtually = (): void => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
};

/** Begins work that waits for something for ever, and waits until it has the lease. */
async function begin(work: (deps: Deps) => void = () => {}): Promise<{ readonly ended: Promise<unknown> }> {
  const { promise: begun, resolve } = Promise.withResolvers<void>();
  const ended = withConnection({ ...it.deps(), times }, "test", (leased) => {
    work(leased);
    resolve();
    return hanging();
  }).catch((error: unknown) => error);
  await begun;
  return { ended };
}

test("two minutes without progress end the work, and the next one has the lease, whatever the work still waits for", async () => {
  virtually();
  const { ended } = await begin();
  vi.advanceTimersByTime(119_000);
  expect(await left()).toBeGreaterThan(10_000);
  vi.advanceTimersByTime(2_000);
  expect(await ended).toBeInstanceOf(LaneStuck);
  expect(await left()).toBeLessThan(0);
  expect(await withConnection(it.deps(), "test", async () => "worked")).toBe("worked");
});

test.each([
  ["a page", (own: Deps) => own.progress({ step: "read", side: null, done: 1, total: null })],
  ["a request to a vendor", (own: Deps) => void own.connectors.hubspot.account(own.signal)],
])("%s is progress", async (_what, progress) => {
  virtually();
  let own: Deps | null = null;
  const { ended } = await begin((deps) => void (own = deps));
  for (let each = 0; each < 3; each += 1) {
    vi.advanceTimersByTime(100_000);
    if (own !== null) progress(own);
  }
  vi.advanceTimersByTime(119_000);
  expect(stuckRuns(it.fresh.database, 115_000).size).toBe(1);
  expect(await left()).toBeGreaterThan(0);
  vi.advanceTimersByTime(2_000);
  expect(await ended).toBeInstanceOf(LaneStuck);
});

test("work that is ended is told so by its signals, and where it does not end it is known to be stuck", async () => {
  virtually();
  let reason: unknown = null;
  const { ended } = await begin(({ signal }) => {
    signal.addEventListener("abort", () => void (reason = signal.reason));
  });
  vi.advanceTimersByTime(121_000);
  expect(await ended).toBe(reason);
  expect(reason).toBeInstanceOf(LaneStuck);
  vi.advanceTimersByTime(300_000);
  expect([...stuckRuns(it.fresh.database, 300_000).keys()]).toEqual(["contacts of test"]);
});

test("a lease is not prolonged without progress", async () => {
  virtually();
  const { ended } = await begin();
  // The watchdog itself does not come: nothing but the beat is left.
  vi.spyOn(AbortController.prototype, "abort").mockImplementation(() => {});
  vi.advanceTimersByTime(119_000);
  await expect.poll(left).toBeGreaterThan(10_000);
  await it.fresh.database
    .$executeRaw`UPDATE lease SET token = token, expires_at = now() + interval '1 second'`;
  const hold = vi.spyOn(it.fresh.database, "$executeRaw");
  vi.advanceTimersByTime(60_000);
  expect(hold).not.toHaveBeenCalled();
  vi.restoreAllMocks();
  void ended;
});

test("a process knows its own lease again that it could not give up, and no other process takes it", async () => {
  await withConnection(it.deps(), "test", async () => {});
  await it.fresh.database.$executeRaw`UPDATE lease SET expires_at = now() + interval '1 minute'`;
  const other = openDatabase(it.fresh.url, { keys: () => TEST_KEYS });
  await expect(withConnection({ ...it.deps(), database: other }, "test", async () => {})).rejects.toThrow(
    ConnectionBusy,
  );
  await other.$disconnect();
  expect(await withConnection(it.deps(), "test", async () => "again")).toBe("again");
});

test("work that does not end after a stop is left, and the lease is given up", async () => {
  const stop = new AbortController();
  const work = withConnection({ ...it.deps(), times, signal: stop.signal }, "test", hanging);
  work.catch(() => {});
  stop.abort(new Error("stopped"));
  await expect(work).rejects.toThrow("stopped");
  expect(await left()).toBeLessThan(0);
});
