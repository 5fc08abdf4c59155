import { describe, expect, it } from "vitest";
import type {
  EngagementMetric,
  EngagementSource,
  EventWindow,
} from "../../src/connectors/engagement-port.ts";
import { SystemUnavailable } from "../../src/model/problem.ts";
import type { Engagement } from "../../src/model/engagement.ts";
import type { SourceHarness } from "./engagement-harness.ts";
import { live } from "./using-harness.ts";
import { told as toldOf, toldPages } from "../support/told-engagement.ts";

const EPOCH = "2000-01-01T00:00:00.000Z";
const DAY = 86_400_000;

/** What every source of engagement keeps to. `many`: as many events as the test of its requests reads. */
export function sourceContract(name: string, makeHarness: () => Promise<SourceHarness>, many: number): void {
  const using = (body: (harness: SourceHarness) => Promise<void>) => async () => {
    const harness = await makeHarness();
    try {
      await body(harness);
    } finally {
      await harness.close();
    }
  };

  describe(`${name} as a source of engagement`, () => {
    it(
      "tells its metrics, each with what it is of",
      using(async (harness) => {
        const metrics = await sourceOf(harness).metrics(new Map(), live());
        const email = metrics.filter(({ channel }) => channel === "email").map(({ kind }) => kind);
        expect(new Set(email)).toEqual(
          new Set(["received", "opened", "clicked", "bounced", "dropped", "unsubscribed", "spam"]),
        );
        expect(new Set(metrics.map(({ id }) => id)).size).toBe(metrics.length);
      }),
    );

    it(
      "tells who did it, when, and nothing twice, oldest first",
      using(async (harness) => {
        const [ada, ben] = harness.people;
        const at = (back: number): string => seconds(harness.now() - back);
        const later = await harness.happen({ kind: "opened", email: ben, at: at(1_000_000) });
        const first = await harness.happen({ kind: "opened", email: ada, at: at(2_000_000) });
        await harness.happen({ kind: "clicked", email: ada, at: at(1_500_000) });
        const found = await readAll(harness, await metricOf(harness));
        expect(found.map(({ eventId, email, kind, channel }) => [eventId, email, kind, channel])).toEqual([
          [first, ada, "opened", "email"],
          [later, ben, "opened", "email"],
        ]);
        expect(found.every(({ person }) => person !== null)).toBe(true);
        expect(await readAll(harness, await metricOf(harness))).toEqual(found);
      }),
    );

    it(
      "keeps to both ends of a window, and tells of the future where there is no end",
      using(async (harness) => {
        const [ada] = harness.people;
        const moments = [3 * DAY, 2 * DAY, DAY, -DAY].map((back) => seconds(harness.now() - back));
        for (const at of moments) await harness.happen({ kind: "opened", email: ada, at });
        const metric = await metricOf(harness);
        const times = async (window: Partial<EventWindow>): Promise<readonly string[]> =>
          (await readAll(harness, metric, window)).map(({ at }) => at);
        expect(await times({})).toEqual(moments);
        expect(await times({ from: moments[1] ?? "", until: moments[2] ?? "" })).toEqual([moments[1]]);
        expect(await times({ until: new Date(harness.now()).toISOString() })).toEqual(moments.slice(0, 3));
      }),
    );

    it(
      "shows what comes late when its time is read again",
      using(async (harness) => {
        const [ada] = harness.people;
        const at = seconds(harness.now() - 3 * DAY);
        const late = await harness.happen({ kind: "opened", email: ada, at, seenAfterMs: DAY });
        const metric = await metricOf(harness);
        expect(await readAll(harness, metric)).toEqual([]);
        harness.pass(2 * DAY);
        expect((await readAll(harness, metric)).map(({ eventId }) => eventId)).toEqual([late]);
      }),
    );

    it(
      `reads ${many.toLocaleString("en")} events in hardly more requests than they have pages, and continues at any`,
      using(async (harness) => {
        await harness.happenMany(many);
        const metric = await metricOf(harness);
        const before = harness.eventRequests();
        const ids = new Set<string>();
        const cursors: string[] = [];
        let last = "";
        for await (const { engagements, next } of toldPages(
          sourceOf(harness).read(windowOf(metric), live()),
        )) {
          for (const { eventId, at } of engagements) {
            expect(at >= last).toBe(true);
            last = at;
            ids.add(eventId);
          }
          if (next !== null) cursors.push(next);
        }
        expect(ids.size).toBe(many);
        expect(harness.eventRequests() - before).toBeLessThanOrEqual((1.2 * many) / harness.pageSize);
        const half = Math.floor(cursors.length / 2);
        const rest = await readAll(harness, metric, { cursor: cursors[half] ?? null });
        expect(rest).toHaveLength(many - (half + 1) * harness.pageSize);
      }),
      120_000,
    );

    it(
      "counts by day what it tells",
      using(async (harness) => {
        await harness.happenMany(50);
        const metric = await metricOf(harness);
        const told = new Map<string, number>();
        for (const { at } of await readAll(harness, metric)) {
          told.set(at.slice(0, 10), (told.get(at.slice(0, 10)) ?? 0) + 1);
        }
        const until = new Date(harness.now() + DAY).toISOString().slice(0, 10);
        const counted = toldOf(await sourceOf(harness).countByDay(metric, "2025-01-01", until, live()));
        expect(new Map([...counted.counts].filter(([, count]) => count > 0))).toEqual(told);
        const [day = ""] = told.keys();
        const next = new Date(Date.parse(day) + DAY).toISOString().slice(0, 10);
        const one = toldOf(await sourceOf(harness).countByDay(metric, day, next, live()));
        expect([...one.counts]).toEqual([[day, told.get(day)]]);
      }),
    );

    it(
      "says that the side is out, and stops when told to",
      using(async (harness) => {
        const metric = await metricOf(harness);
        const stopped = AbortSignal.abort(new Error("stopped"));
        await expect(sourceOf(harness).metrics(new Map(), stopped)).rejects.toThrow("stopped");
        harness.goOut();
        await expect(readAll(harness, metric)).rejects.toBeInstanceOf(SystemUnavailable);
        await expect(sourceOf(harness).metrics(new Map(), live())).rejects.toBeInstanceOf(SystemUnavailable);
      }),
    );
  });
}

function sourceOf({ connector }: SourceHarness): EngagementSource {
  const { source } = connector.engagement;
  if (source === null) throw new Error("this system is no source of engagement");
  return source;
}

async function metricOf(harness: SourceHarness): Promise<EngagementMetric> {
  const metrics = await sourceOf(harness).metrics(new Map(), live());
  const metric = metrics.find(({ kind, channel }) => kind === "opened" && channel === "email");
  if (metric === undefined) throw new Error("nobody opens anything here");
  return metric;
}

const windowOf = (metric: EngagementMetric): EventWindow => ({
  metric,
  from: EPOCH,
  until: null,
  cursor: null,
});

async function readAll(
  harness: SourceHarness,
  metric: EngagementMetric,
  window: Partial<EventWindow> = {},
): Promise<readonly Engagement[]> {
  const found: Engagement[] = [];
  for await (const page of toldPages(sourceOf(harness).read({ ...windowOf(metric), ...window }, live())))
    found.push(...page.engagements);
  return found;
}

/** Systems keep whole seconds. */
const seconds = (at: number): string => new Date(Math.floor(at / 1_000) * 1_000).toISOString();
