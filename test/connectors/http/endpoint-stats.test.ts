import { describe, expect, test } from "vitest";
import { circuitBreaker } from "../../../src/connectors/http/circuit-breaker.ts";
import { endpointStats } from "../../../src/connectors/http/endpoint-stats.ts";
import { rateLimiter } from "../../../src/connectors/http/rate-limiter.ts";
import { SystemUnavailable } from "../../../src/model/problem.ts";
import type { MadeCall } from "../../../src/model/watch/api-health.ts";

const HOUR_MS = 3_600_000;

function stats() {
  let time = 0;
  const told: MadeCall[] = [];
  const made = endpointStats(
    () => time,
    (call) => void told.push(call),
  );
  return {
    told,
    made,
    wait: (ms: number) => void (time += ms),
    /** A call that takes so long and ends so; 0: without an answer. */
    call: (status: number | null, ms: number) =>
      made.timed(
        "search",
        () => {
          time += ms;
          return Promise.resolve(status);
        },
        () => status,
      ),
  };
}

describe("the calls of the last hour", () => {
  test("have the times that they took, within a tenth", async () => {
    const { made, call } = stats();
    for (let at = 0; at < 90; at += 1) await call(200, 100);
    for (let at = 0; at < 10; at += 1) await call(200, 4_000);
    const [search] = made.lastHour();
    expect(search).toMatchObject({ endpoint: "search", calls: 100, failed: 0 });
    expect(Math.abs((search?.p50Ms ?? 0) - 100)).toBeLessThan(11);
    expect(Math.abs((search?.p95Ms ?? 0) - 4_000)).toBeLessThan(400);
  });

  test.each([
    [200, 0, "2xx"],
    [404, 0, "4xx"],
    [409, 0, "4xx"],
    [401, 1, "4xx"],
    [403, 1, "4xx"],
    [429, 1, "429"],
    [503, 1, "5xx"],
    [0, 1, "none"],
  ])("count a %d as failed or not: what is wrong with one request is not", async (status, failed, kind) => {
    const { made, call, told } = stats();
    await call(status, 10);
    expect(made.lastHour()).toMatchObject([{ calls: 1, failed }]);
    expect(told).toMatchObject([{ endpoint: "search", status: kind, failed: failed === 1 }]);
  });

  test("do not hold what was never sent, and nothing of the hour before", async () => {
    const { made, call, wait } = stats();
    await call(null, 10);
    expect(made.lastHour()).toEqual([]);
    await call(500, 10);
    wait(HOUR_MS / 2);
    await call(200, 10);
    expect(made.lastHour()).toMatchObject([{ calls: 2, failed: 1 }]);
    wait(HOUR_MS / 2 + 60_000);
    expect(made.lastHour()).toMatchObject([{ calls: 1, failed: 0 }]);
  });

  test("count an answer that turned out not to be one, and no more failures than calls", async () => {
    const { made, call } = stats();
    await call(200, 10);
    made.spoilt("search");
    made.spoilt("search");
    expect(made.lastHour()).toMatchObject([{ calls: 1, failed: 1 }]);
  });
});

describe("a circuit breaker", () => {
  const problem = {
    code: "HS-DOWN",
    level: "connection",
    side: "hubspot",
    field: null,
    title: "HubSpot does not answer",
    explanation: "",
    fix: [],
    retry: "soon",
    reference: null,
  } as const;

  test("is closed, then open until its next try, then half open until a call succeeds", () => {
    let time = 1_000_000;
    const breaker = circuitBreaker({ now: () => time, steady: () => time - 1_000_000 });
    expect(breaker.state()).toEqual({ state: "closed" });
    breaker.trip(new SystemUnavailable("hubspot", problem, 60_000));
    expect(breaker.state()).toEqual({
      state: "open",
      code: "HS-DOWN",
      reason: "HubSpot does not answer",
      nextTryAt: 1_060_000,
    });
    expect(() => breaker.pass()).toThrow("HS-DOWN");
    time += 60_000;
    expect(breaker.state().state).toBe("half_open");
    breaker.pass();
    expect(breaker.state().state).toBe("half_open");
    breaker.trip(new SystemUnavailable("hubspot", problem, 60_000));
    expect(breaker.state().state).toBe("open");
    time += 60_000;
    breaker.pass();
    breaker.worked();
    expect(breaker.state()).toEqual({ state: "closed" });
  });
});

test("a rate limiter tells what of Tandem's share is left, and for how long nothing goes", async () => {
  const limiter = rateLimiter([{ name: "burst", kind: "rolling", calls: 100, perMs: 10_000 }], {
    share: 0.6,
    now: () => 5,
    sleep: () => Promise.resolve(),
  });
  await limiter.take(new AbortController().signal);
  limiter.pause(2_000);
  expect(limiter.state()).toEqual({
    windows: [{ perMs: 10_000, allowed: 60, left: 59 }],
    waiting: 0,
    pausedMs: 2_000,
  });
});
