import { describe, expect, test } from "vitest";
import { z } from "zod";
import { calls as hubspotCalls } from "../../../src/connectors/hubspot/wire/calls.ts";
import { calls as klaviyoCalls } from "../../../src/connectors/klaviyo/wire/calls.ts";
import type { OperationName } from "../../../src/connectors/klaviyo/wire/operations.ts";
import { KlaviyoFailure } from "../../../src/connectors/klaviyo/problems/failure.ts";
import { SystemUnavailable } from "../../../src/model/problem.ts";
import { virtualTime } from "../virtual-time.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const live = (): AbortSignal => new AbortController().signal;
const answer = z.object({ ok: z.literal(true) });

/** How a call ended: with the answer, or with what stopped the side and when to come back. */
async function ended(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => "answered",
    (error: unknown) =>
      error instanceof SystemUnavailable
        ? [error.problem.code, error.retryAfterMs]
        : `failed: ${String(error)}`,
  );
}

interface Said {
  readonly status: number;
  readonly body?: unknown;
  readonly retryAfter?: string;
}

/** HubSpot says these one after the other, and then that all is well. */
function hubspot(...said: readonly Said[]) {
  const time = virtualTime();
  const left = [...said];
  let sent = 0;
  const paced = hubspotCalls({ apiShare: 1, now: time.now, sleep: time.sleep, log: () => {} });
  const send = () => {
    sent += 1;
    const { status, body = { ok: true }, retryAfter } = left.shift() ?? { status: 200 };
    const headers = retryAfter === undefined ? {} : { "retry-after": retryAfter };
    return Promise.resolve({ status, headers, text: JSON.stringify(body) });
  };
  const call = { operation: "test", pace: "burst", send } as const;
  const prepare = () => Promise.resolve({ operation: "test", mutate: send });
  return {
    time,
    sent: () => sent,
    paced,
    read: () => ended(paced.read(call, answer, live())),
    write: () => ended(paced.write(prepare, answer, live())),
  };
}

const daily = { status: "error", message: "You have reached your daily limit.", policyName: "DAILY" };
const { policyName: _named, ...unnamed } = daily;
const burst = { status: "error", message: "Slow down.", policyName: "TEN_SECONDLY_ROLLING" };
const down = { status: "error", message: "Service unavailable." };

describe("HubSpot", () => {
  test.each([
    ["by name", daily],
    ["in words only", unnamed],
  ])("whose day is used up, told %s, is asked once an hour whether it still is", async (_how, body) => {
    const it = hubspot({ status: 429, body }, { status: 429, body });
    // 10:00 UTC is 11:00 in Berlin in November.
    it.paced.learnTimeZone("Europe/Berlin");
    expect(await it.read()).toEqual(["HS-QUOTA", 13 * HOUR]);
    for (let minute = 1; minute < 60; minute += 1) {
      it.time.advance(MINUTE);
      expect(await it.write()).toEqual(["HS-QUOTA", 13 * HOUR - minute * MINUTE]);
    }
    expect(it.sent()).toBe(1);
    it.time.advance(MINUTE);
    expect(await it.read()).toEqual(["HS-QUOTA", 12 * HOUR]);
    expect(it.sent()).toBe(2);
    it.time.advance(HOUR);
    expect(await it.read()).toBe("answered");
    expect([it.sent(), it.time.slept]).toEqual([3, []]);
  });

  test("that used up its day hears no more of the calls that stood in line", async () => {
    const it = hubspot(...Array.from({ length: 300 }, () => ({ status: 429, body: daily })));
    const all = await Promise.all(Array.from({ length: 300 }, () => it.read()));
    expect(new Set(all.map((one) => String(one).split(",")[0]))).toEqual(new Set(["HS-QUOTA"]));
    expect(it.sent()).toBeLessThanOrEqual(90);
  });

  test.each([
    ["a 503", { status: 503, body: down }],
    ["a 429", { status: 429, body: burst }],
  ])("that asks with %s for twenty seconds is given them", async (_name, said) => {
    const it = hubspot({ ...said, retryAfter: "20" });
    expect(await it.read()).toBe("answered");
    expect(it.time.slept).toEqual([20_000]);
  });

  test.each([
    ["a 503", { status: 503, body: down }, "HS-DOWN"],
    ["a 429", { status: 429, body: burst }, "HS-RATE"],
    ["a 477", { status: 477, body: down }, "HS-MOVING"],
  ])(
    "that asks with %s for half an hour is left alone so long, and no run stands still",
    async (_name, said, code) => {
      const it = hubspot({ ...said, retryAfter: "1800" });
      expect(await it.read()).toEqual([code, 30 * MINUTE]);
      it.time.advance(10 * MINUTE);
      expect(await it.read()).toEqual([code, 20 * MINUTE]);
      expect([it.sent(), it.time.slept]).toEqual([1, []]);
      it.time.advance(20 * MINUTE);
      expect(await it.read()).toBe("answered");
    },
  );

  test("is left alone after a write that it may have done, too, if it asks for that", async () => {
    const it = hubspot({ status: 503, body: down, retryAfter: "1800" });
    expect(await it.write()).toMatch(/^failed: CallFailed/);
    expect(await it.write()).toEqual(["HS-DOWN", 30 * MINUTE]);
    expect(it.sent()).toBe(1);
  });
});

function klaviyo(...said: readonly Said[]) {
  const time = virtualTime();
  const left = [...said];
  let sent = 0;
  const paced = klaviyoCalls({ share: 1, now: time.now, sleep: time.sleep, log: () => {} });
  const call = (operation: OperationName) => ({
    operation,
    async send() {
      sent += 1;
      const next = left.shift();
      if (next === undefined) return { body: { ok: true }, header: () => null };
      throw new KlaviyoFailure({
        operation,
        kind: "answered",
        status: next.status,
        errors: [],
        html: false,
        retryAfterMs: next.retryAfter === undefined ? null : Number(next.retryAfter) * 1_000,
        notSent: false,
        code: null,
      });
    },
  });
  return {
    time,
    sent: () => sent,
    read: (operation: OperationName = "get_profiles") => ended(paced.read(call(operation), answer, live())),
    write() {
      const requested = call("create_profile");
      const mutation = { operation: requested.operation, mutate: () => requested.send() };
      return ended(paced.write(requested.operation, () => Promise.resolve(mutation), answer, live()));
    },
  };
}

describe("Klaviyo", () => {
  test.each([429, 503])("that asks with a %i for twenty seconds is given them", async (status) => {
    const it = klaviyo({ status, retryAfter: "20" });
    expect(await it.read()).toBe("answered");
    expect(it.time.slept).toEqual([20_000]);
  });

  test.each([
    [429, "KL-RATE"],
    [503, "KL-DOWN"],
  ])(
    "that asks with a %i for half an hour is not asked that so long, and no run stands still",
    async (status, code) => {
      const it = klaviyo({ status, retryAfter: "1800" });
      expect(await it.read()).toEqual([code, 30 * MINUTE]);
      it.time.advance(10 * MINUTE);
      expect(await it.read()).toEqual([code, 20 * MINUTE]);
      expect([it.sent(), it.time.slept]).toEqual([1, []]);
      // Its limits are each operation's own.
      expect(await it.read("get_lists")).toBe("answered");
      it.time.advance(20 * MINUTE);
      expect(await it.read()).toBe("answered");
    },
  );

  test("is never asked again to create whom a gateway gave up waiting for", async () => {
    const it = klaviyo({ status: 408 });
    expect(await it.write()).toMatch(/^failed: KlaviyoFailure/);
    expect(it.sent()).toBe(1);
    const failure = new KlaviyoFailure({
      operation: "create_profile",
      kind: "answered",
      status: 408,
      errors: [],
      html: false,
      retryAfterMs: null,
      notSent: false,
      code: null,
    });
    expect(failure.ambiguous).toBe(true);
  });
});
