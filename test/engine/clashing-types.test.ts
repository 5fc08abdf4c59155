import { afterEach, beforeEach, expect, test } from "vitest";
import type { FieldSpec } from "../../src/connectors/connector.ts";
import { memory } from "../../src/connectors/memory/index.ts";
import type { FieldType } from "../../src/model/value.ts";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { fieldRule, mapping } from "../support/rule.ts";

let it: Engine;
let schema: FieldSpec[];
beforeEach(async () => {
  schema = ["firstname", "jobtitle"].map((property) => spec(property, "text"));
  it = await engine((side, { now }) => memory(side, { now, fields: side === "hubspot" ? schema : [] }));
});
afterEach(() => it.fresh.drop());

const both = mapping({ fields: [fieldRule("firstname", "first_name"), fieldRule("jobtitle", "title")] });

function spec(property: string, type: FieldType, readOnly = false): FieldSpec {
  return { property, label: property, type, readOnly, options: null };
}

const told = async () =>
  (await it.fresh.database.problem.findMany({ where: { linkId: null } })).map(({ code }) => code);

test("a property whose type HubSpot changed is off on both sides, says so, and syncs again once it fits", async () => {
  const id = it.hubspot.user.create("jo@example.com", { firstname: "Jo", jobtitle: "Buyer" }, ["all"]);
  const profile = it.klaviyo.user.create("jo@example.com", {}, ["engaged"]);
  await it.sync(both);
  schema[1] = spec("jobtitle", "number");
  it.klaviyo.user.edit(profile, { first_name: "Joan", title: "Head" });
  const run = await it.sync(both);
  expect(run.mappingProblems.map(({ code, title }) => [code, title])).toEqual([
    ["HS-TYPE", "jobtitle has another type in HubSpot now"],
  ]);
  expect(await told()).toEqual(["HS-TYPE"]);
  expect([it.hubspot.user.value(id, "firstname"), it.hubspot.user.value(id, "jobtitle")]).toEqual([
    "Joan",
    "Buyer",
  ]);
  it.hubspot.user.edit(id, { jobtitle: "17" });
  await it.sync(both);
  expect(it.klaviyo.user.value(profile, "title")).toBe("Head");

  schema[1] = spec("jobtitle", "text");
  it.hubspot.user.edit(id, { firstname: "Johanna", jobtitle: "Boss" });
  it.klaviyo.user.edit(profile, { last_seen: "today" });
  await it.sync(both);
  expect(await told()).toEqual([]);
  expect(it.klaviyo.user.value(profile, "title")).toBe("Boss");
});

test("a one-way source of another type that can be read the same goes on", async () => {
  const oneWay = mapping({ fields: [fieldRule("jobtitle", "title", { direction: "to_klaviyo" })] });
  schema[1] = spec("jobtitle", "number");
  it.hubspot.user.create("jo@example.com", { jobtitle: "17" }, ["all"]);
  const run = await it.sync(oneWay);
  expect(run.mappingProblems).toEqual([]);
  expect(it.klaviyo.user.value(it.klaviyo.user.all()[0]?.id ?? "", "title")).toBe("17");
});
