import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rateLimiter } from "../../../src/connectors/http/rate-limiter.ts";
import type { RateWindow } from "../../../src/connectors/http/rate-limiter.ts";
import { circuitBreaker } from "../../../src/connectors/http/circuit-breaker.ts";
import { SystemUnavailable } from "../../../src/model/problem.ts";
import type { Problem } from "../../../src/model/problem.ts";
import { virtualTime } from "../virtual-time.ts";

const never = new AbortController().signal;
const burst: RateWindow = { name: "burst", kind: "rolling", calls: 100, perMs: 10_000 };

const DOWN: Problem = {
  code: "HS-DOWN",
  level: "connection",
  side: "hubspot",
  field: null,
  title: "HubSpot did not answer",
  explanation: "",
  fix: [],
  retry: "soon",
  reference: null,
};

async function times(windows: readonly RateWindow[], calls: number, share = 1): Promise<number[]> {
  const time = virtualTime(0);
  const rate = rateLimiter(windows, { ...time, share });
  const gone: number[] = [];
  for (let call = 0; call < calls; call += 1) {
    await rate.take(never);
    gone.push(time.now());
  }
  return gone;
}

describe("the rate limiter", () => {
  it("lets no more calls through than a rolling window allows, whatever the stretch", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 5_000 }),
        fc.double({ min: 0.1, max: 1, noNaN: true }),
        fc.array(fc.integer({ min: 0, max: 700 }), { maxLength: 60 }),
        async (calls, perMs, share, pauses) => {
          const time = virtualTime(0);
          const rate = rateLimiter([{ name: "w", kind: "rolling", calls, perMs }], { ...time, share });
          const gone: number[] = [];
          for (const pause of pauses) {
            time.advance(pause);
            await rate.take(never);
            gone.push(time.now());
          }
          const allowed = Math.max(1, Math.floor(calls * share));
          for (const from of gone) {
            expect(gone.filter((at) => at >= from && at < from + perMs).length).toBeLessThanOrEqual(allowed);
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it("wastes nothing: 250 calls at 100 in 10 s take 20 s", async () => {
    const gone = await times([burst], 250);
    expect(gone.at(-1)).toBe(20_000);
  });

  it("obeys the narrower of two windows at each moment", async () => {
    const second: RateWindow = { name: "second", kind: "rolling", calls: 10, perMs: 1_000 };
    const minute: RateWindow = { name: "minute", kind: "rolling", calls: 30, perMs: 60_000 };
    const gone = await times([second, minute], 31);
    expect([gone[10], gone[20], gone[30]]).toEqual([1_000, 2_000, 60_000]);
  });

  it("starts again at the edges of a fixed window", async () => {
    const gone = await times([{ name: "w", kind: "fixed", calls: 2, perMs: 1_000 }], 5);
    expect(gone).toEqual([0, 0, 1_000, 1_000, 2_000]);
  });

  it("uses its share only, and less than one call a window becomes one call in a longer time", async () => {
    expect((await times([burst], 51, 0.5)).at(-1)).toBe(10_000);
    expect(await times([{ name: "w", kind: "rolling", calls: 4, perMs: 1_000 }], 2, 0.1)).toEqual([0, 2_500]);
    expect(() => rateLimiter([burst], { ...virtualTime(), share: 0 })).toThrow(RangeError);
  });

  it("leaves the room that others have taken", async () => {
    const time = virtualTime(0);
    const rate = rateLimiter([burst], { ...time, share: 1 });
    await rate.take(never);
    rate.learn("burst", { remaining: 1 });
    await rate.take(never);
    expect(time.now()).toBe(0);
    await rate.take(never);
    expect(time.now()).toBe(10_000);
  });

  it("learns the vendor's limit and the edge of its window, and ignores a window it does not have", async () => {
    const time = virtualTime(0);
    const rate = rateLimiter([{ name: "w", kind: "fixed", calls: 5, perMs: 1_000 }], { ...time, share: 1 });
    rate.learn("w", { calls: 1 });
    rate.learn("daily", { remaining: 0 });
    await rate.take(never);
    rate.learn("w", { resetInMs: 300 });
    await rate.take(never);
    expect(time.now()).toBe(300);
  });

  it("lets nothing go before a pause is over, and a shorter pause does not cut it", async () => {
    const time = virtualTime(0);
    const rate = rateLimiter([burst], { ...time, share: 1 });
    rate.pause(7_000);
    rate.pause(2_000);
    await rate.take(never);
    expect(time.now()).toBe(7_000);
  });

  it("holds nobody longer where the wall clock is set back, by its windows or by a pause", async () => {
    const time = virtualTime(0);
    let set = 0;
    const timing = { now: () => time.now() + set, steady: time.now, sleep: time.sleep };
    const rate = rateLimiter([{ name: "w", kind: "rolling", calls: 1, perMs: 1_000 }], {
      ...timing,
      share: 1,
    });
    await rate.take(never);
    set = -20 * 60_000;
    await rate.take(never);
    expect(time.now()).toBe(1_000);
    rate.pause(3_000);
    set = -40 * 60_000;
    await rate.take(never);
    expect(time.now()).toBe(4_000);
    const breaker = circuitBreaker(timing);
    breaker.trip(new SystemUnavailable("hubspot", DOWN, 5_000, undefined));
    set = -60 * 60_000;
    time.advance(5_001);
    expect(() => breaker.pass()).not.toThrow();
  });

  it("serves in the order of asking, and one who gives up holds nobody up", async () => {
    const time = virtualTime(0);
    const rate = rateLimiter([{ name: "w", kind: "rolling", calls: 1, perMs: 1_000 }], { ...time, share: 1 });
    const order: string[] = [];
    const leaving = new AbortController();
    const requested = [
      rate.take(never).then(() => order.push("first")),
      rate.take(leaving.signal).catch(() => order.push("left")),
      rate.take(never).then(() => order.push("second")),
      rate.take(never).then(() => order.push("third")),
    ];
    leaving.abort(new Error("stopped"));
    await Promise.all(requested);
    expect(order).toEqual(["first", "left", "second", "third"]);
    expect(time.now()).toBe(2_000);
  });

  it("serves one who asks the moment the queue has run empty", async () => {
    const rate = rateLimiter([burst], { ...virtualTime(0), share: 1 });
    for (let call = 0; call < 50; call += 1) {
      await rate.take(never);
      await Promise.resolve();
    }
    const last = Promise.all([rate.take(never), Promise.resolve().then(() => rate.take(never))]);
    await expect(last).resolves.toHaveLength(2);
  });
});
