import { afterAll, beforeAll, expect, test } from "vitest";
import type { EngagementMetric } from "../../src/connectors/engagement-port.ts";
import type { FreshDatabase } from "../support/fresh-database.ts";
import { freshDatabase } from "../support/fresh-database.ts";
import type { Lane } from "./lane.ts";
import { MINUTE, lane } from "./lane.ts";

let fresh: FreshDatabase;
beforeAll(async () => void (fresh = await freshDatabase()));
afterAll(() => fresh.drop());

const OTHER: EngagementMetric = { id: "other", name: "opened email", kind: "opened", channel: "email" };

/** Klaviyo with its metrics under other names, or others beside them. */
function renamed(it: Lane, change: (metrics: readonly EngagementMetric[]) => readonly EngagementMetric[]) {
  const { connectors } = it.deps();
  const { klaviyo } = connectors;
  const { source } = klaviyo.engagement;
  if (source === null) throw new Error("Klaviyo tells of engagement");
  const metrics: typeof source.metrics = async (known, signal) => change(await source.metrics(known, signal));
  const engagement = { ...klaviyo.engagement, source: { ...source, metrics } };
  return { connectors: { ...connectors, klaviyo: { ...klaviyo, engagement } } };
}

const called = (name: string) => (metrics: readonly EngagementMetric[]) =>
  metrics.map((one) => (one.id === "opened:email" ? { ...one, name } : one));

test("a renamed metric is read on; another one that takes its name is told and not read", async () => {
  const it = await lane(fresh, "record_as: custom_event, metrics: { opened: {} }");
  const ann = it.person("ann");
  await it.run();
  it.happen(ann, "opened", { message: "one" });
  it.wait(5 * MINUTE);
  expect((await it.run(renamed(it, called("Opened before")))).problems).toEqual([]);
  expect(it.shown()).toHaveLength(1);
  it.happen(ann, "opened", { message: "two" });
  it.wait(5 * MINUTE);
  const both = (metrics: readonly EngagementMetric[]) => [...called("Opened before")(metrics), OTHER];
  const { problems } = await it.run(renamed(it, both));
  expect(problems.map(({ code, level }) => [code, level])).toEqual([["KL-METRIC", "mapping"]]);
  expect(problems[0]?.explanation).toContain("opened:email");
  expect(it.shown()).toHaveLength(2);
  const streams = await fresh.database.engagementStream.findMany({
    where: { connectionId: it.connectionId },
    orderBy: { metricId: "asc" },
  });
  expect(streams.filter(({ kind, channel }) => kind === "opened" && channel === "email")).toHaveLength(1);
  // The first one is gone: the one of its name is meant.
  const gone = (metrics: readonly EngagementMetric[]) => [
    ...metrics.filter(({ id }) => id !== "opened:email"),
    OTHER,
  ];
  expect((await it.run(renamed(it, gone))).problems).toEqual([]);
  expect((await it.run(renamed(it, (metrics) => [...metrics, OTHER]))).problems).toMatchObject([
    { code: "KL-METRIC" },
  ]);
});
