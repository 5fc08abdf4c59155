import { afterAll, beforeAll, expect, test } from "vitest";
import type { Problem } from "../../src/model/problem.ts";
import type { FreshDatabase } from "../support/fresh-database.ts";
import { freshDatabase } from "../support/fresh-database.ts";
import { HOUR, MINUTE, lane } from "./lane.ts";

let fresh: FreshDatabase;
beforeAll(async () => void (fresh = await freshDatabase()));
afterAll(() => fresh.drop());

const untold = (metric: string): Problem => ({
  code: "KL-METRIC",
  level: "mapping",
  side: "klaviyo",
  field: null,
  title: `Klaviyo doesn't show the metric ${metric}`,
  explanation: `Tandem asked Klaviyo for ${metric}.`,
  fix: ["Check the metric."],
  retry: "soon",
  reference: null,
});

const kept = (connectionId: number) =>
  fresh.database.problem.findMany({ where: { connectionId }, orderBy: { id: "asc" } });

test("a metric that Klaviyo refuses is one problem that names it; the others are shown, and it is when it is back", async () => {
  const it = await lane(fresh, "record_as: custom_event, metrics: { opened: {}, clicked: {}, bounced: {} }");
  const ann = it.person("ann");
  await it.run();
  it.klaviyo.quirks.metricNotTold = (metric) => (metric.startsWith("opened") ? untold("Opened Email") : null);
  for (const kind of ["opened", "clicked", "bounced"] as const) it.happen(ann, kind);
  it.wait(2 * HOUR);
  const run = await it.run();
  expect(run).toMatchObject({ result: "finished_with_errors", counts: { recorded: 2 } });
  const problems = await kept(it.connectionId);
  // Any problem of the level `connection` would make the headline say Stopped.
  expect(problems.map(({ code, level }) => [code, level])).toEqual([["KL-METRIC", "mapping"]]);
  expect(problems[0]?.title).toContain("Opened Email");
  it.klaviyo.quirks.metricNotTold = () => null;
  it.wait(5 * MINUTE);
  await it.run();
  expect(
    it
      .shown()
      .map(({ engagement }) => engagement.kind)
      .toSorted(),
  ).toEqual(["bounced", "clicked", "opened"]);
  expect(await kept(it.connectionId)).toEqual([]);
});

test("two metrics that are refused are both named", async () => {
  const it = await lane(fresh, "record_as: custom_event, metrics: { opened: {}, clicked: {}, bounced: {} }");
  it.klaviyo.quirks.metricNotTold = (metric) => (metric.startsWith("bounced") ? null : untold(metric));
  await it.run();
  const [problem, ...others] = await kept(it.connectionId);
  expect(others).toEqual([]);
  expect(problem?.explanation).toContain("opened:email");
  expect(problem?.explanation).toContain("clicked:email");
});

test("events whose definition was deleted in HubSpot wait; the others are shown, and they are once it is back", async () => {
  const it = await lane(fresh, "record_as: custom_event, metrics: { opened: {}, clicked: {} }");
  const ann = it.person("ann");
  await it.run();
  const deleted: Problem = { ...untold("opened"), code: "HS-EVENT-SETUP", side: "hubspot", title: "Deleted" };
  it.hubspot.quirks.sinkMissing = () => ({ problem: deleted, kinds: ["opened"] });
  for (const kind of ["opened", "clicked"] as const) it.happen(ann, kind);
  it.wait(2 * HOUR);
  expect(await it.run()).toMatchObject({ result: "finished_with_errors", counts: { recorded: 1 } });
  expect((await kept(it.connectionId)).map(({ code, level }) => [code, level])).toEqual([
    ["HS-EVENT-SETUP", "mapping"],
  ]);
  it.hubspot.quirks.sinkMissing = () => null;
  it.wait(5 * MINUTE);
  expect(await it.run()).toMatchObject({ result: "finished", counts: { recorded: 1 } });
  expect(await kept(it.connectionId)).toEqual([]);
});
