import { afterEach, beforeEach, expect, test } from "vitest";
import type { FieldSpec } from "../../src/connectors/connector.ts";
import { memory } from "../../src/connectors/memory/index.ts";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { fieldRule, mapping } from "../support/rule.ts";

let it: Engine;
let schema: FieldSpec[];
beforeEach(async () => {
  schema = ["firstname", "jobtitle"].map((property) => spec(property, false));
  it = await engine((side, { now }) => memory(side, { now, fields: side === "hubspot" ? schema : [] }));
});
afterEach(() => it.fresh.drop());

const both = mapping({ fields: [fieldRule("firstname", "first_name"), fieldRule("jobtitle", "title")] });

function spec(property: string, readOnly: boolean): FieldSpec {
  return { property, label: property, type: "text", readOnly, options: null };
}

const requested = () => it.hubspot.writes.map(({ operation }) => "values" in operation && operation.values);

test("a property that HubSpot has no more is in no contact that is made there", async () => {
  it.hubspot.user.hideProperty("jobtitle");
  it.klaviyo.user.create("kim@example.com", { first_name: "Kim", title: "Buyer" }, ["engaged"]);
  const run = await it.sync(both);
  expect(requested()).toEqual([{ email: "kim@example.com", firstname: "Kim" }]);
  expect(run.mappingProblems.map(({ code }) => code)).toEqual(["HS-NOPROP"]);
});

test("a property that HubSpot locks is not written any more, says so, and catches up once it is open", async () => {
  const id = it.hubspot.user.create("jo@example.com", { firstname: "Jo", jobtitle: "Buyer" }, ["all"]);
  const profile = it.klaviyo.user.create("jo@example.com", {}, ["engaged"]);
  await it.sync(both);
  schema[1] = spec("jobtitle", true);
  it.klaviyo.user.edit(profile, { first_name: "Joan", title: "Head" });
  const run = await it.sync(both);
  expect(requested()).toEqual([{ firstname: "Joan" }]);
  expect(run.mappingProblems.map(({ title }) => title)).toEqual(["HubSpot property jobtitle is read-only"]);
  schema[1] = spec("jobtitle", false);
  it.klaviyo.user.edit(profile, { first_name: "Johanna" });
  await it.sync(both);
  expect(it.hubspot.user.value(id, "jobtitle")).toBe("Head");
});
