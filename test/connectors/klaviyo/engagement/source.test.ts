import { beforeEach, describe, expect, it } from "vitest";
import { live, rehearse } from "../rehearse.ts";
import { ADA, EPOCH, mailed, metricNamed, sourceOf } from "./reading.ts";
import type { Mailed } from "./reading.ts";
import { told, toldPages } from "../../../support/told-engagement.ts";
import type { EngagementPage, NotTold } from "../../../../src/connectors/engagement-port.ts";

const DAY = 86_400_000;

let klaviyo: Mailed["klaviyo"];
let campaign: string;
let readAll: Mailed["readAll"];

beforeEach(async () => void ({ klaviyo, campaign, readAll } = await mailed()));

const now = (): number => klaviyo.world.clock.now();
const iso = (at: number): string => new Date(at).toISOString();

describe("the metrics of an account", () => {
  it("are Klaviyo's own, by their exact names, with what they tell of", async () => {
    const metrics = await sourceOf(klaviyo).metrics(new Map(), live());
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
    expect(await sourceOf(fresh).metrics(new Map(), live())).toEqual([]);
    // What was understood before still is, whatever it is called now.
    const { body } = await fresh.raw("/api/metrics", {});
    const id = (body as { data: readonly { id: string }[] }).data[0]?.id ?? "";
    const known = new Map([[id, { kind: "opened", channel: "email" } as const]]);
    const expected = { id, name: "Opened Email", kind: "opened", channel: "email" };
    expect(await sourceOf(fresh).metrics(known, live())).toEqual([expected]);
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

  it("is read by the thousand, continues at its cursor, and starts over where Klaviyo lost that", async () => {
    klaviyo.sandbox.engageMany({ count: 2_500, kinds: ["opened"], messages: [campaign] });
    const metric = await metricNamed(klaviyo, "Opened Email");
    const source = sourceOf(klaviyo);
    const window = { metric, from: EPOCH, until: null, cursor: null };
    const cursors: (string | null)[] = [];
    const ids = new Set<string>();
    for await (const { engagements, next } of toldPages(source.read(window, live()))) {
      cursors.push(next);
      for (const { eventId } of engagements) ids.add(eventId);
    }
    expect(ids.size).toBe(2_500);
    expect(klaviyo.called("get_events")).toBe(3);
    expect(cursors.map((cursor) => cursor !== null)).toEqual([true, true, false]);
    const rest: string[] = [];
    for await (const page of toldPages(source.read({ ...window, cursor: cursors[1] ?? "" }, live())))
      rest.push(...page.engagements.map(({ eventId }) => eventId));
    expect(rest).toHaveLength(500);
    const again = new Set<string>();
    for await (const page of toldPages(source.read({ ...window, cursor: "forgotten" }, live())))
      for (const { eventId } of page.engagements) again.add(eventId);
    expect(again).toEqual(ids);
  });

  it("that a key may not read is told, with Klaviyo's own words", async () => {
    const limited = await rehearse({ key: "pk_metrics_only" });
    limited.sandbox.addKey({ key: "pk_metrics_only", scopes: ["metrics:read"] });
    const metric = await metricNamed(limited, "Opened Email");
    const pages: (EngagementPage | NotTold)[] = [];
    for await (const page of sourceOf(limited).read(
      { metric, from: EPOCH, until: null, cursor: null },
      live(),
    ))
      pages.push(page);
    expect(pages).toMatchObject([{ kind: "not_told", problem: { code: "KL-METRIC", side: "klaviyo" } }]);
    const [page] = pages;
    expect(page?.kind === "not_told" && page.problem.explanation).toContain("Klaviyo says:");
    expect(page?.kind === "not_told" && page.problem.fix.join(" ")).toContain("events:read");
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
    const { counts } = told(await sourceOf(klaviyo).countByDay(metric, "2025-01-01", "2026-06-01", live()));
    expect(counts.size).toBe(516);
    expect([...counts].filter(([, count]) => count > 0)).toEqual([
      ["2025-01-01", 2],
      ["2025-12-31", 1],
    ]);
    expect(klaviyo.called("query_metric_aggregates")).toBe(2);
    expect(await sourceOf(klaviyo).countByDay(metric, "2026-01-01", "2026-01-01", live())).toEqual({
      kind: "counts",
      counts: new Map(),
    });
  });

  it.each([400, 404])(
    "a metric that is answered %s is that metric's problem, events and counts",
    async (status) => {
      const metric = await metricNamed(klaviyo, "Opened Email");
      const other = await metricNamed(klaviyo, "Clicked Email");
      const fault = { kind: "status", status, applied: "before" } as const;
      klaviyo.world.faults.add({ match: "/api/events", times: 1, fault });
      klaviyo.world.faults.add({ match: "/api/metric-aggregates", times: 1, fault });
      const source = sourceOf(klaviyo);
      const window = { from: EPOCH, until: null, cursor: null };
      const answers: (EngagementPage | NotTold)[] = [];
      for await (const page of source.read({ ...window, metric }, live())) answers.push(page);
      answers.push((await source.countByDay(metric, "2026-01-01", "2026-01-02", live())) as NotTold);
      for await (const page of source.read({ ...window, metric: other }, live())) answers.push(page);
      expect(answers).toMatchObject([
        { kind: "not_told", problem: { code: "KL-METRIC", level: "mapping" } },
        { kind: "not_told", problem: { title: "Klaviyo doesn't count the metric Opened Email" } },
        { kind: "events" },
      ]);
    },
  );
});
