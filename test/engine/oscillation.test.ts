import { afterEach, beforeEach, expect, test } from "vitest";
import { openStore } from "../../src/store/runs/connections.ts";
import { markFailingDirty } from "../../src/store/links/links.ts";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { problem } from "../support/known-link.ts";
import { fieldRule, mapping } from "../support/rule.ts";
const HOUR = 3_600_000;

let it: Engine;
beforeEach(async () => void (it = await engine()));
afterEach(() => it.fresh.drop());

const both = mapping({ fields: [fieldRule("jobtitle", "title")] });

/** Somebody in HubSpot whose job title a workflow there sets to one value, and a flow in Klaviyo to another. */
async function fought(): Promise<{
  readonly jo: string;
  readonly profile: string;
  readonly fight: (runs: number) => Promise<number>;
}> {
  const jo = it.hubspot.user.create("jo@example.com", { jobtitle: "Buyer" }, ["all"]);
  const profile = it.klaviyo.user.create("jo@example.com", { title: "Buyer" }, ["engaged"]);
  await it.sync(both);
  it.newWrites();
  return {
    jo,
    profile,
    async fight(runs) {
      for (let run = 0; run < runs; run += 1) {
        it.wait(15 * 60_000);
        if (it.hubspot.user.value(jo, "jobtitle") !== "Buyer")
          it.hubspot.user.edit(jo, { jobtitle: "Buyer" });
        else it.klaviyo.user.edit(profile, { title: "Head of Buying" });
        await it.sync(both);
      }
      return it.newWrites();
    },
  };
}

test("a field that two automations fight over is written four times, and then left alone and said so", async () => {
  const { fight } = await fought();
  expect(await fight(30)).toBe(4);
  const [link] = await it.fresh.database.link.findMany({ include: { problems: true } });
  expect(link).toMatchObject({
    state: "failing",
    problems: [{ code: "SK-LOOP", field: "jobtitle:title:text" }],
  });
  expect(link?.problems[0]?.explanation).toMatch(/"Head of Buying" \(2026-11-01 \d\d:\d\d\), "Buyer" \(/);
});

test("a value that is new to the fight is written, and the fight does not go on from it", async () => {
  const { jo, profile, fight } = await fought();
  await fight(8);
  it.hubspot.user.edit(jo, { jobtitle: "Director" });
  await it.sync(both);
  expect(it.klaviyo.user.value(profile, "title")).toBe("Director");
  expect(await it.fresh.database.problem.count()).toBe(0);
  it.newWrites();
  expect(await fight(8)).toBe(0);
});

test("a person may try again at once", async () => {
  const { jo, profile, fight } = await fought();
  await fight(8);
  const held = () => [it.hubspot.user.value(jo, "jobtitle"), it.klaviyo.user.value(profile, "title")];
  expect(new Set(held()).size).toBe(2);
  const store = await openStore(it.fresh.database, both.name);
  expect(await markFailingDirty(store, { cause: "SK-LOOP" }, it.deps().now())).toBe(1);
  await it.sync(both);
  expect(new Set(held()).size).toBe(1);
  expect(await it.fresh.database.problem.count()).toBe(0);
});

test("after a day it is tried again without anybody asking", async () => {
  const { jo, profile, fight } = await fought();
  await fight(8);
  it.newWrites();
  it.wait(20 * HOUR);
  await it.sync(both);
  expect(it.newWrites()).toBe(0);
  it.wait(4 * HOUR);
  await it.sync(both);
  expect(it.hubspot.user.value(jo, "jobtitle")).toBe(it.klaviyo.user.value(profile, "title"));
});

test("a value that is refused again and again is no fight", async () => {
  const { profile } = await fought();
  it.hubspot.quirks.refuseValue = (property) =>
    property === "jobtitle" ? problem({ side: "hubspot", field: property, code: "HS-VALUE" }) : null;
  it.klaviyo.user.edit(profile, { title: "Director" });
  for (let run = 0; run < 6; run += 1) {
    await it.sync(both);
    it.wait(2 * HOUR);
  }
  expect(it.newWrites()).toBeGreaterThan(3);
  expect(await it.fresh.database.problem.findMany()).toMatchObject([{ code: "HS-VALUE" }]);
});
