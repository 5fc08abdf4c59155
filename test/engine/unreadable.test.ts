import { afterEach, beforeEach, expect, test } from "vitest";
import type { Side } from "../../src/model/side.ts";
import { SIDES } from "../../src/model/side.ts";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { fieldRule, mapping, scopeRule } from "../support/rule.ts";

let it: Engine;
beforeEach(async () => void (it = await engine()));
afterEach(() => it.fresh.drop());

const both = mapping({
  rules: [scopeRule("customers", "hubspot", "all"), scopeRule("leads", "klaviyo", "engaged")],
  fields: [fieldRule("firstname", "first_name")],
});

/** Nobody of this side can be read. */
const spoil = (side: Side) => void (it[side].quirks.unreadable = () => true);
const heal = (side: Side) => void (it[side].quirks.unreadable = () => false);
const link = () => it.fresh.database.link.findFirstOrThrow({ include: { problems: true } });
const told = () => it.fresh.database.problem.findMany({ where: { linkId: null } });

for (const side of SIDES) {
  test(`a ${side} contact that cannot be read fails with a problem, is left alone, and heals`, async () => {
    const jo = it.hubspot.user.create("jo@example.com", { firstname: "Jo" }, ["all"]);
    await it.sync(both);
    const profile = it.klaviyo.user.all()[0]?.id ?? "";
    it.klaviyo.user.join(profile, "engaged");
    await it.sync(both);
    it.newWrites();
    spoil(side);
    if (side === "klaviyo") it.klaviyo.user.edit(profile, { first_name: "Joan" });
    else it.hubspot.user.edit(jo, { firstname: "Joan" });
    await it.sync(both);
    await it.sync(both);
    expect(await link()).toMatchObject({
      state: "failing",
      missingOn: null,
      deletedOn: null,
      problems: [{ code: "SK-UNREADABLE", side }],
    });
    expect(await told()).toEqual([]);
    expect(it.newWrites()).toBe(0);
    heal(side);
    // The cursor has passed the change: it is read again all the same.
    await it.sync(both);
    expect(await link()).toMatchObject({ state: "in_sync", problems: [] });
    expect(it.hubspot.user.value(jo, "firstname")).toBe("Joan");
    expect(it.klaviyo.user.value(profile, "first_name")).toBe("Joan");
  });
}

test("an edit on the readable side waits while the other cannot be read", async () => {
  const jo = it.hubspot.user.create("jo@example.com", { firstname: "Jo" }, ["all"]);
  await it.sync(both);
  it.newWrites();
  it.hubspot.user.edit(jo, { firstname: "Joan" });
  // It turns unreadable between the plan and the write: only the reading before the write meets it.
  spoil("klaviyo");
  await it.sync(both);
  await it.sync(both);
  expect(it.newWrites()).toBe(0);
  expect(await link()).toMatchObject({ state: "failing", missingOn: null });
  heal("klaviyo");
  await it.sync(both);
  expect(it.klaviyo.user.all()[0]?.values.get("first_name")).toBe("Joan");
});

test("nobody is made beside a contact that is there and cannot be read", async () => {
  it.klaviyo.user.create("jo@example.com", { first_name: "Jo" }, []);
  spoil("klaviyo");
  it.hubspot.user.create("jo@example.com", { firstname: "Jo" }, ["all"]);
  await it.sync(both);
  await it.sync(both);
  expect(it.klaviyo.user.all()).toHaveLength(1);
  expect(it.newWrites()).toBe(0);
  expect(await link()).toMatchObject({ state: "failing", problems: [{ code: "SK-UNREADABLE" }] });
  heal("klaviyo");
  await it.sync(both);
  expect(await link()).toMatchObject({ state: "in_sync", problems: [] });
  expect(it.klaviyo.user.all()).toHaveLength(1);
});

test("a stranger that cannot be read is one problem of the connection, by id, and is synced once it can be", async () => {
  spoil("hubspot");
  const ann = it.hubspot.user.create("ann@example.com", { firstname: "Ann" }, ["all"]);
  await it.sync(both);
  await it.sync(both);
  const [problem, ...others] = await told();
  expect(problem).toMatchObject({ code: "SK-UNREADABLE", side: "hubspot", level: "mapping" });
  expect(problem?.explanation).toContain(ann);
  expect(others).toEqual([]);
  heal("hubspot");
  await it.sync(both);
  expect(it.klaviyo.user.all()).toHaveLength(1);
  await it.sync(both);
  expect(await told()).toEqual([]);
});

test("one that is deleted while it cannot be read is deleted, and no longer told of as unreadable", async () => {
  const jo = it.hubspot.user.create("jo@example.com", { firstname: "Jo" }, ["all"]);
  await it.sync(both);
  spoil("hubspot");
  it.hubspot.user.edit(jo, { firstname: "Joan" });
  await it.sync(both);
  it.hubspot.user.delete(jo);
  await it.sync(both);
  await it.sync(both);
  expect(await link()).toMatchObject({ deletedOn: "hubspot", state: "excluded" });
  expect(await it.fresh.database.unreadableContact.count()).toBe(0);
});
