import { afterEach, beforeEach, expect, test } from "vitest";
import { memory } from "../../src/connectors/memory/index.ts";
import type { Contact } from "../../src/model/contact.ts";
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
  fields: [fieldRule("firstname", "first_name", { onEmpty: "clear" }), fieldRule("jobtitle", "title")],
  limits: { ...mapping().limits, clears: { count: 100 } },
});

test("a contact that was deleted and made anew is met for the first time: what it lacks empties nothing", async () => {
  const jo = it.hubspot.user.create("jo@example.com", { firstname: "Jo" }, ["all"]);
  await it.sync(clearing);
  it.klaviyo.user.delete(it.klaviyo.user.all()[0]?.id ?? "");
  // Of another field: the first name is as it was agreed on.
  it.hubspot.user.edit(jo, { jobtitle: "Buyer" });
  await it.sync(clearing);
  await it.sync(clearing);
  expect(await it.fresh.database.link.findMany()).toMatchObject([{ deletedOn: "klaviyo" }]);
  const remade = it.klaviyo.user.create("jo@example.com", {}, ["engaged"]);
  await it.sync(clearing);
  expect(it.hubspot.user.value(jo, "firstname")).toBe("Jo");
  expect(it.klaviyo.user.value(remade, "first_name")).toBe("Jo");
  expect(it.klaviyo.user.members("newsletter")).toEqual([remade]);
  it.newWrites();
  await it.sync(clearing);
  expect(it.newWrites()).toBe(0);
});

test("a contact whose counterpart was deleted is linked to the one that has its new email address there", async () => {
  const jo = it.hubspot.user.create("jo@example.com", { firstname: "Jo" }, ["all"]);
  await it.sync(clearing);
  it.klaviyo.user.delete(it.klaviyo.user.all()[0]?.id ?? "");
  for (let run = 0; run < 2; run += 1) await it.sync(clearing);
  // No rule covers the profile, so nothing but asking for the address tells of it.
  const joan = it.klaviyo.user.create("joan@example.com", { first_name: "Joan" });
  await it.sync(clearing);
  it.hubspot.user.changeEmail(jo, "joan@example.com");
  for (let run = 0; run < 2; run += 1) await it.sync(clearing);
  expect(await it.fresh.database.link.findMany()).toMatchObject([
    { emailKey: "joan@example.com", hubspotId: jo, klaviyoId: joan, deletedOn: null, state: "in_sync" },
  ]);
  expect(it.klaviyo.user.all()).toHaveLength(1);
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

for (const side of ["hubspot", "klaviyo"] as const) {
  test(`a contact deleted in ${side} and restored there goes on where it was`, async () => {
    const jo = it.hubspot.user.create("jo@example.com", { firstname: "Jo" }, ["all"]);
    await it.sync(clearing);
    const id = side === "hubspot" ? jo : (it.klaviyo.user.all()[0]?.id ?? "");
    it[side].user.delete(id);
    for (let run = 0; run < 3; run += 1) {
      if (side === "klaviyo") it.hubspot.user.edit(jo, { firstname: `Jo ${run}` });
      await it.sync(clearing);
    }
    expect(await it.fresh.database.link.findMany()).toMatchObject([{ deletedOn: side, state: "excluded" }]);
    it[side].user.restore(id);
    if (side === "hubspot") it.hubspot.user.join(jo, "all");
    it.hubspot.user.edit(jo, { firstname: "Joanna" });
    await it.sync(clearing);
    expect(await it.fresh.database.link.findMany()).toMatchObject([
      { hubspotId: jo, deletedOn: null, state: "in_sync" },
    ]);
    expect(it.klaviyo.user.all().map(({ values }) => values.get("first_name"))).toEqual(["Joanna"]);
    it.newWrites();
    await it.sync(clearing);
    expect(it.newWrites()).toBe(0);
  });
}

test("a deleted contact that a lagging index still shows is not believed to be restored", async () => {
  const lagging: Contact[] = [];
  await it.fresh.drop();
  it = await engine((side, options) => {
    const system = memory(side, options);
    const { contacts } = system;
    if (side === "klaviyo") return system;
    return {
      ...system,
      contacts: {
        ...contacts,
        async *pull(...requested: Parameters<typeof contacts.pull>) {
          for await (const page of contacts.pull(...requested)) {
            yield page;
            yield {
              kind: "contacts",
              contacts: lagging,
              unreadable: [],
              members: new Map(),
              cursor: page.cursor,
            };
          }
        },
      },
    };
  });
  const jo = it.hubspot.user.create("jo@example.com", { firstname: "Jo" }, ["all"]);
  await it.sync(clearing);
  lagging.push(...(await it.hubspot.contacts.read([jo], [], new AbortController().signal)).contacts);
  it.hubspot.user.delete(jo);
  for (let run = 0; run < 5; run += 1) await it.sync(clearing);
  expect(await it.fresh.database.link.findMany()).toMatchObject([
    { deletedOn: "hubspot", state: "excluded" },
  ]);
  expect(it.hubspot.user.all()).toEqual([]);
});
