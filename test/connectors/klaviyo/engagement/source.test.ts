import { beforeEach, describe, expect, it } from "vitest";
import { SystemUnavailable } from "../../../../src/model/problem.ts";
import { live, rehearse } from "../rehearse.ts";
import { ADA, EPOCH, mailed, metricNamed, sourceOf } from "./reading.ts";
import type { Mailed } from "./reading.ts";

const DAY = 86_400_000;

let klaviyo: Mailed["klaviyo"];
let campaign: string;
let readAll: Mailed["readAll"];

beforeEach(async () => void ({ klaviyo, campaign, readAll } = await mailed()));

const now = (): number => klaviyo.world.clock.now();
const iso = (at: number): string => new Date(at).toISOString();

describe("the metrics of an account", () => {
  it("are Klaviyo's own, by their exact names, with what they tell of", async () => {
    const metrics = await sourceOf(klaviyo).metrics(live());
    const told = Object.fromEntries(metrics.map(({ name, kind, channel }) => [name, `${kind} ${channel}`]));
    expect(told).toEqual({
      "Received Email": "received email",
      "Opened Email": "opened email",
      "Clicked Email": "clicked email",
      "Bounced Email": "bounced email",
      "Dropped Email": "dropped email",
      "Marked Email as Spam": "spam email",
      "Unsubscribed from Email Marketing": "unsubscribed email",
      "Unsubscribed from List": "unsubscribed email",
      "Received SMS": "received sms",
      "Clicked SMS": "clicked sms",
      "Failed to Deliver SMS": "bounced sms",
      "Unsubscribed from SMS Marketing": "unsubscribed sms",
    });
  });

  it("may be absent until they first happen, and one that an API caller names alike is another", async () => {
    const fresh = await rehearse({ settings: { native_metrics: "used" } });
    fresh.sandbox.seed([{ email: ADA }]);
    await fresh.raw("/api/events", {
      method: "POST",
      body: {
        data: {
          type: "event",
          attributes: {
            properties: {},
            metric: { data: { type: "metric", attributes: { name: "Opened Email" } } },
            profile: { data: { type: "profile", attributes: { email: ADA } } },
          },
        },
      },
    });
    expect(await sourceOf(fresh).metrics(live())).toEqual([]);
  });
});

describe("a window of events", () => {
  it("goes from its first moment, which is in it, to its last, which is not, the future included", async () => {
    const second = Math.floor(now() / 1_000) * 1_000;
    const at = [second - DAY, second - 60_000, second - 59_000, second + DAY].map(iso);
    for (const datetime of at)
      klaviyo.sandbox.engage({ kind: "opened", profile: ADA, message: campaign, datetime });
    const times = async (from: string, until: string | null): Promise<readonly string[]> =>
      (await readAll("Opened Email", from, until)).map((each) => each.at);
    expect(await times(EPOCH, null)).toEqual(at);
    expect(await times(at[1] ?? "", at[2] ?? "")).toEqual([at[1]]);
    expect(await times(iso(second - 60_500), iso(second - 59_500))).toEqual([at[1]]);
    expect(await times(EPOCH, iso(now()))).toEqual(at.slice(0, 3));
    expect(await times(iso(now() + 60_000), null)).toEqual([at[3]]);
  });

  it("is read by the thousand, goes on at its cursor, and starts over where Klaviyo lost that", async () => {
    klaviyo.sandbox.engageMany({ count: 2_500, kinds: ["opened"], messages: [campaign] });
    const metric = await metricNamed(klaviyo, "Opened Email");
    const source = sourceOf(klaviyo);
    const window = { metric, from: EPOCH, until: null, cursor: null };
    const cursors: (string | null)[] = [];
    const ids = new Set<string>();
    for await (const { engagements, next } of source.read(window, live())) {
      cursors.push(next);
      for (const { eventId } of engagements) ids.add(eventId);
    }
    expect(ids.size).toBe(2_500);
    expect(klaviyo.called("get_events")).toBe(3);
    expect(cursors.map((cursor) => cursor !== null)).toEqual([true, true, false]);
    const rest: string[] = [];
    for await (const page of source.read({ ...window, cursor: cursors[1] ?? "" }, live()))
      rest.push(...page.engagements.map(({ eventId }) => eventId));
    expect(rest).toHaveLength(500);
    const again = new Set<string>();
    for await (const page of source.read({ ...window, cursor: "forgotten" }, live()))
      for (const { eventId } of page.engagements) again.add(eventId);
    expect(again).toEqual(ids);
  });

  it("that cannot be read stops the side, and names the scope that is missing", async () => {
    const limited = await rehearse({ key: "pk_metrics_only" });
    limited.sandbox.addKey({ key: "pk_metrics_only", scopes: ["metrics:read"] });
    const metric = await metricNamed(limited, "Opened Email");
    const reading = sourceOf(limited).read({ metric, from: EPOCH, until: null, cursor: null }, live());
    const error: unknown = await reading[Symbol.asyncIterator]()
      .next()
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SystemUnavailable);
    expect(error).toMatchObject({ side: "klaviyo", problem: { code: "KL-SCOPE" } });
  });
});

describe("counts by day", () => {
  it("are Klaviyo's own, in UTC, over more than a year", async () => {
    const at = [
      "2025-01-01T00:00:00Z",
      "2025-01-01T23:59:59Z",
      "2025-12-31T12:00:00Z",
      "2026-06-01T05:00:00Z",
    ];
    for (const datetime of at)
      klaviyo.sandbox.engage({ kind: "opened", profile: ADA, message: campaign, datetime });
    const metric = await metricNamed(klaviyo, "Opened Email");
    const counts = await sourceOf(klaviyo).countByDay(metric, "2025-01-01", "2026-06-01", live());
    expect(counts.size).toBe(516);
    expect([...counts].filter(([, count]) => count > 0)).toEqual([
      ["2025-01-01", 2],
      ["2025-12-31", 1],
    ]);
    expect(klaviyo.called("query_metric_aggregates")).toBe(2);
    expect(await sourceOf(klaviyo).countByDay(metric, "2026-01-01", "2026-01-01", live())).toEqual(new Map());
  });
});
