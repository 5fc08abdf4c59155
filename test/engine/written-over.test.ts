import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { performUndos } from "../../src/lanes/plans/perform-undos.ts";
import type { FieldRule, Mapping } from "../../src/model/mapping.ts";
import type { Value } from "../../src/model/value.ts";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { fieldRule, mapping } from "../support/rule.ts";

let it: Engine;
let jo: string;
let profile: string;
beforeEach(async () => {
  it = await engine();
  jo = it.hubspot.user.create("jo@example.com", { title: "Buyer", tags: ["a"] }, ["all"]);
  profile = it.klaviyo.user.create("jo@example.com", { title: "Buyer", tags: ["a"] }, ["engaged"]);
});
afterEach(() => it.fresh.drop());

const one = (changes: Partial<FieldRule>, property = "title"): Mapping =>
  mapping({ fields: [fieldRule(property, property, changes)] });

/** Somebody sets a value in HubSpot after it was read for the last time, and before the write arrives. */
function editInBetween(property: string, value: Value): void {
  const { quirks, user } = it.hubspot;
  quirks.before = (call) => {
    if (call !== "write") return;
    quirks.before = () => {};
    user.edit(jo, { [property]: value });
  };
}

const both = (property = "title"): readonly unknown[] => [
  it.hubspot.user.value(jo, property),
  it.klaviyo.user.value(profile, property),
];

const conflicts = () =>
  it.fresh.database.conflict.findMany({
    select: { kind: true, winner: true, won: true, lost: true, undo: { select: { state: true } } },
  });

/** Puts back what is to be put back, and continues until nothing is written any more. */
async function goOn(used: Mapping): Promise<void> {
  await performUndos(it.deps(), used);
  it.newWrites();
  await it.sync(used);
  expect(it.newWrites()).toBe(0);
}

describe("a value that somebody set in HubSpot in the moment before it was written over", () => {
  test("comes back to both sides where HubSpot wins, and what Klaviyo had is kept", async () => {
    const used = one({ winner: "hubspot" });
    await it.sync(used);
    it.klaviyo.user.edit(profile, { title: "Chief Buyer" });
    editInBetween("title", "Head of Buying");
    await it.sync(used);
    expect(both()).toEqual(["Chief Buyer", "Chief Buyer"]);
    const row = { kind: "written_over", winner: "klaviyo", won: "Chief Buyer", lost: "Head of Buying" };
    expect(await conflicts()).toEqual([{ ...row, undo: { state: "waiting" } }]);
    await goOn(used);
    expect(both()).toEqual(["Head of Buying", "Head of Buying"]);
    expect(await conflicts()).toEqual([{ ...row, undo: { state: "done" } }]);
  });

  test.each<[string, Partial<FieldRule>]>([
    ["Klaviyo wins", { winner: "klaviyo" }],
    ["the field goes to HubSpot only", { direction: "to_hubspot" }],
  ])("is kept as the losing one where %s", async (_case, rule) => {
    const used = one(rule);
    await it.sync(used);
    it.klaviyo.user.edit(profile, { title: "Chief Buyer" });
    editInBetween("title", "Head of Buying");
    await it.sync(used);
    await goOn(used);
    expect(both()).toEqual(["Chief Buyer", "Chief Buyer"]);
    expect(await conflicts()).toMatchObject([{ kind: "written_over", lost: "Head of Buying", undo: null }]);
  });

  test("takes the place of what HubSpot had lost before: that was the same side's own doing", async () => {
    const used = one({ winner: "klaviyo" });
    await it.sync(used);
    it.hubspot.user.edit(jo, { title: "First thought" });
    it.klaviyo.user.edit(profile, { title: "Chief Buyer" });
    editInBetween("title", "Second thought");
    await it.sync(used);
    expect(await conflicts()).toMatchObject([{ kind: "written_over", lost: "Second thought" }]);
  });

  test("stays empty where it was emptied, HubSpot wins and the field says so; else it is filled", async () => {
    for (const [onEmpty, stands] of [
      ["clear", null],
      ["keep", "Second"],
    ] as const) {
      const used = one({ winner: "hubspot", onEmpty });
      await it.sync(used);
      it.klaviyo.user.edit(profile, { title: "Second" });
      editInBetween("title", null);
      await it.sync(used);
      await goOn(used);
      expect(both()).toEqual([stands, stands]);
      it.klaviyo.user.edit(profile, { title: "Buyer" });
      await it.sync(used);
    }
  });

  test("joins the other list's changes where lists are joined", async () => {
    const used = one({ type: "list", merge: "union", winner: "hubspot" }, "tags");
    await it.sync(used);
    it.klaviyo.user.edit(profile, { tags: ["a", "b"] });
    editInBetween("tags", ["a", "c"]);
    await it.sync(used);
    await goOn(used);
    expect(both("tags")).toEqual([
      ["a", "b", "c"],
      ["a", "b", "c"],
    ]);
  });

  test("is found by the next run where the answer never came", async () => {
    const used = one({ winner: "hubspot" });
    await it.sync(used);
    it.klaviyo.user.edit(profile, { title: "Chief Buyer" });
    editInBetween("title", "Head of Buying");
    it.hubspot.quirks.unanswered = () => "applied";
    await it.sync(used);
    expect(await conflicts()).toEqual([]);
    it.hubspot.quirks.unanswered = () => null;
    await it.sync(used);
    await goOn(used);
    expect(both()).toEqual(["Head of Buying", "Head of Buying"]);
    expect(await conflicts()).toMatchObject([{ kind: "written_over", undo: { state: "done" } }]);
  });

  test("is left alone where somebody changed it once more meanwhile", async () => {
    const used = one({ winner: "hubspot" });
    await it.sync(used);
    it.klaviyo.user.edit(profile, { title: "Chief Buyer" });
    editInBetween("title", "Head of Buying");
    await it.sync(used);
    it.hubspot.user.edit(jo, { title: "Partner" });
    await performUndos(it.deps(), used);
    await it.sync(used);
    await goOn(used);
    expect(both()).toEqual(["Partner", "Partner"]);
    expect(await conflicts()).toMatchObject([{ undo: { state: "moved" } }]);
  });
});

test("what was put back on both sides is agreed on there: an edit right after it is no conflict", async () => {
  const used = one({ winner: "hubspot" });
  await it.sync(used);
  it.klaviyo.user.edit(profile, { title: "Chief Buyer" });
  editInBetween("title", "Head of Buying");
  await it.sync(used);
  await performUndos(it.deps(), used);
  it.klaviyo.user.edit(profile, { title: "Partner" });
  await it.sync(used);
  expect(both()).toEqual(["Partner", "Partner"]);
  expect(await conflicts()).toHaveLength(1);
});

test("a write that nobody came before leaves no trace of a conflict, sent once or twice", async () => {
  const used = one({ winner: "hubspot" });
  await it.sync(used);
  for (const title of ["One", "Two", "One"]) {
    it.klaviyo.user.edit(profile, { title });
    await it.sync(used);
  }
  expect(both()).toEqual(["One", "One"]);
  expect(await conflicts()).toEqual([]);
});

test("a value that lost to a write whose answer never came is kept as if it had come", async () => {
  const used = one({ winner: "klaviyo" });
  await it.sync(used);
  it.hubspot.user.edit(jo, { title: "Head of Buying" });
  it.klaviyo.user.edit(profile, { title: "Chief Buyer" });
  it.hubspot.quirks.unanswered = () => "applied";
  await it.sync(used);
  it.hubspot.quirks.unanswered = () => null;
  await it.sync(used);
  await goOn(used);
  const kept = { kind: "changed_on_both", winner: "klaviyo", won: "Chief Buyer", lost: "Head of Buying" };
  expect(await conflicts()).toEqual([{ ...kept, undo: null }]);
});
