import { describe, expect, it } from "vitest";
import { backoffMs, callWithRetry, retryAfterMs } from "../../../src/connectors/http/retry.ts";
import type { RetryDecision } from "../../../src/connectors/http/retry.ts";
import { virtualTime } from "../virtual-time.ts";

const never = new AbortController().signal;

/** A call that fails so many times and then answers. */
function failing(
  times: number,
  error: Error = new Error("busy"),
): { call: () => Promise<string>; made: () => number } {
  let made = 0;
  return {
    made: () => made,
    async call() {
      made += 1;
      if (made <= times) throw error;
      return "answer";
    },
  };
}

const retry = (waitMs: number, attempts: number) => (): RetryDecision => ({ retry: true, waitMs, attempts });

describe("callWithRetry", () => {
  it("waits what the policy says, and answers once the call does", async () => {
    const time = virtualTime();
    const { call, made } = failing(2);
    const answer = await callWithRetry(call, {
      classify: retry(10_000, 5),
      sleep: time.sleep,
      signal: never,
    });
    expect([answer, made(), time.slept]).toEqual(["answer", 3, [10_000, 10_000]]);
  });

  it("throws the last failure as it was when the attempts are used up", async () => {
    const time = virtualTime();
    const error = new Error("busy");
    const { call, made } = failing(9, error);
    const requested = callWithRetry(call, { classify: retry(1, 3), sleep: time.sleep, signal: never });
    await expect(requested).rejects.toBe(error);
    expect([made(), time.slept]).toEqual([3, [1, 1]]);
  });

  it("calls once where the policy says no", async () => {
    const { call, made } = failing(1);
    const requested = callWithRetry(call, {
      classify: () => ({ retry: false }),
      sleep: virtualTime().sleep,
      signal: never,
    });
    await expect(requested).rejects.toThrow("busy");
    expect(made()).toBe(1);
  });

  it("ends its waiting when aborted", async () => {
    const stop = new AbortController();
    const reason = new Error("shutting down");
    const requested = callWithRetry(failing(9).call, {
      classify: retry(1_000, 5),
      sleep: async (_milliseconds, signal) => {
        stop.abort(reason);
        signal.throwIfAborted();
      },
      signal: stop.signal,
    });
    await expect(requested).rejects.toBe(reason);
  });

  it("keeps the answer of a call that was done when the abort came", async () => {
    const stop = new AbortController();
    const call = async (): Promise<string> => {
      stop.abort();
      return "written";
    };
    const policy = { classify: retry(1, 5), sleep: virtualTime().sleep, signal: stop.signal };
    await expect(callWithRetry(call, policy)).resolves.toBe("written");
  });
});

describe("backoffMs", () => {
  it("doubles up to the longest, spread over the upper half", () => {
    const at = (attempt: number, random: number): number =>
      backoffMs(attempt, { first: 1_000, longest: 60_000, random: () => random });
    expect([at(1, 1), at(2, 1), at(3, 0), at(20, 1)]).toEqual([1_000, 2_000, 2_000, 60_000]);
  });
});

describe("retryAfterMs", () => {
  const now = Date.parse("2026-11-22T10:00:00Z");
  it.each([
    ["10", 10_000],
    ["0.5", 500],
    ["Sun, 22 Nov 2026 10:01:00 GMT", 60_000],
    ["Sun, 22 Nov 2026 09:00:00 GMT", 0],
    ["", null],
    ["soon", null],
    ["-3", null],
    [null, null],
  ])("reads %j as %j ms", (header, expected) => {
    expect(retryAfterMs(header, now)).toBe(expected);
  });
});
