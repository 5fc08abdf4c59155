import { afterAll, beforeAll, expect, test } from "vitest";
import { runRetention } from "../../src/lanes/retention-lane.ts";
import { engagementDays } from "../../src/store/feeds/engagement-days.ts";
import type { FreshDatabase } from "../support/fresh-database.ts";
import { freshDatabase } from "../support/fresh-database.ts";
import type { Lane } from "./lane.ts";
import { DAY, MINUTE, lane, laneMapping } from "./lane.ts";
import { storeOf } from "../../src/store/database/store.ts";
/** Engagement goes after its term, and nothing of it is shown again, whatever is read once more. */
let fresh: FreshDatabase;
beforeAll(async () => void (fresh = await freshDatabase()));
afterAll(() => fresh.drop());

const SECTION =
  "record_as: custom_event, metrics: { opened: {}, clicked: {} }, last_activity: { opens: k_opens, clicks: k_clicks }";

const privacy = (days: number) => ({ historyMs: days * DAY, rawMs: DAY, auditMs: null });
const forget = (it: Lane, days = 30) => runRetention(it.deps(), { ...it.mapping, privacy: privacy(days) });
const events = (it: Lane) =>
  fresh.database.engagement.findMany({
    where: { connectionId: it.connectionId },
    orderBy: { at: "asc" },
    select: { message: true, kind: true },
  });

function remap(it: Lane, section: string): void {
  it.mapping = { ...laneMapping(section), name: it.mapping.name };
}

test("what is settled goes, and no back-fill, sweep or new stream shows it again", async () => {
  const it = await lane(fresh, SECTION);
  const ann = it.person("ann");
  await it.run();
  for (const message of ["m1", "m2"]) it.happen(ann, "opened", { message });
  it.happen(ann, "clicked", { message: "m2" });
  it.wait(MINUTE);
  await it.run();
  expect(it.shown()).toHaveLength(3);
  const count = (property: string) => it.hubspot.user.value(ann.contact ?? "", property);
  expect([count("k_opens"), count("k_clicks")]).toEqual(["2", "1"]);
  it.wait(40 * DAY);
  it.happen(ann, "opened", { message: "m3" });
  it.wait(MINUTE);
  await it.run();
  expect(await forget(it)).toMatchObject({ events: 3 });
  expect(await events(it)).toEqual([{ message: "m3", kind: "opened" }]);
  it.happen(ann, "clicked", { message: "m3" });
  it.wait(MINUTE);
  await it.run();
  expect([count("k_opens"), count("k_clicks")]).toEqual(["3", "2"]);
  const left = await events(it);
  expect(left.map(({ kind }) => kind)).toEqual(["opened", "clicked"]);
  // The nightly and the weekly sweep, a larger back-fill, and a stream that begins again.
  for (const again of [
    async () => it.wait(8 * DAY),
    async () => remap(it, `${SECTION}, backfill: 300d`),
    async () => {
      await fresh.database.engagementStream.deleteMany({ where: { connectionId: it.connectionId } });
      remap(it, `${SECTION}, backfill: 365d`);
    },
  ]) {
    await again();
    it.wait(MINUTE);
    await it.run();
    await it.run();
    expect(it.shown()).toHaveLength(5);
    expect(it.hubspot.engagement.sentAgain()).toBe(0);
    expect(await events(it)).toEqual(left);
  }
  expect([count("k_opens"), count("k_clicks")]).toEqual(["3", "2"]);
  const days = await engagementDays(storeOf(fresh.database, it.connectionId), new Date(0));
  expect(days.map(({ missing }) => missing)).toEqual(days.map(() => 0));
});

test("an event stays while a later one of its message is kept, so that one stays its repeat", async () => {
  const it = await lane(fresh, SECTION);
  const ann = it.person("bea");
  await it.run();
  it.happen(ann, "opened", { message: "m1" });
  it.wait(MINUTE);
  await it.run();
  it.wait(40 * DAY);
  it.happen(ann, "opened", { message: "m1" });
  it.wait(MINUTE);
  await it.run();
  expect(await forget(it)).toMatchObject({ events: 0 });
  expect(it.shown()).toHaveLength(1);
});

test("what is not settled stays, however old it is", async () => {
  const it = await lane(fresh, SECTION);
  const ann = it.person("cleo");
  await it.run();
  it.happen(ann, "opened", { message: "m1" });
  it.wait(MINUTE);
  await it.run();
  for (const fate of ["new", "future", "waiting", "sent"]) {
    await fresh.database.engagement.updateMany({ where: { connectionId: it.connectionId }, data: { fate } });
    it.wait(40 * DAY);
    expect(await forget(it)).toMatchObject({ events: 0 });
    expect(await events(it)).toHaveLength(1);
  }
});
