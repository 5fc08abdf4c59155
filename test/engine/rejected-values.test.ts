import { afterEach, beforeEach, expect, test } from "vitest";
import { explanation } from "../../src/cli/reports/explanation.ts";
import { explainPerson } from "../../src/lanes/explain-person.ts";
import { runReconcile } from "../../src/lanes/reconcile-lane.ts";
import type { EmailKey } from "../../src/model/email.ts";
import { readOverview } from "../../src/store/pages/overview.ts";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { problem } from "../support/known-link.ts";
import { fieldRule, mapping, scopeRule } from "../support/rule.ts";
import { storeOf } from "../../src/store/database/store.ts";
let it: Engine;
beforeEach(async () => void (it = await engine()));
afterEach(() => it.fresh.drop());

const INTERESTS = fieldRule("interests", "properties.Interests", { type: "list" });
const NAME = fieldRule("firstname", "first_name");
const MAPPING = mapping({ fields: [NAME, INTERESTS] });
const KIM = "kim@example.com" as EmailKey;

/** HubSpot has the options news and offers. */
function rejectUnknownOptions(): void {
  it.hubspot.quirks.refuseValue = (property, value) =>
    property === "interests" && Array.isArray(value) && value.includes("no such")
      ? problem({ code: "HS-OPTION", side: "hubspot", field: property, title: "Not an option of interests" })
      : null;
}

async function explained(): Promise<{
  readonly state: string;
  readonly codes: readonly string[];
  readonly text: string;
}> {
  const { id } = await it.fresh.database.connection.findFirstOrThrow();
  const person = await explainPerson(storeOf(it.fresh.database, id), MAPPING, { email: KIM }, new Date());
  if (person === null) throw new Error("nobody is known");
  const { plan, history, ledger } = person;
  return {
    state: plan.state,
    codes: plan.problems.map(({ code }) => code),
    text: explanation(plan, history, ledger),
  };
}

test("a value that a create left out is a problem at once, in status, explain and history, until it is stored", async () => {
  rejectUnknownOptions();
  const kim = it.klaviyo.user.create(
    "kim@example.com",
    { first_name: "Kim", "properties.Interests": ["news", "no such"] },
    ["engaged"],
  );
  const run = await it.sync(MAPPING);
  expect(run).toMatchObject({
    result: "finished_with_errors",
    counts: { created: 1, updated: 0, rejected: 1 },
  });
  const { id } = await it.fresh.database.connection.findFirstOrThrow();
  const overview = await readOverview(storeOf(it.fresh.database, id));
  expect(overview.counters).toMatchObject({ failing: 1, in_sync: 0 });
  expect(overview.causes).toMatchObject([{ code: "HS-OPTION", field: INTERESTS.key, contacts: 1 }]);
  const first = await explained();
  expect(first).toMatchObject({ state: "failing", codes: ["HS-OPTION"] });
  expect(first.text).toContain("interests: rejected");
  expect(first.text).not.toContain("interests news");

  for (let runs = 0; runs < 3; runs++) {
    await it.sync(MAPPING);
    expect(await explained()).toMatchObject({ state: "failing", codes: ["HS-OPTION"] });
  }
  it.klaviyo.user.edit(kim, { "properties.Interests": ["news"] });
  await it.sync(MAPPING);
  expect(it.hubspot.user.all()[0]?.values.get("interests")).toEqual(["news"]);
  expect(await explained()).toMatchObject({ state: "in_sync", codes: [] });
});

test("a rejected value is not sent again before it changes or its waiting time is over", async () => {
  rejectUnknownOptions();
  const patient = { ...MAPPING, retry: { attempts: 6, firstMs: 3_600_000, longestMs: 3_600_000 } };
  it.hubspot.user.create("kim@example.com", { firstname: "Kim" }, ["all"]);
  const kim = it.klaviyo.user.create("kim@example.com", { first_name: "Kim" }, ["engaged"]);
  await it.sync(patient);
  it.klaviyo.user.edit(kim, { "properties.Interests": ["no such"] });
  expect((await it.sync(patient)).counts).toMatchObject({ rejected: 1, updated: 0 });
  it.newWrites();
  for (let runs = 0; runs < 5; runs++) {
    // Something else of the person changes: the field that was rejected is still left out.
    it.klaviyo.user.edit(kim, { first_name: `Kim ${runs}` });
    await it.sync(patient);
    expect(it.newWrites()).toBe(1);
  }
  const sent = it.hubspot.writes.filter(
    ({ operation }) => "values" in operation && Object.hasOwn(operation.values, "interests"),
  );
  expect(sent).toHaveLength(1);
  it.wait(3_600_000);
  await it.sync(patient);
  expect(it.newWrites()).toBe(1);
});

test("a rejected value is tried again after twice as long each time, until its tries are over, and then by a full comparison", async () => {
  rejectUnknownOptions();
  const HOUR = 3_600_000;
  const spaced = { ...MAPPING, retry: { attempts: 4, firstMs: HOUR, longestMs: 3 * HOUR } };
  it.hubspot.user.create("kim@example.com", { firstname: "Kim" }, ["all"]);
  it.klaviyo.user.create("kim@example.com", { first_name: "Kim", "properties.Interests": ["no such"] }, [
    "engaged",
  ]);
  for (let hours = 0; hours < 12; hours += 1) {
    await it.sync(spaced);
    it.wait(HOUR);
  }
  const tries = it.hubspot.writes.map(({ at }) => at);
  const waits = tries.slice(1).map((at, index) => Math.floor((at - (tries[index] ?? 0)) / HOUR));
  expect(waits).toEqual([1, 2, 3]);
  await runReconcile(it.deps(), spaced, "test");
  expect(it.hubspot.writes).toHaveLength(5);
});

test("the lists that created profiles are put on are counted as list changes", async () => {
  const rule = scopeRule("customers", "hubspot", "all", {
    addToLists: [{ kind: "list", nameOrId: "newsletter", line: 1, column: 1 }],
  });
  for (const name of ["ann", "ben", "cas"]) it.hubspot.user.create(`${name}@example.com`, {}, ["all"]);
  const run = await it.sync(mapping({ rules: [rule] }));
  expect(it.klaviyo.user.members("newsletter")).toHaveLength(3);
  expect(run.counts).toMatchObject({ created: 3, listed: 3 });
});

test("status counts the contacts of each unreadable field by itself", async () => {
  const birthday = fieldRule("date_of_birth", "properties.Birthday", { type: "date" });
  const seen = fieldRule("last_seen", "properties.Last Seen", { type: "datetime" });
  for (let person = 0; person < 20; person++)
    it.klaviyo.user.create(
      `person${person}@example.com`,
      {
        ...(person < 16 ? { "properties.Birthday": "next May" } : {}),
        ...(person >= 15 ? { "properties.Last Seen": "a while ago" } : {}),
      },
      ["engaged"],
    );
  await it.sync(mapping({ fields: [birthday, seen] }));
  const { id } = await it.fresh.database.connection.findFirstOrThrow();
  const { causes, counters } = await readOverview(storeOf(it.fresh.database, id));
  expect(counters.failing).toBe(20);
  expect(causes.map(({ code, field, contacts, titles }) => [code, field, contacts, titles])).toEqual([
    ["SK-TRANSFORM", birthday.key, 16, 1],
    ["SK-TRANSFORM", seen.key, 5, 1],
  ]);
});
