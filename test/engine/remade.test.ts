import { afterEach, beforeEach, expect, test } from "vitest";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { fieldRule, mapping, scopeRule } from "../support/rule.ts";

let it: Engine;
beforeEach(async () => void (it = await engine()));
afterEach(() => it.fresh.drop());

const clearing = mapping({
  rules: [
    scopeRule("customers", "hubspot", "all", {
      addToLists: [{ kind: "list", nameOrId: "newsletter", line: 1, column: 1 }],
    }),
    scopeRule("leads", "klaviyo", "engaged"),
  ],
  fields: [fieldRule("firstname", "first_name", { onEmpty: "clear" })],
});

test("a contact that was deleted and made anew is met for the first time: what it lacks empties nothing", async () => {
  const jo = it.hubspot.user.create("jo@example.com", { firstname: "Jo" }, ["all"]);
  await it.sync(clearing);
  it.klaviyo.user.delete(it.klaviyo.user.all()[0]?.id ?? "");
  it.hubspot.user.edit(jo, { firstname: "Joan" });
  await it.sync(clearing);
  await it.sync(clearing);
  expect(await it.fresh.database.link.findMany()).toMatchObject([{ deletedOn: "klaviyo" }]);
  const anew = it.klaviyo.user.create("jo@example.com", {}, ["engaged"]);
  await it.sync(clearing);
  expect(it.hubspot.user.value(jo, "firstname")).toBe("Joan");
  expect(it.klaviyo.user.value(anew, "first_name")).toBe("Joan");
  expect(it.klaviyo.user.members("newsletter")).toEqual([anew]);
  it.newWrites();
  await it.sync(clearing);
  expect(it.newWrites()).toBe(0);
});

test("a contact that was restored is the one that was agreed on", async () => {
  const jo = it.hubspot.user.create("jo@example.com", { firstname: "Jo" }, ["all"]);
  await it.sync(clearing);
  await it.fresh.database.link.updateMany({ data: { deletedOn: "hubspot" } });
  await it.fresh.database.sighting.deleteMany({ where: { side: "hubspot" } });
  it.hubspot.user.clear(jo, "firstname");
  await it.sync(clearing);
  expect(it.klaviyo.user.all()[0]?.values.get("first_name")).toBe(null);
});
