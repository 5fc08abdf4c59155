import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { applyPlan } from "../../src/lanes/plans/apply-plan.ts";
import { readPlanFile } from "../../src/lanes/plans/plan-file.ts";
import { makeUndo } from "../../src/lanes/plans/undo.ts";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { mapping } from "../support/rule.ts";
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

const all = { count: 100 };
const rules = mapping({
  limits: { ...mapping().limits, updates: all, clears: all, creates: all, removals: all },
});
const JO = "jo@example.com";
const KIM = "kim@example.com";
const file = () => join(folder, "undo.plan");
const undo = (runId: bigint) => makeUndo(it.deps(), rules, { runId }, file(), 5);
const profileOf = (email: string) =>
  it.klaviyo.user.all().find(({ shownEmail }) => shownEmail === email)?.id ?? "";

/** Jo and Kim in step, and a run that carried Jo's new title to Klaviyo. */
async function titled() {
  const [jo, kim] = [JO, KIM].map((email) => it.hubspot.user.create(email, { jobtitle: "Buyer" }, ["all"]));
  await it.sync(rules);
  const profiles = { jo: profileOf(JO), kim: profileOf(KIM) };
  it.hubspot.user.edit(jo ?? "", { jobtitle: "Boss" });
  const { runId } = await it.sync(rules);
  return { jo: jo ?? "", kim: kim ?? "", profiles, runId };
}

test("an undo tells of somebody who is gone, though another person has their address now", async () => {
  const { jo, kim, profiles, runId } = await titled();
  it.hubspot.user.delete(jo);
  it.klaviyo.user.delete(profiles.jo);
  for (let runs = 0; runs < 3; runs += 1) await it.sync(rules);
  it.hubspot.user.changeEmail(kim, JO);
  for (let runs = 0; runs < 3; runs += 1) await it.sync(rules);
  const found = await undo(runId);
  expect(found).toMatchObject({ people: 0, changes: 1, putBack: 0, already: 0, left: { gone: 1 } });
  expect(it.klaviyo.user.value(profiles.kim, "title")).toBe("Buyer");
});

test("a saved undo puts back its person's values, though another person has the address by then", async () => {
  const { jo, profiles, runId } = await titled();
  expect(await undo(runId)).toMatchObject({ people: 1, changes: 1, putBack: 1, left: {} });
  it.hubspot.user.changeEmail(jo, "joanna@example.com");
  await it.sync(rules);
  const other = it.hubspot.user.create(JO, { jobtitle: "Boss" }, ["all"]);
  await it.sync(rules);
  const applied = await applyPlan(it.deps(), rules, await readPlanFile(file(), TEST_KEYS.files), null);
  expect(applied).toMatchObject({ done: 2, moved: [] });
  expect(it.klaviyo.user.value(profiles.jo, "title")).toBe("Buyer");
  expect(it.hubspot.user.value(jo, "jobtitle")).toBe("Buyer");
  expect(it.hubspot.user.value(other, "jobtitle")).toBe("Boss");
  expect(it.klaviyo.user.value(profileOf(JO), "title")).toBe("Boss");
});

test("an undo tells of somebody whose last write was not answered yet", async () => {
  const { jo, runId } = await titled();
  it.klaviyo.quirks.unanswered = () => "applied";
  it.hubspot.user.edit(jo, { firstname: "Joanna" });
  await it.sync(rules);
  expect(await undo(runId)).toMatchObject({ people: 0, changes: 1, left: { unanswered: 1 } });
  it.klaviyo.quirks.unanswered = () => null;
  it.wait(60_000);
  expect(await undo(runId)).toMatchObject({ people: 1, changes: 1, putBack: 1, left: {} });
});

test("the changes of a run are put back, are so already, or are left, and the numbers add up", async () => {
  const { jo, kim, profiles } = await titled();
  it.hubspot.user.edit(jo, { jobtitle: "Chief", firstname: "Jo" });
  it.hubspot.user.edit(kim, { jobtitle: "Chief", firstname: "Kim" });
  it.hubspot.user.create("lee@example.com", { firstname: "Lee" }, ["all"]);
  const { runId } = await it.sync(rules);
  // One title was put back by hand on both sides, one name was changed since.
  it.hubspot.user.edit(kim, { jobtitle: "Buyer" });
  await it.sync(rules);
  it.klaviyo.user.edit(profiles.jo, { first_name: "Johanna" });
  const found = await undo(runId);
  const left = Object.values(found.left).reduce((sum, count) => sum + count, 0);
  expect(found.changes).toBe(5);
  expect(found.putBack + found.already + left).toBe(5);
  expect(found.left).toMatchObject({ made: 1 });
});
