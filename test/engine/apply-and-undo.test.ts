import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Applied } from "../../src/lanes/plans/apply-plan.ts";
import { applyPlan } from "../../src/lanes/plans/apply-plan.ts";
import { makePlan } from "../../src/lanes/plans/make-plan.ts";
import { readPlanFile } from "../../src/lanes/plans/plan-file.ts";
import { makeUndo } from "../../src/lanes/plans/undo.ts";
import type { Problem } from "../../src/model/problem.ts";
import { SystemUnavailable } from "../../src/model/problem.ts";
import type { Mapping } from "../../src/model/mapping.ts";
import type { WriteFilter } from "../../src/store/writes/writes-by-link.ts";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { mapping, scopeRule } from "../support/rule.ts";
import { TEST_KEYS } from "../support/test-keys.ts";

let it: Engine;
let folder: string;
beforeEach(async () => {
  it = await engine();
  folder = await mkdtemp(join(tmpdir(), "tandem-plan-"));
});
afterEach(async () => {
  await it.fresh.drop();
  await rm(folder, { recursive: true });
});

const both = mapping();
const file = () => join(folder, "plan");

async function plan(of: Mapping = both) {
  return makePlan(it.deps(), of, { email: null, field: null, examples: 5, out: file() });
}

async function apply(of: Mapping = both, approvedBecause: string | null = null): Promise<Applied> {
  return applyPlan(it.deps(), of, await readPlanFile(file(), TEST_KEYS.files), approvedBecause);
}

async function undo(wanted: WriteFilter) {
  return makeUndo(it.deps(), both, wanted, file(), 5);
}

/** Some problem of Klaviyo's. */
function trouble(): Problem {
  return {
    code: "KL-VALUE",
    level: "contact",
    side: "klaviyo",
    field: null,
    title: "Refused",
    explanation: "No.",
    fix: ["Wait."],
    retry: "on_change",
    reference: null,
  };
}

/** Jo and Kim in HubSpot's list, synced. */
async function joAndKim(): Promise<readonly [string, string, string, string]> {
  const [jo, kim] = ["jo", "kim"].map((name) =>
    it.hubspot.user.create(`${name}@example.com`, { firstname: name, jobtitle: "Buyer" }, ["all"]),
  );
  await it.sync(both);
  it.newWrites();
  const profile = (email: string) =>
    it.klaviyo.user.all().find(({ shownEmail }) => shownEmail === email)?.id ?? "";
  return [jo ?? "", kim ?? "", profile("jo@example.com"), profile("kim@example.com")];
}

test("a plan writes nothing, and applying it does exactly that", async () => {
  const [jo, , joProfile] = await joAndKim();
  it.hubspot.user.edit(jo, { jobtitle: "Head of Buying" });
  const found = await plan();
  expect(it.newWrites()).toBe(0);
  expect(found.totals).toMatchObject({ people: 1, klaviyo: { updates: 1 } });
  expect(found.saved?.people).toBe(1);

  it.hubspot.user.create("later@example.com", {}, ["all"]);
  const applied = await apply();
  expect(applied).toMatchObject({ done: 1, planned: 1, moved: [], refused: 0 });
  expect(it.klaviyo.user.value(joProfile, "title")).toBe("Head of Buying");
  expect(it.newWrites()).toBe(1);
});

test("what moved since the plan is left and told", async () => {
  const [jo, kim, joProfile, kimProfile] = await joAndKim();
  for (const id of [jo, kim]) it.hubspot.user.edit(id, { jobtitle: "Head of Buying" });
  await plan();
  it.hubspot.user.edit(jo, { jobtitle: "Retired" });
  const applied = await apply();
  expect(applied.moved).toMatchObject([{ email: "jo@example.com", operation: "update" }]);
  expect(it.klaviyo.user.value(joProfile, "title")).toBe("Buyer");
  expect(it.klaviyo.user.value(kimProfile, "title")).toBe("Head of Buying");
  await it.sync(both);
  expect(it.klaviyo.user.value(joProfile, "title")).toBe("Retired");
});

test("a plan over a limit is applied only when somebody approved it", async () => {
  const strict = mapping({ limits: { ...both.limits, updates: { count: 0 } } });
  const [jo, , joProfile] = await joAndKim();
  it.hubspot.user.edit(jo, { jobtitle: "Head of Buying" });
  await plan(strict);
  expect(await apply(strict)).toMatchObject({ runId: null, done: 0, exceeded: [{ action: "updates" }] });
  expect(it.newWrites()).toBe(0);
  expect(await apply(strict, "wanted")).toMatchObject({ done: 1 });
  expect(it.klaviyo.user.value(joProfile, "title")).toBe("Head of Buying");
});

test("a plan is refused under another mapping, when it is old, cut off, or edited", async () => {
  const [jo] = await joAndKim();
  it.hubspot.user.edit(jo, { jobtitle: "Head of Buying" });
  await plan();
  await expect(apply(mapping({ hash: "2" }))).rejects.toThrow(
    "The mapping has changed since the plan was made",
  );
  const text = await readFile(file(), "utf8");
  await writeFile(file(), text.replace("Head of Buying", "Boss"));
  await expect(apply()).rejects.toThrow(/was changed after it was saved/);
  await writeFile(file(), text.split("\n").slice(0, 2).join("\n"));
  await expect(apply()).rejects.toThrow(/is not whole/);
  await writeFile(file(), "<html>");
  await expect(apply()).rejects.toThrow(/is no saved plan/);
  await writeFile(file(), text);
  it.wait(3_600_001);
  await expect(apply()).rejects.toThrow("more than 60 minutes old");
  expect(it.newWrites()).toBe(0);
});

test("a run is undone, stays undone, and the next edit of its source flows again", async () => {
  const [jo, , joProfile] = await joAndKim();
  it.hubspot.user.edit(jo, { jobtitle: "Wrong" });
  const { runId } = await it.sync(both);
  expect(it.klaviyo.user.value(joProfile, "title")).toBe("Wrong");
  it.newWrites();
  expect(await undo({ runId })).toMatchObject({ people: 1, operations: 2, left: {} });
  expect(it.newWrites()).toBe(0);
  await apply();
  expect(it.klaviyo.user.value(joProfile, "title")).toBe("Buyer");
  expect(it.hubspot.user.value(jo, "jobtitle")).toBe("Buyer");
  await it.sync(both);
  await it.sync(both);
  expect(it.newWrites()).toBe(2);
  it.hubspot.user.edit(jo, { jobtitle: "Right" });
  await it.sync(both);
  expect(it.klaviyo.user.value(joProfile, "title")).toBe("Right");
});

test("undo leaves what somebody changed since, before the plan or after it", async () => {
  const [jo, kim, joProfile, kimProfile] = await joAndKim();
  for (const id of [jo, kim]) it.hubspot.user.edit(id, { jobtitle: "Wrong" });
  const { runId } = await it.sync(both);
  it.klaviyo.user.edit(joProfile, { title: "By hand" });
  expect(await undo({ runId })).toMatchObject({ people: 1, left: { changed_since: 1 } });
  it.klaviyo.user.edit(kimProfile, { title: "Later by hand" });
  // The half on HubSpot's side is left with the half that moved.
  const kimMoved = { email: "kim@example.com", operation: "update" };
  expect((await apply()).moved).toMatchObject([kimMoved, kimMoved]);
  expect(it.hubspot.user.value(kim, "jobtitle")).toBe("Wrong");
  expect(it.klaviyo.user.value(joProfile, "title")).toBe("By hand");
  expect(it.klaviyo.user.value(kimProfile, "title")).toBe("Later by hand");
});

test("undo leaves what a later run wrote, unless that is undone too", async () => {
  const [jo, , joProfile] = await joAndKim();
  it.hubspot.user.edit(jo, { jobtitle: "First" });
  const first = await it.sync(both);
  it.hubspot.user.edit(jo, { jobtitle: "Second" });
  await it.sync(both);
  expect(await undo({ runId: first.runId })).toMatchObject({ people: 0, left: { changed_since: 1 } });
  expect(await undo({ email: "jo@example.com", fields: [both.fields[1]?.key ?? ""] })).toMatchObject({
    people: 1,
    left: {},
  });
  await apply();
  expect(it.klaviyo.user.value(joProfile, "title")).toBe("Buyer");
});

test("a contact that was made is never deleted by an undo", async () => {
  it.hubspot.user.create("jo@example.com", { firstname: "Jo" }, ["all"]);
  const { runId } = await it.sync(both);
  expect(await undo({ runId })).toMatchObject({ people: 0, left: { made: 1 } });
  await expect(apply()).rejects.toThrow("ENOENT");
  expect(it.klaviyo.user.all()).toHaveLength(1);
});

test("list membership is put back as it was", async () => {
  const listing = mapping({
    rules: [
      scopeRule("customers", "hubspot", "all", {
        addToLists: [{ kind: "list", nameOrId: "newsletter", line: 1, column: 1 }],
      }),
    ],
  });
  it.klaviyo.user.create("jo@example.com", {});
  it.hubspot.user.create("jo@example.com", {}, ["all"]);
  const { runId } = await it.sync(listing);
  expect(it.klaviyo.user.members("newsletter")).toHaveLength(1);
  await makeUndo(it.deps(), listing, { runId }, file(), 5);
  await applyPlan(it.deps(), listing, await readPlanFile(file(), TEST_KEYS.files), null);
  expect(it.klaviyo.user.members("newsletter")).toHaveLength(0);
});

test("a first plan is applied under the limits that it was shown under", async () => {
  const strict = mapping({ limits: { ...both.limits, creates: { count: 2 } } });
  for (const name of ["jo", "kim", "lee"]) it.hubspot.user.create(`${name}@example.com`, {}, ["all"]);
  expect((await plan(strict)).exceeded).toEqual([]);
  expect(await apply(strict)).toMatchObject({ done: 3, exceeded: [] });
});

test("a plan that was applied has nothing left to do, and nothing of it is said to have moved", async () => {
  const [jo] = await joAndKim();
  it.hubspot.user.edit(jo, { jobtitle: "Head of Buying" });
  it.hubspot.user.create("lee@example.com", { firstname: "Lee" }, ["all"]);
  await plan();
  expect(await apply()).toMatchObject({ done: 2, already: 0, moved: [] });
  it.newWrites();
  expect(await apply()).toMatchObject({ done: 0, planned: 2, already: 2, moved: [] });
  expect(it.newWrites()).toBe(0);
});

test("whose word let a plan over a limit, and why, stands with the run", async () => {
  const strict = mapping({ limits: { ...both.limits, updates: { count: 0 } } });
  const [jo] = await joAndKim();
  it.hubspot.user.edit(jo, { jobtitle: "Head of Buying" });
  await plan(strict);
  const { runId } = await apply(strict, "the new titles of October");
  const run = await it.fresh.database.run.findUniqueOrThrow({ where: { id: runId ?? 0n } });
  expect(run.note).toMatch(/^A saved plan of .* UTC, over a limit because: the new titles of October$/);
  expect(run.counts).toMatchObject({ applied: 1, moved: 0 });
});

test("applying a plan stops where a run stops: when so many are refused that they have one cause", async () => {
  const names = Array.from({ length: 600 }, (_, n) => `p${n}@example.com`);
  for (const name of names) it.hubspot.user.create(name, { firstname: "P" }, ["all"]);
  await plan();
  it.klaviyo.quirks.refuse = trouble;
  const applied = await apply();
  expect(applied.stoppedBy).toMatchObject({ code: "SK-ERRORS" });
  expect(applied.refused).toBe(500);
});

test("a side that is out while a plan is applied leaves no run that seems to go on", async () => {
  const [jo] = await joAndKim();
  it.hubspot.user.edit(jo, { jobtitle: "Head of Buying" });
  await plan();
  it.klaviyo.quirks.unavailable = (call) =>
    call === "write" ? new SystemUnavailable("klaviyo", trouble(), null) : null;
  await expect(apply()).rejects.toThrow("KL-VALUE");
  expect(await it.fresh.database.run.count({ where: { result: "running" } })).toBe(0);
});

test("a run that never was cannot be undone, and undoing nothing leaves the plan of before", async () => {
  const [jo] = await joAndKim();
  it.hubspot.user.edit(jo, { jobtitle: "Head of Buying" });
  await plan();
  await expect(undo({ runId: 4_711n })).rejects.toThrow("There is no run 4711");
  expect(await undo({ email: "nobody@example.com" })).toMatchObject({ people: 0 });
  expect(await apply()).toMatchObject({ done: 1 });
});
