import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { KlaviyoRehearsal, RawAnswer } from "../../support/klaviyo-rehearsal.ts";
import { dataIn, klaviyoRehearsal } from "../../support/klaviyo-rehearsal.ts";

/** Klaviyo's specification of `query_metric_aggregates`, revision 2026-07-15. */

let klaviyo: KlaviyoRehearsal;
let campaign: string;

beforeEach(async () => {
  klaviyo = await klaviyoRehearsal();
  klaviyo.sandbox.seed(["ada", "ben", "cat"].map((name) => ({ email: `${name}@example.com` })));
  campaign = klaviyo.sandbox.createCampaign({ name: "Spring sale", subject: "S" });
});
afterEach(() => klaviyo.close());

const click = (name: string, datetime: string, more: object = {}): string =>
  klaviyo.sandbox.engage({
    kind: "clicked",
    profile: `${name}@example.com`,
    message: campaign,
    datetime,
    ...more,
  });

const RANGE = ["greater-or-equal(datetime,2026-03-01T00:00:00)", "less-than(datetime,2026-03-04T00:00:00)"];

const query = (attributes: object = {}): Promise<RawAnswer> =>
  klaviyo.raw("/api/metric-aggregates", {
    method: "POST",
    body: {
      data: {
        type: "metric-aggregate",
        attributes: {
          metric_id: klaviyo.sandbox.metricId("Clicked Email"),
          measurements: ["count", "unique"],
          interval: "day",
          filter: RANGE,
          ...attributes,
        },
      },
    },
  });

const told = async (attributes: object = {}) => {
  const data = dataIn(await query(attributes)) as {
    attributes: { dates: string[]; data: { dimensions: string[]; measurements: Record<string, number[]> }[] };
  };
  return data.attributes;
};

describe("metric aggregates", () => {
  it("count events and people by day, the days without any too", async () => {
    click("ada", "2026-03-01T00:00:00Z");
    click("ada", "2026-03-01T23:59:59Z");
    click("ben", "2026-03-01T12:00:00Z");
    click("ada", "2026-03-03T12:00:00Z");
    click("ada", "2026-03-04T00:00:00Z");
    expect(await told()).toEqual({
      dates: ["2026-03-01T00:00:00+00:00", "2026-03-02T00:00:00+00:00", "2026-03-03T00:00:00+00:00"],
      data: [{ dimensions: [], measurements: { count: [3, 0, 1], unique: [2, 0, 1] } }],
    });
  });

  it("know of a late event when get_events does, and not before", async () => {
    click("ada", "2026-03-02T12:00:00Z", { visible_after_ms: 3_600_000 });
    expect((await told()).data[0]?.measurements["count"]).toEqual([0, 0, 0]);
    klaviyo.world.clock.advance(3_600_000);
    expect((await told()).data[0]?.measurements["count"]).toEqual([0, 1, 0]);
  });

  it("are told apart by dimensions, and narrowed to one", async () => {
    click("ada", "2026-03-01T10:00:00Z", { bot: true });
    click("ben", "2026-03-01T10:00:00Z");
    click("cat", "2026-03-02T10:00:00Z");
    const apart = await told({ by: ["Bot Click"], measurements: ["count"] });
    expect(apart.data).toHaveLength(2);
    expect(apart.data).toContainEqual({ dimensions: ["true"], measurements: { count: [1, 0, 0] } });
    expect(apart.data).toContainEqual({ dimensions: ["false"], measurements: { count: [1, 1, 0] } });
    const one = await told({
      filter: [...RANGE, `equals($message,"${campaign}")`, "equals(Bot Click,true)"],
    });
    expect(one.data[0]?.measurements["count"]).toEqual([1, 0, 0]);
  });

  it("go by the days of the query's time zone, also when its clocks change, and tell them in UTC", async () => {
    click("ada", "2026-03-28T23:30:00Z");
    click("ada", "2026-03-29T21:30:00Z");
    click("ada", "2026-03-29T22:30:00Z");
    const filter = [
      "greater-or-equal(datetime,2026-03-29T00:00:00)",
      "less-than(datetime,2026-03-31T00:00:00)",
    ];
    expect(await told({ filter, timezone: "Europe/Berlin" })).toEqual({
      dates: ["2026-03-28T23:00:00+00:00", "2026-03-29T22:00:00+00:00"],
      data: [{ dimensions: [], measurements: { count: [2, 1], unique: [1, 1] } }],
    });
  });

  it("begin their days at midnight also where that is the day before in UTC", async () => {
    const filter = [
      "greater-or-equal(datetime,2026-04-05T00:00:00)",
      "less-than(datetime,2026-04-07T00:00:00)",
    ];
    const { dates } = await told({ filter, timezone: "Pacific/Auckland" });
    expect(dates).toEqual(["2026-04-04T11:00:00+00:00", "2026-04-05T12:00:00+00:00"]);
  });

  it("agree with the events of every metric and moment", async () => {
    const when = fc.integer({ min: 0, max: 3 * 86_400 - 1 });
    const somebody = fc.constantFrom("ada", "ben", "cat");
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(somebody, when, fc.boolean()), { maxLength: 20 }), async (all) => {
        for (const [name, second, late] of all) {
          const datetime = new Date(Date.UTC(2026, 2, 1) + second * 1_000).toISOString();
          click(name, datetime, late ? { visible_after_ms: 1e9 } : {});
        }
        const { dates, data } = await told({ interval: "hour" });
        const { body } = await klaviyo.events.getEvents({ pageSize: 1_000 });
        const hours = dates.map((date) => Date.parse(date));
        const expected = hours.map((start) => {
          const within = body.data.filter(({ attributes: { timestamp } }) => {
            const at = (timestamp ?? 0) * 1_000;
            return at >= start && at < start + 3_600_000;
          });
          return within.length;
        });
        expect(data[0]?.measurements["count"]).toEqual(expected);
      }),
      { numRuns: 15 },
    );
  });

  it("need a metric that is there, a range, known measurements and a known time zone", async () => {
    const status = async (attributes: object) => (await query(attributes)).status;
    expect(await status({ metric_id: "NoSuch" })).toBe(404);
    expect(await status({ filter: [RANGE[0]] })).toBe(400);
    expect(await status({ measurements: ["median"] })).toBe(400);
    expect(await status({ interval: "year" })).toBe(400);
    expect(await status({ timezone: "Mars/Phobos" })).toBe(400);
    expect(await status({ filter: [...RANGE, "greater-than(Bot Click,3)"] })).toBe(400);
  });
});
