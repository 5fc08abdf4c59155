import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openStore } from "../../src/store/runs/connections.ts";
import { saveSinkSetup } from "../../src/store/feeds/engagement-state.ts";
import type { FreshDatabase } from "../support/fresh-database.ts";
import { freshDatabase } from "../support/fresh-database.ts";
import type { Lane } from "./lane.ts";
import { DAY, MINUTE, lane } from "./lane.ts";
let fresh: FreshDatabase;
beforeAll(async () => void (fresh = await freshDatabase()));
afterAll(() => fresh.drop());

const SINKS = ["note", "custom_event"] as const;

/** What the database holds of the lane now, and a way to go back to it. */
async function backup({ connectionId }: Lane): Promise<() => Promise<void>> {
  const { database } = fresh;
  const where = { where: { connectionId } };
  const [events, streams, contacts, runs] = await Promise.all([
    database.engagement.findMany(where),
    database.engagementStream.findMany(where),
    database.engagementContact.findMany(where),
    database.run.findMany(where),
  ]);
  return async () => {
    await database.engagement.deleteMany(where);
    await database.engagementStream.deleteMany(where);
    await database.engagementContact.deleteMany(where);
    await database.run.deleteMany({ where: { connectionId, id: { notIn: runs.map(({ id }) => id) } } });
    await database.engagement.createMany({
      data: events.map((one) => ({ ...one, problem: undefined }) as never),
    });
    await database.engagementStream.createMany({ data: streams });
    await database.engagementContact.createMany({ data: contacts as never });
  };
}

/** Nothing is left but the mapping: another connection to the same two accounts. */
async function lose(it: Lane): Promise<void> {
  it.mapping = { ...it.mapping, name: `${it.mapping.name}-again` };
  const store = await openStore(fresh.database, it.mapping.name);
  const recordAs = it.mapping.engagement?.recordAs ?? "note";
  await saveSinkSetup(store, recordAs, { ids: { made: recordAs }, report: [] });
}

const entries = (it: Lane): readonly string[] => it.shown().map(({ contact, id }) => `${contact} ${id}`);

describe.each(SINKS)("shown as %s", (recordAs) => {
  test("what was shown after the backup stands once after the database is restored, whatever its age", async () => {
    const it = await lane(fresh, `record_as: ${recordAs}`);
    const people = ["ann", "bob", "cleo", "dan"].map((name) => it.person(name));
    await it.run();
    for (const person of people.slice(0, 2)) it.happen(person, "opened", { message: "before" });
    it.wait(5 * MINUTE);
    await it.run();
    const restore = await backup(it);
    for (const person of people) {
      it.happen(person, "opened", { message: "after" });
      it.happen(person, "clicked", { message: "after" });
    }
    it.wait(MINUTE);
    await it.run();
    const before = entries(it);
    expect(before).toHaveLength(10);
    await restore();
    it.wait(MINUTE);
    for (const person of people.slice(0, 1)) it.happen(person, "clicked", { message: "before" });
    it.wait(MINUTE);
    await it.run();
    expect(entries(it)).toHaveLength(11);
    expect(new Set(entries(it)).size).toBe(11);
    it.wait(DAY);
    await it.run();
    expect(entries(it)).toHaveLength(11);
  });

  test("60 entries stand once after the database was lost", async () => {
    const it = await lane(fresh, `record_as: ${recordAs}, backfill: 30d`);
    for (let number = 0; number < 60; number += 1) {
      it.happen(it.person(`p${number}`), "opened", {
        at: new Date(it.now() - number * 10 * 60 * MINUTE).toISOString(),
      });
    }
    await it.run();
    const before = entries(it);
    expect(before).toHaveLength(60);
    await lose(it);
    it.wait(5 * MINUTE);
    expect((await it.run()).counts["recorded"]).toBe(60);
    expect(entries(it).toSorted()).toEqual(before.toSorted());
  });
});

test("a note of a contact that was merged since is gone on with, on the one that is left", async () => {
  const it = await lane(fresh, "record_as: note");
  const [ann, bob] = [it.person("ann"), it.person("bob")];
  await it.run();
  it.happen(ann, "opened");
  it.wait(5 * MINUTE);
  await it.run();
  it.hubspot.user.merge(ann.contact ?? "", bob.contact ?? "");
  it.happen(bob, "clicked");
  it.wait(5 * MINUTE);
  await it.run();
  expect(it.shown()).toHaveLength(2);
  expect(new Set(it.shown().map(({ reference }) => reference)).size).toBe(1);
});
