import { afterEach, beforeEach, expect, test } from "vitest";
import { resolveRemembered } from "../../src/lanes/contacts/remembered-scope.ts";
import { runReconcile } from "../../src/lanes/reconcile-lane.ts";
import { makePlan } from "../../src/lanes/plans/make-plan.ts";
import { planReport } from "../../src/cli/runs/plan-report.ts";
import { decideHold, waitingHold, heldWords } from "../../src/store/runs/holds.ts";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { mapping, scopeRule } from "../support/rule.ts";
import { storeOf } from "../../src/store/database/store.ts";
let it: Engine;
beforeEach(async () => void (it = await engine()));
afterEach(() => it.fresh.drop());

const ref = (nameOrId: string) => ({ kind: "list", nameOrId, line: 7, column: 1 }) as const;
const RULE = scopeRule("customers", "hubspot", "all", {
  collections: [ref("All customers")],
  addToLists: [ref("News")],
  onLeave: "remove_from_list",
});
const MAPPING = mapping({ rules: [RULE] });
const PEOPLE = 30;

async function inStep(): Promise<readonly string[]> {
  it.hubspot.user.makeCollection("h1", "list", "All customers");
  it.klaviyo.user.makeCollection("k1", "list", "News");
  const ids = Array.from({ length: PEOPLE }, (_, index) =>
    it.hubspot.user.create(`person${index}@example.com`, { firstname: `P${index}` }, ["h1"]),
  );
  await it.sync(MAPPING);
  await it.sync(MAPPING);
  expect(it.klaviyo.user.members("k1")).toHaveLength(PEOPLE);
  return ids;
}

async function approve(): Promise<void> {
  const { id } = await it.fresh.database.connection.findFirstOrThrow();
  const hold = await waitingHold(storeOf(it.fresh.database, id));
  if (hold === null) throw new Error("nothing is held");
  const now = it.deps().now();
  const expiresAt = new Date(now.getTime() + 86_400_000);
  const decision = { state: "approved", by: "Ann", reason: "it is meant", expiresAt } as const;
  expect(await decideHold(storeOf(it.fresh.database, id), hold.hash, decision, now)).toBe(true);
}

async function problems(): Promise<readonly (readonly [string, string])[]> {
  const rows = await it.fresh.database.problem.findMany({
    where: { linkId: null },
    orderBy: { code: "asc" },
  });
  return rows.map(({ code, title }) => [code, title]);
}

test("another, empty list takes the name of a renamed one: held with thirty removals, and nobody drips off", async () => {
  const ids = await inStep();
  it.hubspot.user.renameCollection("h1", "Old customers");
  it.hubspot.user.makeCollection("h2", "list", "All customers");
  const findings = await makePlan(it.deps(), MAPPING, { email: null, field: null, examples: 5, out: null });
  const report = planReport(findings);
  expect(report).toContain("0 people would enter and 30 people would leave");
  expect(report).toContain("person0@example.com");
  for (let runs = 0; runs < 4; runs++) {
    // Each is planned because they changed, one a run: below every limit.
    it.hubspot.user.edit(ids[runs] ?? "", { firstname: `Changed ${runs}` });
    const run = await it.sync(MAPPING);
    expect(run.result).toBe("held");
  }
  await runReconcile(it.deps(), MAPPING, "reconcile");
  expect(it.klaviyo.user.members("k1")).toHaveLength(PEOPLE);
  expect(it.klaviyo.user.all().filter(({ values }) => values.get("first_name") === "Changed 3")).toHaveLength(
    1,
  );
  const { id } = await it.fresh.database.connection.findFirstOrThrow();
  const hold = await waitingHold(storeOf(it.fresh.database, id));
  const words = await heldWords(storeOf(it.fresh.database, id), hold?.id ?? 0n, 1_000);
  expect(words.filter((one) => one.includes('"remove_from_list"'))).toHaveLength(PEOPLE);
  expect(words.filter((one) => one.includes('"leave"'))).toHaveLength(PEOPLE);

  await approve();
  await it.sync(MAPPING);
  expect(it.klaviyo.user.members("k1")).toHaveLength(0);
  expect((await it.sync(MAPPING)).result).toBe("finished");
});

test("a renamed list works on under its id, and it is told what it is called now", async () => {
  await inStep();
  it.hubspot.user.renameCollection("h1", "Customers");
  it.hubspot.user.create("new@example.com", { firstname: "New" }, ["h1"]);
  const run = await it.sync(MAPPING);
  expect(run.result).toBe("finished");
  expect(it.klaviyo.user.members("k1")).toHaveLength(PEOPLE + 1);
  expect(await problems()).toEqual([["HS-LIST", 'HubSpot list "All customers" is now called "Customers"']]);
});

test("a list that is made again with its members is the same list, at once", async () => {
  const ids = await inStep();
  it.hubspot.user.dropCollection("h1");
  it.hubspot.user.makeCollection("h2", "list", "All customers");
  for (const id of ids.slice(0, 20)) it.hubspot.user.join(id, "h2");
  await it.sync(MAPPING);
  await it.sync(MAPPING);
  await it.sync(MAPPING);
  const { id } = await it.fresh.database.connection.findFirstOrThrow();
  const { scope: rules } = await resolveRemembered(storeOf(it.fresh.database, id), MAPPING);
  expect(rules).toMatchObject([{ collections: ["h2"] }]);
});

test("a target list made again is told, and once approved everybody is on it", async () => {
  await inStep();
  it.klaviyo.user.dropCollection("k1");
  it.klaviyo.user.makeCollection("k2", "list", "News");
  const run = await it.sync(MAPPING);
  expect(run.result).toBe("held");
  expect(run.exceeded).toMatchObject([
    { action: "repointed", repointed: { from: "k1", to: "k2", gone: true, enters: PEOPLE, leaves: 0 } },
  ]);
  it.hubspot.user.create("new@example.com", { firstname: "New" }, ["h1"]);
  expect((await it.sync(MAPPING)).counts).toMatchObject({ created: 1, failing: 0 });
  await approve();
  await it.sync(MAPPING);
  expect(it.klaviyo.user.members("k2")).toHaveLength(PEOPLE + 1);
  expect((await it.sync(MAPPING)).result).toBe("finished");
});

test("a second list of the same name is told, and the one in use stays in use", async () => {
  await inStep();
  it.hubspot.user.makeCollection("h2", "list", "All customers");
  expect((await it.sync(MAPPING)).result).toBe("finished");
  expect(await problems()).toEqual([["HS-LIST", "HubSpot has 2 lists with one name"]]);
  expect(it.klaviyo.user.members("k1")).toHaveLength(PEOPLE);
});
