import { afterEach, beforeEach, expect, test } from "vitest";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { mapping } from "../support/rule.ts";

let it: Engine;
beforeEach(async () => void (it = await engine()));
afterEach(() => it.fresh.drop());

const both = mapping();

test("a HubSpot contact in the list arrives at Klaviyo, and the next run writes nothing", async () => {
  it.hubspot.user.create("Jo@Example.com", { firstname: "Jo", jobtitle: "Buyer" }, ["all"]);
  const run = await it.sync(both);
  expect(run.result).toBe("finished");
  const [jo] = it.klaviyo.user.all();
  expect(jo && [...jo.values]).toEqual(
    expect.arrayContaining([
      ["first_name", "Jo"],
      ["title", "Buyer"],
    ]),
  );
  expect(it.newWrites()).toBe(1);
  await it.sync(both);
  await it.sync(both);
  expect(it.newWrites()).toBe(0);
});

test("a run keeps how often it asked either system", async () => {
  const made = (): readonly number[] =>
    [it.hubspot, it.klaviyo].map((side) => [...side.requests().values()].reduce((sum, one) => sum + one, 0));
  const kept = async (): Promise<readonly unknown[]> => {
    const { counts } = await it.fresh.database.run.findFirstOrThrow({ orderBy: { id: "desc" } });
    const { hubspot_calls: hubspot, klaviyo_calls: klaviyo } = counts as Record<string, number>;
    return [hubspot, klaviyo];
  };
  it.hubspot.user.create("jo@example.com", { firstname: "Jo" }, ["all"]);
  await it.sync(both);
  const first = made();
  expect(first.every((calls) => calls > 0)).toBe(true);
  expect(await kept()).toEqual(first);
  await it.sync(both);
  expect(await kept()).toEqual(made().map((calls, index) => calls - (first[index] ?? 0)));
});

test("a Klaviyo profile in the segment arrives at HubSpot", async () => {
  it.klaviyo.user.create("kim@example.com", { first_name: "Kim" }, ["engaged"]);
  await it.sync(both);
  expect(it.hubspot.user.all().map((contact) => contact.values.get("firstname"))).toEqual(["Kim"]);
});

test("edits of different fields on both sides at once both survive", async () => {
  const jo = it.hubspot.user.create("jo@example.com", { firstname: "Jo", jobtitle: "Buyer" }, ["all"]);
  await it.sync(both);
  const [profile] = it.klaviyo.user.all();
  it.klaviyo.user.join(profile?.id ?? "", "engaged");
  await it.sync(both);
  it.hubspot.user.edit(jo, { jobtitle: "Head of Buying" });
  it.klaviyo.user.edit(profile?.id ?? "", { first_name: "Johanna" });
  await it.sync(both);
  expect(it.klaviyo.user.value(profile?.id ?? "", "title")).toBe("Head of Buying");
  expect(it.hubspot.user.value(jo, "firstname")).toBe("Johanna");
});

test("a true conflict follows the winner and keeps the losing value", async () => {
  const jo = it.hubspot.user.create("jo@example.com", { firstname: "Jo" }, ["all"]);
  const profile = it.klaviyo.user.create("jo@example.com", { first_name: "Jo" }, ["engaged"]);
  await it.sync(both);
  it.hubspot.user.edit(jo, { firstname: "Joanna" });
  it.klaviyo.user.edit(profile, { first_name: "Johanna" });
  await it.sync(both);
  expect(it.klaviyo.user.value(profile, "first_name")).toBe("Joanna");
  const [conflict] = await it.fresh.database.conflict.findMany();
  expect(conflict).toMatchObject({
    kind: "changed_on_both",
    winner: "hubspot",
    won: "Joanna",
    lost: "Johanna",
  });
});

test("leaving the list stops updates, deletes nothing, and comes off the list only where Tandem put them", async () => {
  const listing = mapping({
    rules: both.rules.map((rule) =>
      rule.id === "customers"
        ? {
            ...rule,
            addToLists: [{ kind: "list", nameOrId: "newsletter", line: 1, column: 1 }],
            onLeave: "remove_from_list",
          }
        : rule,
    ),
  });
  const jo = it.hubspot.user.create("jo@example.com", { firstname: "Jo" }, ["all"]);
  await it.sync(listing);
  expect(it.klaviyo.user.members("newsletter")).toHaveLength(1);
  it.hubspot.user.leave(jo, "all");
  it.hubspot.user.edit(jo, { firstname: "Joanna" });
  await it.sync(listing);
  await it.sync(listing);
  expect(it.klaviyo.user.members("newsletter")).toHaveLength(0);
  expect(it.klaviyo.user.all().map((profile) => profile.values.get("first_name"))).toEqual(["Jo"]);
});

test("a deleted contact is never made again", async () => {
  it.hubspot.user.create("jo@example.com", { firstname: "Jo" }, ["all"]);
  await it.sync(both);
  const [profile] = it.klaviyo.user.all();
  it.klaviyo.user.delete(profile?.id ?? "");
  const [jo] = it.hubspot.user.all();
  it.hubspot.user.edit(jo?.id ?? "", { firstname: "Joanna" });
  await it.sync(both);
  await it.sync(both);
  expect(it.klaviyo.user.all()).toHaveLength(0);
  const [link] = await it.fresh.database.link.findMany();
  expect(link).toMatchObject({ state: "excluded", deletedOn: "klaviyo" });
});

test("an answer that never came is settled by reading, whether or not the write was done", async () => {
  for (const done of ["applied", "not_applied"] as const) {
    it.hubspot.user.create(`${done}@example.com`, { firstname: "Jo" }, ["all"]);
    it.klaviyo.quirks.unanswered = () => done;
    await it.sync(both);
    it.klaviyo.quirks.unanswered = () => null;
    await it.sync(both);
  }
  expect(
    it.klaviyo.user
      .all()
      .map((profile) => profile.shownEmail ?? "")
      .sort(),
  ).toEqual(["applied@example.com", "not_applied@example.com"]);
  it.newWrites();
  await it.sync(both);
  expect(it.newWrites()).toBe(0);
});

test("writes that do not tell what was stored settle on the form the system made of them", async () => {
  it.klaviyo.quirks.importLike = true;
  it.klaviyo.quirks.normalise = (_property, value) =>
    typeof value === "string" ? value.toLowerCase() : value;
  const jo = it.hubspot.user.create("jo@example.com", { firstname: "Jo" }, ["all"]);
  await it.sync(both);
  it.klaviyo.user.join(it.klaviyo.user.all()[0]?.id ?? "", "engaged");
  await it.sync(both);
  await it.sync(both);
  expect(it.hubspot.user.value(jo, "firstname")).toBe("Jo");
  it.newWrites();
  await it.sync(both);
  expect(it.newWrites()).toBe(0);
});

test("one refused field is a problem of its own, the rest is written, and it heals when the cause is gone", async () => {
  it.klaviyo.quirks.refuseValue = (property, value) =>
    property === "title" && value === "bad"
      ? {
          code: "KL-FIELD",
          level: "field",
          side: "klaviyo",
          field: property,
          title: "no",
          explanation: "no",
          fix: [],
          retry: "on_change",
          reference: null,
        }
      : null;
  const jo = it.hubspot.user.create("jo@example.com", { firstname: "Jo", jobtitle: "bad" }, ["all"]);
  const run = await it.sync(both);
  expect(run.result).toBe("finished_with_errors");
  expect(it.klaviyo.user.all()[0]?.values.get("first_name")).toBe("Jo");
  const [problem] = await it.fresh.database.problem.findMany();
  expect(problem).toMatchObject({ code: "KL-FIELD", field: "jobtitle:title:text" });
  it.hubspot.user.edit(jo, { jobtitle: "good" });
  await it.sync(both);
  expect(it.klaviyo.user.all()[0]?.values.get("title")).toBe("good");
  expect(await it.fresh.database.problem.count()).toBe(0);
});
