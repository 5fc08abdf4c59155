import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { engagementDays } from "../../src/store/feeds/engagement-days.ts";
import { olderProgress } from "../../src/store/feeds/engagement-older.ts";
import type { FreshDatabase } from "../support/fresh-database.ts";
import { freshDatabase } from "../support/fresh-database.ts";
import type { Lane, Person } from "./lane.ts";
import { DAY, MINUTE, lane, laneMapping } from "./lane.ts";
import { mortal } from "./mortal.ts";
import { storeOf } from "../../src/store/database/store.ts";
let fresh: FreshDatabase;
beforeAll(async () => void (fresh = await freshDatabase()));
afterAll(() => fresh.drop());

const ONLY = "record_as: custom_event, metrics: { opened: {} }";

/** One open a day, each in its own message, over so many days before now. */
function openDaily(it: Lane, person: Person, days: number): void {
  const begun = it.now();
  for (let day = 1; day <= days; day += 1)
    it.happen(person, "opened", {
      message: `day ${day}`,
      at: new Date(begun - day * DAY + MINUTE).toISOString(),
    });
}

function remap(it: Lane, section: string): void {
  it.mapping = { ...laneMapping(section), name: it.mapping.name };
}

const messages = (it: Lane): readonly string[] =>
  it
    .shown()
    .map(({ engagement }) => engagement.message ?? "")
    .toSorted();
const days = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `day ${from + index}`).toSorted();

describe("engagement.backfill raised later", () => {
  test("reads the older part once, and shows nothing twice", async () => {
    const it = await lane(fresh, `${ONLY}, backfill: 30d`);
    const ann = it.person("ann");
    openDaily(it, ann, 100);
    await it.run();
    expect(messages(it)).toEqual(days(1, 30));
    it.wait(MINUTE);
    remap(it, `${ONLY}, backfill: 90d`);
    const raised = await it.run();
    expect(messages(it)).toEqual(days(1, 90));
    expect(raised.counts).toMatchObject({ older: 60, recorded: 60 });
    const [stream] = await fresh.database.engagementStream.findMany({
      where: { connectionId: it.connectionId },
    });
    expect(stream).toMatchObject({ olderFrom: null, floor: new Date("2026-08-04T00:00:00Z") });
    for (const pause of [5 * MINUTE, DAY, 8 * DAY]) {
      it.wait(pause);
      expect((await it.run()).counts).toMatchObject({ older: 0, recorded: 0 });
    }
    expect(it.hubspot.engagement.sentAgain()).toBe(0);
  });

  test("new events are shown while the older part is read, turn by turn", async () => {
    const it = await lane(fresh, `${ONLY}, backfill: 1d`);
    const [ann, bob] = [it.person("ann"), it.person("bob")];
    await it.run();
    for (let number = 0; number < 1_000; number += 1)
      it.happen(ann, "opened", {
        message: `m${number}`,
        at: new Date(it.now() - 29 * DAY + number * MINUTE).toISOString(),
      });
    remap(it, `${ONLY}, backfill: 30d`);
    it.klaviyo.quirks.before = (call) => {
      if (call === "events") it.wait(MINUTE);
    };
    let runs = 0;
    while (it.shown().length < 1_000 + runs && runs < 20) {
      it.happen(bob, "opened", { message: `news ${runs}` });
      runs += 1;
      await it.run({}, 5 * MINUTE);
      expect(messages(it)).toContain(`news ${runs - 1}`);
    }
    expect(runs).toBeGreaterThan(2);
    expect(it.shown()).toHaveLength(1_000 + runs);
    expect(it.hubspot.engagement.sentAgain()).toBe(0);
  });

  test("tells how far it is, of how much, since when, and no day as missing that is not read yet", async () => {
    const it = await lane(fresh, `${ONLY}, backfill: 1d`);
    const ann = it.person("ann");
    for (let number = 0; number < 1_500; number += 1)
      it.happen(ann, "opened", {
        message: `m${number}`,
        at: new Date(it.now() - 20 * DAY + number * MINUTE).toISOString(),
      });
    await it.run();
    remap(it, `${ONLY}, backfill: 30d`);
    it.klaviyo.quirks.before = (call) => {
      if (call === "events") it.wait(MINUTE);
    };
    const told: (number | null)[] = [];
    await it.run({ progress: ({ step, total }) => step === "read" && told.push(total) }, 90_000);
    const [progress] = await olderProgress(storeOf(fresh.database, it.connectionId));
    expect(progress).toMatchObject({ counted: 1_500, from: new Date("2026-10-03T00:00:00Z") });
    expect(progress?.seen).toBeGreaterThan(0);
    expect(progress?.seen).toBeLessThan(1_500);
    expect(told).toContain(1_500);
    const all = await engagementDays(
      storeOf(fresh.database, it.connectionId),
      new Date("2026-09-01T00:00:00Z"),
    );
    expect(all.filter(({ counted, seen }) => (counted ?? 0) > seen)).not.toEqual([]);
    expect(all.filter(({ missing }) => missing > 0)).toEqual([]);
  });

  test("killed at any step it continues, and everything stands once", async () => {
    let steps = 0;
    for (const part of [1, 0.3, 0.55, 0.8]) {
      const it = await lane(fresh, `${ONLY}, backfill: 30d`);
      openDaily(it, it.person("ann"), 330);
      await it.run();
      remap(it, `${ONLY}, backfill: 300d`);
      const process = mortal(fresh.database, part === 1 ? Infinity : Math.floor(steps * part));
      process.watch(it.klaviyo, it.hubspot);
      await it.run({ database: process.database }).catch((error: unknown) => {
        if (!process.isDead()) throw error;
      });
      expect(process.isDead()).toBe(part < 1);
      steps ||= process.steps();
      for (const { quirks } of [it.klaviyo, it.hubspot]) quirks.before = () => {};
      // A killed process's lease runs out.
      const where = { name: `contacts of ${it.mapping.name}` };
      await fresh.database.lease.updateMany({ where, data: { expiresAt: new Date(0) } });
      it.wait(10 * MINUTE);
      await it.run();
      expect(messages(it)).toEqual(days(1, 300));
    }
  });

  test("lowered again, it stops reading, says so, and deletes nothing", async () => {
    const it = await lane(fresh, `${ONLY}, backfill: 1d`);
    openDaily(it, it.person("ann"), 300);
    await it.run();
    remap(it, `${ONLY}, backfill: 300d`);
    it.klaviyo.quirks.before = (call) => {
      if (call === "events") it.wait(10 * MINUTE);
    };
    await it.run({}, 15 * MINUTE);
    it.klaviyo.quirks.before = () => {};
    expect(await olderProgress(storeOf(fresh.database, it.connectionId))).toHaveLength(1);
    const seen = await fresh.database.engagement.count({ where: { connectionId: it.connectionId } });
    expect(seen).toBeGreaterThan(50);
    remap(it, `${ONLY}, backfill: 1d`);
    it.wait(5 * MINUTE);
    const { counts } = await it.run();
    expect(counts).toMatchObject({ dropped: 1, older: 0 });
    expect(await olderProgress(storeOf(fresh.database, it.connectionId))).toEqual([]);
    expect(it.shown()).toHaveLength(seen);
    remap(it, `${ONLY}, backfill: 300d`);
    it.wait(5 * MINUTE);
    await it.run();
    expect(messages(it)).toEqual(days(1, 300));
  });
});
