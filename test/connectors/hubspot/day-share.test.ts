import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { DayCount } from "../../../src/connectors/http/day-budget.ts";
import { countHere } from "../../../src/connectors/http/day-budget.ts";
import { calls } from "../../../src/connectors/hubspot/wire/calls.ts";
import { urgently } from "../../../src/connectors/http/urgent.ts";
import { SystemUnavailable } from "../../../src/model/problem.ts";
import { virtualTime } from "../virtual-time.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const answer = z.object({ ok: z.literal(true) });
const live = (): AbortSignal => new AbortController().signal;

/** An account of 1,000 calls a day, of which other tools make so many before each of ours. */
class Portal {
  readonly time = virtualTime();
  limit = 1_000;
  used = 0;
  sent = 0;
  others = 0;

  /** A process of Tandem's; `count` outlives it. */
  process(count: DayCount, apiShare = 0.5) {
    const paced = calls({
      apiShare,
      now: this.time.now,
      sleep: this.time.sleep,
      log: () => {},
      dayCount: count,
    });
    paced.learnTimeZone("Europe/Berlin");
    const send = () => {
      this.sent += 1;
      this.used += 1 + this.others;
      const headers = {
        "x-hubspot-ratelimit-daily": String(this.limit),
        "x-hubspot-ratelimit-daily-remaining": String(Math.max(0, this.limit - this.used)),
      };
      return Promise.resolve({ status: 200, headers, text: JSON.stringify({ ok: true }) });
    };
    const call = { operation: "test", pace: "burst", send } as const;
    const read = () =>
      paced.read(call, answer, live()).then(
        () => "answered",
        (error: unknown) =>
          error instanceof SystemUnavailable ? `${error.problem.code} ${error.retryAfterMs}` : String(error),
      );
    return { paced, read, urgent: () => urgently(read) };
  }

  /** Calls until one is not let go. */
  async drain(call: () => Promise<string>): Promise<string> {
    for (;;) {
      const how = await call();
      if (how !== "answered") return how;
    }
  }
}

describe("HubSpot's day (P20)", () => {
  test("ends for Tandem at its share, and begins again at midnight in the account's time zone", async () => {
    const portal = new Portal();
    const { read } = portal.process(countHere());
    // 10:00 UTC is 11:00 in Berlin in November; the burst's share took its time, too.
    const how = await portal.drain(read);
    expect(how).toMatch(/^HS-SHARE \d+$/);
    // 500 are Tandem's; half of them, and no more, is kept for opt-outs.
    expect(portal.sent).toBe(250);
    const until = Number(how.split(" ")[1]);
    expect(portal.time.now() + until).toBe(Date.parse("2026-11-22T23:00:00Z"));
    portal.time.advance(until - 1_000);
    expect(await read()).toBe("HS-SHARE 1000");
    portal.time.advance(1_000);
    portal.used = 0;
    expect(await read()).toBe("answered");
  });

  test("still has calls for opt-outs when everything else waits", async () => {
    const portal = new Portal();
    const { read, urgent } = portal.process(countHere());
    await portal.drain(read);
    expect(await urgent()).toBe("answered");
    expect(await read()).toMatch(/^HS-SHARE/);
    expect(await portal.drain(urgent)).toMatch(/^HS-SHARE/);
    expect(portal.sent).toBe(500);
  });

  test("does not begin again with another process, which counts at most a few calls that were not made", async () => {
    const portal = new Portal();
    const count = countHere();
    const first = portal.process(count);
    for (let made = 0; made < 101; made += 1) await first.read();
    expect(await portal.drain(portal.process(count).read)).toMatch(/^HS-SHARE/);
    expect(portal.sent).toBeLessThanOrEqual(250);
    expect(portal.sent).toBeGreaterThan(250 - 2 * 20);
  });

  test("is nearly over when other tools used it: what is left is kept for opt-outs", async () => {
    const portal = new Portal();
    portal.others = 20;
    const { read, urgent } = portal.process(countHere());
    expect(await portal.drain(read)).toMatch(/^HS-LOW/);
    expect(portal.limit - portal.used).toBeGreaterThan(225);
    portal.others = 0;
    expect(await urgent()).toBe("answered");
    // An account may be given more calls: it is asked again within the hour.
    portal.limit = 5_000;
    portal.time.advance(HOUR + MINUTE);
    expect(await read()).toBe("answered");
  });

  test("has no end for an app, whose answers tell of none", async () => {
    const time = virtualTime();
    const paced = calls({ apiShare: 0.5, now: time.now, sleep: time.sleep, log: () => {} });
    const send = () => Promise.resolve({ status: 200, headers: {}, text: '{"ok":true}' });
    for (let made = 0; made < 300; made += 1)
      await paced.read({ operation: "test", pace: "burst", send }, answer, live());
    expect(paced.quotas()).toEqual([]);
  });

  test("is told with its cause, what waits, and when it continues", async () => {
    const portal = new Portal();
    const { read, paced } = portal.process(countHere());
    await portal.drain(read);
    const call = { operation: "test", pace: "burst", send: () => Promise.reject(new Error("sent")) } as const;
    const out = await paced.read(call, answer, live()).catch((error: unknown) => error);
    const problem = out instanceof SystemUnavailable ? out.problem : null;
    expect(problem?.explanation).toContain("500 of the account's 1,000 calls a day");
    expect(problem?.explanation).toContain("2026-11-22 23:00 UTC (midnight in Europe/Berlin)");
    expect(problem?.explanation).toContain("250 calls are kept for opt-outs");
    expect(paced.quotas()).toContainEqual(
      expect.objectContaining({ name: "Tandem's share per day", limit: 500, left: 250 }),
    );
  });
});
