import { expect, test } from "vitest";
import type { ScheduledWork, Scheduler } from "../../src/service/scheduler.ts";
import { startScheduler } from "../../src/service/scheduler.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const TICK_MS = 5 * SECOND;

interface Wanted {
  readonly schedule: string;
  readonly timezone?: string;
  readonly from: string;
}

/** A machine with its own database, whose clocks are the test's. */
class Machine {
  wall: number;
  monotonic = 0;
  readonly ran: string[] = [];
  /** The same by the clock that never jumps. */
  readonly ranAt: number[] = [];
  readonly moved: number[] = [];
  readonly failures: unknown[] = [];
  readonly kept = new Map<string, Date>();
  busy = false;
  #tick: () => void = () => {};
  #scheduler: Scheduler | null = null;
  readonly #wanted: Wanted;

  constructor(wanted: Wanted) {
    this.#wanted = wanted;
    this.wall = Date.parse(wanted.from);
  }

  get scheduler(): Scheduler {
    if (this.#scheduler === null) throw new Error("nothing runs");
    return this.#scheduler;
  }

  async start(): Promise<this> {
    const { schedule, timezone = "UTC" } = this.#wanted;
    const work: ScheduledWork = {
      name: "lane",
      schedule,
      timezone,
      run: async (began) => {
        if (this.busy) return;
        await began();
        this.ranAt.push(this.monotonic);
        this.ran.push(new Date(this.wall).toISOString().slice(0, 19));
      },
    };
    this.#scheduler = startScheduler([work], {
      starts: {
        read: async () => ({ now: new Date(this.wall), starts: new Map(this.kept) }),
        begin: async (lane) => {
          this.kept.set(lane, new Date(this.wall));
          return new Date(this.wall);
        },
        seen: async (lane) => void this.kept.set(lane, this.kept.get(lane) ?? new Date(this.wall)),
      },
      failed: (_name, error) => void this.failures.push(error),
      clockMoved: (ms) => void this.moved.push(ms),
      ticker: (tick) => {
        this.#tick = tick;
        return { stop: async () => {} };
      },
      clock: { wall: () => this.wall, monotonic: () => this.monotonic },
    });
    await settled();
    return this;
  }

  /** Lives through so much time, ticking. */
  async live(ms: number, tickMs = TICK_MS): Promise<void> {
    for (let gone = 0; gone < ms; gone += tickMs) {
      this.wall += tickMs;
      this.monotonic += tickMs;
      this.#tick();
      await settled();
    }
  }

  /** Time goes by, and nobody ticks: stopped by a signal. */
  suspended(ms: number): void {
    this.wall += ms;
    this.monotonic += ms;
  }

  async restart(): Promise<void> {
    await this.scheduler.stop();
    await this.start();
  }
}

const machine = (wanted: Wanted): Promise<Machine> => new Machine(wanted).start();
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
/** Between each run and the next, in seconds. */
const gaps = (ran: readonly string[]): readonly number[] =>
  ran.slice(1).map((at, index) => (Date.parse(`${at}Z`) - Date.parse(`${ran[index] ?? ""}Z`)) / SECOND);

const ZONES = [
  ["Europe/Tallinn", "2026-10-24T22:00:00Z", "2026-03-28T22:00:00Z"],
  ["Europe/Berlin", "2026-10-24T22:00:00Z", "2026-03-28T22:00:00Z"],
  ["America/New_York", "2026-11-01T03:00:00Z", "2026-03-08T04:00:00Z"],
  ["Australia/Lord_Howe", "2026-04-04T13:00:00Z", "2026-10-03T13:00:00Z"],
] as const;

test.each(ZONES.flatMap(([zone, autumn, spring]) => [[zone, autumn] as const, [zone, spring] as const]))(
  "an interval of a minute stays one when the clocks change: %s from %s",
  async (timezone, from) => {
    const it = await machine({ schedule: "every 1m", timezone, from });
    await it.live(6 * HOUR);
    expect(it.ran.length).toBe(361);
    expect(new Set(gaps(it.ran))).toEqual(new Set([60]));
    expect(it.moved).toEqual([]);
  },
);

test.each(
  ZONES.flatMap(([zone, autumn, spring]) =>
    ["30 1 * * *", "45 1 * * *", "15 2 * * *", "30 2 * * *", "0 3 * * *", "30 3 * * *"].flatMap(
      (schedule) => [[schedule, zone, autumn] as const, [schedule, zone, spring] as const],
    ),
  ),
)(
  "a nightly run comes once in each of three nights when the clocks change: %s in %s from %s",
  async (schedule, timezone, from) => {
    const noon = new Date(Date.parse(from) - 12 * HOUR).toISOString();
    const it = await machine({ schedule, timezone, from: noon });
    await it.live(24 * HOUR, MINUTE);
    expect(it.ran.length).toBe(1);
    await it.live(24 * HOUR, MINUTE);
    expect(it.ran.length).toBe(2);
    for (const gap of gaps(it.ran)) expect(Math.abs(gap - 24 * 3_600)).toBeLessThanOrEqual(3_600);
  },
);

test("a time that does not exist is the next one that does, and one that exists twice is its first", async () => {
  const spring = await machine({
    schedule: "30 2 * * *",
    timezone: "Europe/Berlin",
    from: "2026-03-28T12:00:00Z",
  });
  await spring.live(24 * HOUR, MINUTE);
  expect(spring.ran).toEqual(["2026-03-29T01:00:00"]);
  const autumn = await machine({
    schedule: "30 2 * * *",
    timezone: "Europe/Berlin",
    from: "2026-10-24T12:00:00Z",
  });
  await autumn.live(24 * HOUR, MINUTE);
  expect(autumn.ran).toEqual(["2026-10-25T00:30:00"]);
});

test.each([-20 * MINUTE, 20 * MINUTE])(
  "a clock that is set by %i ms is told once, and an interval goes on as if it had not been",
  async (step) => {
    const it = await machine({ schedule: "every 1m", from: "2026-11-30T10:00:00Z" });
    await it.live(10 * MINUTE + 30 * SECOND);
    it.wall += step;
    await it.live(10 * MINUTE);
    expect(it.ranAt).toEqual(Array.from({ length: 21 }, (_, run) => run * MINUTE));
    expect(it.moved).toEqual([step]);
  },
);

test("a clock that is set back while another process runs the lane holds nothing up either", async () => {
  const it = await machine({ schedule: "every 5m", from: "2026-11-30T10:00:00Z" });
  // Another process began it, so that only the database knows.
  it.kept.set("lane", new Date(it.wall + 1));
  it.wall -= 20 * MINUTE;
  await it.live(TICK_MS);
  expect(it.ran.length).toBe(2);
  await it.live(5 * MINUTE);
  expect(it.ran.length).toBe(3);
});

test("a nightly run comes once though the clock is set back over its time", async () => {
  const it = await machine({ schedule: "0 3 * * *", from: "2026-11-30T02:00:00Z" });
  await it.live(65 * MINUTE);
  expect(it.ran.length).toBe(1);
  it.wall -= 20 * MINUTE;
  await it.live(3 * HOUR, MINUTE);
  expect(it.ran.length).toBe(1);
});

test.each([10 * SECOND, 8 * HOUR, 50 * HOUR])(
  "a nightly run that was due while the process was suspended, for %i ms, is caught up once",
  async (ms) => {
    const it = await machine({ schedule: "0 3 * * *", from: "2026-11-30T02:00:00Z" });
    await it.live(HOUR - TICK_MS);
    expect(it.ran).toEqual([]);
    it.suspended(ms);
    await it.live(10 * MINUTE);
    expect(it.ran.length).toBe(1);
  },
);

test("a nightly run that was due while nobody ran is caught up once at the next start, and the first start waits for its night", async () => {
  const it = await machine({ schedule: "0 3 * * *", from: "2026-11-30T02:00:00Z" });
  await it.live(10 * MINUTE);
  expect(it.ran).toEqual([]);
  it.suspended(30 * HOUR);
  await it.restart();
  expect(it.ran.length).toBe(1);
  await it.restart();
  await it.live(HOUR);
  expect(it.ran.length).toBe(1);
});

test("an interval is counted from the last start, whichever process that was", async () => {
  const it = await machine({ schedule: "every 15m", from: "2026-11-30T10:00:00Z" });
  expect(it.ran).toEqual(["2026-11-30T10:00:00"]);
  await it.live(7 * MINUTE);
  await it.restart();
  expect(it.scheduler.nextRuns()).toMatchObject([
    { schedule: "every 15m", at: new Date("2026-11-30T10:15:00Z") },
  ]);
  await it.live(8 * MINUTE);
  expect(it.ran).toEqual(["2026-11-30T10:00:00", "2026-11-30T10:15:00"]);
});

test("a lane that was not let in stays due, and runs as soon as it is", async () => {
  const it = await machine({ schedule: "every 15m", from: "2026-11-30T10:00:00Z" });
  it.busy = true;
  await it.live(20 * MINUTE);
  expect(it.ran.length).toBe(1);
  it.busy = false;
  await it.live(TICK_MS);
  expect(it.ran.length).toBe(2);
  await it.live(14 * MINUTE);
  expect(it.ran.length).toBe(2);
});

test("the next run of a night is the next that exists", async () => {
  const it = await machine({
    schedule: "30 2 * * *",
    timezone: "Europe/Berlin",
    from: "2026-03-28T12:00:00Z",
  });
  expect(it.scheduler.nextRuns()).toMatchObject([{ at: new Date("2026-03-29T01:00:00Z") }]);
});

test("a lane that is due again whenever it ends keeps no other from its turn, and the first lane goes before all", async () => {
  const order: string[] = [];
  const lane = (name: string): ScheduledWork => ({
    name,
    schedule: null,
    timezone: "UTC",
    run: async () => {
      order.push(name);
      await settled();
      if (name === "contacts" && order.length < 6) scheduler.runNow("contacts");
      if (order.length === 3) scheduler.runNow("consent");
    },
  });
  const scheduler = startScheduler(["consent", "contacts", "reconcile", "engagement"].map(lane), {
    starts: {
      read: async () => ({ now: new Date(0), starts: new Map() }),
      begin: async () => new Date(0),
      seen: async () => {},
    },
    failed: (_name, error) => expect.unreachable(String(error)),
    clockMoved: () => {},
    ticker: () => ({ stop: async () => {} }),
  });
  for (const name of ["contacts", "reconcile", "engagement"]) scheduler.runNow(name);
  while (order.length < 5) await settled();
  await scheduler.stop();
  expect(order.slice(0, 5)).toEqual(["contacts", "reconcile", "engagement", "consent", "contacts"]);
});
