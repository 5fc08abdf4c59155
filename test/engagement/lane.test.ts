import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { FreshDatabase } from "../support/fresh-database.ts";
import { freshDatabase } from "../support/fresh-database.ts";
import { DAY, HOUR, MINUTE, fates, lane, laneMapping } from "./lane.ts";
import { storeOf } from "../../src/store/database/store.ts";
let fresh: FreshDatabase;
beforeAll(async () => void (fresh = await freshDatabase()));
afterAll(() => fresh.drop());

const A = "https://shop.example.com/a";
const B = "https://shop.example.com/b";

describe("the engagement lane", () => {
  test("three opens, three clicks on one link and three on another are one open and two clicks", async () => {
    const it = await lane(fresh);
    const ann = it.person("ann");
    await it.run();
    for (let time = 0; time < 3; time += 1) {
      it.wait(MINUTE);
      it.happen(ann, "opened");
      it.happen(ann, "clicked", { url: A });
      it.happen(ann, "clicked", { url: B });
    }
    it.wait(5 * MINUTE);
    const { counts } = await it.run();
    expect(
      it
        .shown()
        .map(({ contact, engagement }) => `${contact} ${engagement.kind} ${engagement.url}`)
        .toSorted(),
    ).toEqual([`${ann.contact} clicked ${A}`, `${ann.contact} clicked ${B}`, `${ann.contact} opened null`]);
    expect(counts).toMatchObject({ read: 9, added: 9, recorded: 3, refused: 0 });
    expect(Object.values(await fates(storeOf(fresh.database, it.connectionId))).toSorted()).toEqual([
      ...Array.from({ length: 3 }, () => "recorded"),
      ...Array.from({ length: 6 }, () => "repeat"),
    ]);
  });

  test("from now on: what happened before the first run is not read, and nothing is shown twice by any pass", async () => {
    const it = await lane(fresh);
    const ann = it.person("ann");
    it.happen(ann, "opened", { message: "old" });
    it.wait(1);
    await it.run();
    it.happen(ann, "opened", { message: "new" });
    for (const pause of [MINUTE, HOUR, DAY, 8 * DAY, 31 * DAY]) {
      it.wait(pause);
      await it.run();
    }
    expect(it.shown().map(({ engagement }) => engagement.message)).toEqual(["new"]);
    expect(it.hubspot.engagement.sentAgain()).toBe(0);
  });

  test("a back-fill of 30 days shows what happened since, and not before", async () => {
    const it = await lane(fresh, "record_as: custom_event, backfill: 30d");
    const ann = it.person("ann");
    it.happen(ann, "opened", { message: "a", at: new Date(it.now() - 29 * DAY).toISOString() });
    it.happen(ann, "opened", { message: "b", at: new Date(it.now() - 32 * DAY).toISOString() });
    await it.run();
    expect(it.shown().map(({ engagement }) => engagement.message)).toEqual(["a"]);
  });

  test.each([
    ["two hours", HOUR, 5 * MINUTE],
    ["a day", 20 * HOUR, HOUR],
    ["six days", 6 * DAY, DAY],
    ["seventeen days", 17 * DAY, 7 * DAY],
  ])(
    "an event that comes %s late is shown by the next pass that goes so far back",
    async (_, late, within) => {
      const it = await lane(fresh);
      const ann = it.person("ann");
      await it.run();
      it.wait(HOUR);
      const at = new Date(it.now()).toISOString();
      // Others happen meanwhile, so the watermark continues.
      it.happen(ann, "opened", { message: "late", at }, it.now() + late);
      for (let waited = 0; waited < late; waited += late / 4) {
        it.wait(late / 4);
        it.happen(ann, "opened", { message: `m${waited}` });
        await it.run();
      }
      for (let step = 0; step < 4; step += 1) {
        it.wait(within / 3);
        await it.run();
      }
      const shown = it.shown().map(({ engagement }) => engagement.message);
      expect(shown).toContain("late");
      expect(new Set(shown).size).toBe(shown.length);
    },
  );

  test("an event of the future waits until its time, and holds up nobody", async () => {
    const it = await lane(fresh);
    const ann = it.person("ann");
    await it.run();
    it.wait(MINUTE);
    it.happen(ann, "opened", { message: "future", at: new Date(it.now() + 18 * HOUR).toISOString() });
    it.wait(5 * MINUTE);
    await it.run();
    expect(it.shown()).toEqual([]);
    it.happen(ann, "opened", { message: "now" });
    it.wait(5 * MINUTE);
    await it.run();
    expect(it.shown().map(({ engagement }) => engagement.message)).toEqual(["now"]);
    it.wait(18 * HOUR);
    await it.run();
    expect(it.shown().map(({ engagement }) => engagement.message)).toEqual(["now", "future"]);
  });

  test("somebody who becomes a contact tomorrow is still shown; a week later no more", async () => {
    const it = await lane(fresh);
    const [soon, late] = [it.person("soon", false), it.person("late", false)];
    await it.run();
    it.wait(MINUTE);
    it.happen(soon, "opened");
    it.happen(late, "opened");
    it.wait(HOUR);
    await it.run();
    expect(Object.values(await fates(storeOf(fresh.database, it.connectionId)))).toEqual([
      "unknown",
      "unknown",
    ]);
    it.wait(DAY);
    it.hubspot.user.create(soon.email);
    await it.run();
    expect(it.shown().map(({ engagement }) => engagement.person)).toEqual([soon.profile]);
    it.wait(8 * DAY);
    it.hubspot.user.create(late.email);
    await it.run();
    it.wait(DAY);
    await it.run();
    expect(it.shown()).toHaveLength(1);
    expect(it.hubspot.writes).toEqual([]);
  });

  test("somebody unknown becomes a contact by address, with the values that the mapping gives, and once", async () => {
    const it = await lane(
      fresh,
      "record_as: custom_event, unknown_contacts: create, new_contact: { lifecyclestage: lead, firstname: { klaviyo: first_name } }",
    );
    const bob = it.person("bob", false);
    it.klaviyo.user.edit(bob.profile, { first_name: "Bob" });
    await it.run();
    for (let day = 0; day < 3; day += 1) {
      it.wait(HOUR);
      it.happen(bob, "opened", { message: `m${day}` });
      it.wait(HOUR);
      await it.run();
    }
    const made = it.hubspot.user.all();
    expect(made.map(({ shownEmail, values }) => [shownEmail, Object.fromEntries(values)])).toEqual([
      ["bob@example.com", { email: "bob@example.com", firstname: "Bob", lifecyclestage: "lead" }],
    ]);
    expect(it.shown().map(({ contact }) => contact)).toEqual([made[0]?.id, made[0]?.id, made[0]?.id]);
  });

  test("a back-fill makes contacts of people whose events are weeks old, too", async () => {
    const it = await lane(fresh, "record_as: custom_event, backfill: 30d, unknown_contacts: create");
    const bob = it.person("bob", false);
    it.happen(bob, "opened", { at: new Date(it.now() - 20 * DAY).toISOString() });
    await it.run();
    expect(it.shown().map(({ contact }) => contact)).toEqual(it.hubspot.user.all().map(({ id }) => id));
    expect(it.shown()).toHaveLength(1);
  });

  test("somebody who was deleted in HubSpot is not made again (P11)", async () => {
    const it = await lane(fresh, "record_as: custom_event, unknown_contacts: create");
    const bob = it.person("bob", false);
    await it.run();
    it.happen(bob, "opened", { message: "one" });
    it.wait(HOUR);
    await it.run();
    for (const { id } of it.hubspot.user.all()) it.hubspot.user.delete(id);
    it.happen(bob, "opened", { message: "two" });
    for (let day = 0; day < 3; day += 1) {
      it.wait(DAY);
      await it.run();
    }
    expect(it.hubspot.writes.map(({ operation }) => operation.kind)).toEqual(["create"]);
  });

  test("more new contacts than the limit are not made at all, and somebody is told", async () => {
    const it = await lane(fresh, "record_as: custom_event, unknown_contacts: create");
    it.mapping = { ...it.mapping, limits: { ...it.mapping.limits, creates: { count: 2 } } };
    await it.run();
    it.wait(MINUTE);
    for (const name of ["a", "b", "c"]) it.happen(it.person(name, false), "opened");
    it.wait(HOUR);
    const { problems } = await it.run();
    expect(problems.map(({ code }) => code)).toEqual(["SK-LIMIT"]);
    expect(it.hubspot.user.all()).toEqual([]);
    it.mapping = { ...it.mapping, limits: { ...it.mapping.limits, creates: { count: 3 } } };
    it.wait(5 * MINUTE);
    await it.run();
    expect(it.shown()).toHaveLength(3);
  });

  test("machines are left out of opens and clicks, unless the mapping wants them", async () => {
    const it = await lane(fresh);
    const ann = it.person("ann");
    await it.run();
    it.happen(ann, "opened", { byMachine: true });
    it.happen(ann, "clicked", { byMachine: true });
    it.wait(5 * MINUTE);
    await it.run();
    expect(it.shown()).toEqual([]);
    it.mapping = {
      ...laneMapping("record_as: custom_event, metrics: { opened: { exclude_bots: false }, clicked: {} }"),
      name: it.mapping.name,
    };
    it.wait(5 * MINUTE);
    await it.run();
    expect(it.shown().map(({ engagement }) => engagement.kind)).toEqual(["opened"]);
  });

  test("only the flows, campaigns and people that count", async () => {
    const it = await lane(
      fresh,
      'record_as: custom_event, only_from: { flows: ["Welcome"], campaigns: none, segments: [vip] }',
    );
    it.klaviyo.user.makeCollection("vip", "segment");
    const [vip, other, later] = [it.person("vip"), it.person("other"), it.person("later")];
    it.klaviyo.user.join(vip.profile, "vip");
    const flow = { kind: "flow", id: "F1", name: "Welcome" } as const;
    await it.run();
    for (const who of [vip, other, later]) {
      it.happen(who, "opened", { message: "w", source: flow });
      it.happen(who, "opened", { message: "x", source: { ...flow, name: "Other" } });
      it.happen(who, "opened", { message: "y" });
    }
    it.wait(5 * MINUTE);
    await it.run();
    const shown = () => it.shown().map(({ engagement }) => [engagement.person, engagement.message]);
    expect(shown()).toEqual([[vip.profile, "w"]]);
    // A segment is rebuilt after what it depends on.
    it.klaviyo.user.join(later.profile, "vip");
    it.wait(HOUR);
    await it.run();
    expect(shown()).toEqual([
      [vip.profile, "w"],
      [later.profile, "w"],
    ]);
    it.klaviyo.user.leave(vip.profile, "vip");
    it.wait(HOUR);
    await it.run();
    it.happen(vip, "opened", { message: "w2", source: flow });
    it.wait(HOUR);
    await it.run();
    expect(shown()).toHaveLength(2);
  });

  test("without the list that says who counts everything waits, and is shown once it is there", async () => {
    const it = await lane(fresh, "record_as: custom_event, only_from: { lists: [gone] }");
    const ann = it.person("ann");
    await it.run();
    it.happen(ann, "opened");
    it.wait(5 * MINUTE);
    expect((await it.run()).problems.map(({ code }) => code)).toEqual(["SK-NOLIST"]);
    it.klaviyo.user.makeCollection("gone");
    it.klaviyo.user.join(ann.profile, "gone");
    it.wait(5 * MINUTE);
    expect((await it.run()).problems).toEqual([]);
    expect(it.shown()).toHaveLength(1);
  });

  test("two profiles of one contact show it once", async () => {
    const it = await lane(fresh);
    const ann = it.person("ann");
    const twin = { ...ann, profile: it.klaviyo.user.create("twin@example.com") };
    await it.run();
    it.happen(ann, "opened");
    it.happen(twin, "opened");
    it.wait(5 * MINUTE);
    await it.run();
    expect(it.shown()).toHaveLength(1);
    expect(Object.values(await fates(storeOf(fresh.database, it.connectionId))).toSorted()).toEqual([
      "recorded",
      "repeat",
    ]);
  });
});
