import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { applyPlan } from "../../src/lanes/plans/apply-plan.ts";
import { readPlanFile } from "../../src/lanes/plans/plan-file.ts";
import { makeUndo } from "../../src/lanes/plans/undo.ts";
import type { Mapping } from "../../src/model/mapping.ts";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { fieldRule, mapping } from "../support/rule.ts";
import { TEST_KEYS } from "../support/test-keys.ts";

let it: Engine;
let folder: string;
beforeEach(async () => {
  it = await engine();
  folder = await mkdtemp(join(tmpdir(), "tandem-undo-"));
});
afterEach(async () => {
  await it.fresh.drop();
  await rm(folder, { recursive: true });
});

const bothWays = mapping({ fields: [fieldRule("jobtitle", "title")] });

async function jo(of: Mapping): Promise<{ readonly hubspot: string; readonly klaviyo: string }> {
  const hubspot = it.hubspot.user.create("jo@example.com", { jobtitle: "Buyer" }, ["all"]);
  await it.sync(of);
  const klaviyo = it.klaviyo.user.all()[0]?.id ?? "";
  it.klaviyo.user.join(klaviyo, "engaged");
  await it.sync(of);
  return { hubspot, klaviyo };
}

async function undo(of: Mapping, runId: bigint) {
  const file = join(folder, "undo");
  const found = await makeUndo(it.deps(), of, { runId }, file, 5);
  const applied =
    found.people === 0
      ? null
      : await applyPlan(it.deps(), of, await readPlanFile(file, TEST_KEYS.files), "wanted");
  await it.sync(of);
  await it.sync(of);
  return { found, applied };
}

const values = (person: { readonly hubspot: string; readonly klaviyo: string }) => [
  it.hubspot.user.value(person.hubspot, "jobtitle"),
  it.klaviyo.user.value(person.klaviyo, "title"),
];

test.each(["hubspot", "klaviyo"] as const)(
  "an undo of what %s's edit did to the other side puts the old value back on both, and it stays",
  async (edited) => {
    const person = await jo(bothWays);
    if (edited === "hubspot") it.hubspot.user.edit(person.hubspot, { jobtitle: "Boss" });
    else it.klaviyo.user.edit(person.klaviyo, { title: "Boss" });
    const { runId } = await it.sync(bothWays);
    const { found, applied } = await undo(bothWays, runId);
    expect(found).toMatchObject({ people: 1, operations: 2, left: {} });
    expect(applied).toMatchObject({ done: 2, moved: [] });
    expect(values(person)).toEqual(["Buyer", "Buyer"]);
  },
);

test("an undo leaves both sides alone where the side that the value came from was edited since", async () => {
  const person = await jo(bothWays);
  it.hubspot.user.edit(person.hubspot, { jobtitle: "Boss" });
  const { runId } = await it.sync(bothWays);
  it.hubspot.user.edit(person.hubspot, { jobtitle: "Retired" });
  const { found } = await undo(bothWays, runId);
  expect(found).toMatchObject({ people: 0, left: { changed_since: 1 } });
  expect(values(person)).toEqual(["Retired", "Retired"]);
});

test("an undo of an early run leaves what a later run carried the other way", async () => {
  const person = await jo(bothWays);
  it.hubspot.user.edit(person.hubspot, { jobtitle: "Boss" });
  const { runId } = await it.sync(bothWays);
  it.klaviyo.user.edit(person.klaviyo, { title: "Retired" });
  await it.sync(bothWays);
  const { found } = await undo(bothWays, runId);
  expect(found).toMatchObject({ people: 0, left: { changed_since: 1 } });
  expect(values(person)).toEqual(["Retired", "Retired"]);
});

test("lists that a run joined on both sides are left, because no single value was there before", async () => {
  const lists = mapping({ fields: [fieldRule("tags", "properties.Tags", { type: "list", merge: "union" })] });
  const hubspot = it.hubspot.user.create("jo@example.com", { tags: ["a"] }, ["all"]);
  const klaviyo = it.klaviyo.user.create("jo@example.com", { "properties.Tags": ["b"] }, ["engaged"]);
  const { runId } = await it.sync(lists);
  expect(it.klaviyo.user.value(klaviyo, "properties.Tags")).toEqual(["a", "b"]);
  const { found } = await undo(lists, runId);
  expect(found).toMatchObject({ people: 0, left: { differed_before: 2 } });
  expect(it.hubspot.user.value(hubspot, "tags")).toEqual(["a", "b"]);
});

test.each(["keep", "enforce"] as const)(
  "an undo of a one-way field (target edits: %s) stays on its target until the source changes",
  async (onTargetEdit) => {
    const oneWay = mapping({
      fields: [fieldRule("jobtitle", "title", { direction: "to_klaviyo", onTargetEdit })],
    });
    const person = await jo(oneWay);
    it.hubspot.user.edit(person.hubspot, { jobtitle: "Boss" });
    const { runId } = await it.sync(oneWay);
    expect((await undo(oneWay, runId)).found).toMatchObject({ people: 1, operations: 1 });
    expect(values(person)).toEqual(["Boss", "Buyer"]);
    it.hubspot.user.edit(person.hubspot, { jobtitle: "Retired" });
    await it.sync(oneWay);
    expect(values(person)).toEqual(["Retired", "Retired"]);
  },
);
