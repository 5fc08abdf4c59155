import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { FieldSpec } from "../../src/connectors/connector.ts";
import { memory } from "../../src/connectors/memory/index.ts";
import { memoryProblem } from "../../src/connectors/memory/problem.ts";
import type { FieldRule, Mapping } from "../../src/model/mapping.ts";
import type { Value, Values } from "../../src/model/value.ts";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { fieldRule, mapping } from "../support/rule.ts";

/** The first of them in two spellings that are two options. */
const OPTIONS = ["VIP", "vip", "customer", "lead"];
const TABLE = {
  pairs: [
    ["Customer", "Kunde"],
    ["lead", "Lead"],
  ],
  others: "keep",
} as const;
const FIELDS: readonly FieldRule[] = [
  fieldRule("h", "properties.H", { type: "option" }),
  fieldRule("k", "properties.K", { type: "option", winner: "klaviyo" }),
  fieldRule("out", "properties.Out", { type: "option", direction: "to_klaviyo", onTargetEdit: "enforce" }),
  fieldRule("in", "properties.In", { type: "option", direction: "to_hubspot", winner: "klaviyo" }),
  fieldRule("tags", "properties.Tags", { type: "list", merge: "union" }),
  fieldRule("table", "properties.Table", { type: "option", options: TABLE }),
];
const everything: Mapping = mapping({
  fields: FIELDS,
  limits: { ...mapping().limits, creates: { share: 1 }, clears: { share: 1 } },
});

let it: Engine;
let schema: FieldSpec[];
beforeEach(async () => {
  schema = FIELDS.map(({ property, type }) => spec(property.hubspot, type, OPTIONS));
  it = await engine((side, { now }) => memory(side, { now, fields: side === "hubspot" ? schema : [] }));
  it.hubspot.quirks.refuseValue = (property, value) => {
    const options = schema.find((field) => field.property === property)?.options ?? null;
    return options === null || items(value).every((item) => options.includes(item))
      ? null
      : { ...memoryProblem("hubspot", "LIST", String(value)), level: "field", field: property };
  };
});
afterEach(() => it.fresh.drop());

function spec(property: string, type: FieldSpec["type"], options: readonly string[]): FieldSpec {
  return { property, label: property, type, readOnly: false, options };
}

function items(value: Value): readonly string[] {
  if (value === null) return [];
  return typeof value === "object" ? value : [String(value)];
}

/** What Klaviyo calls it in the table, in another letter case too. */
const translated = (value: string | null): string | null =>
  value?.toLowerCase() === "customer" ? (value === "Customer" ? "kUNDE" : "kunde") : value;

const each = (side: "hubspot" | "klaviyo", value: string | null): Values =>
  Object.fromEntries(
    FIELDS.map(({ property, type }) => {
      const said = property[side] === "properties.Table" ? translated(value) : value;
      return [property[side], type === "list" && said !== null ? [said] : said];
    }),
  );

describe("an option in another letter case", () => {
  test("is that option: quiet after one write, whatever each side holds at first", async () => {
    const shown = [null, "customer", "Customer", "LEAD", "lead", "VIP", "vip"];
    for (const [at, hubspot] of [null, ...OPTIONS].entries()) {
      for (const [other, klaviyo] of shown.entries()) {
        const email = `p${at}-${other}@example.com`;
        it.hubspot.user.create(email, each("hubspot", hubspot), ["all"]);
        it.klaviyo.user.create(email, each("klaviyo", klaviyo), ["engaged"]);
      }
    }
    const first = await it.sync(everything);
    expect(first.counts).toMatchObject({ refused: 0, failing: 0 });
    expect(it.newWrites()).toBeGreaterThan(0);
    await it.sync(everything);
    expect(it.newWrites()).toBe(0);
    const held = it.hubspot.user
      .all()
      .flatMap(({ values }) => FIELDS.flatMap(({ property }) => items(values.get(property.hubspot) ?? null)));
    expect(OPTIONS).toEqual(expect.arrayContaining(held));
  });

  test("on both sides is no difference, and typed anew it is no edit", async () => {
    const id = it.hubspot.user.create("kim@example.com", each("hubspot", "customer"), ["all"]);
    const same = { ...each("klaviyo", "CUSTOMER"), "properties.Table": "KUNDE" };
    const profile = it.klaviyo.user.create("kim@example.com", same, ["engaged"]);
    await it.sync(everything);
    it.klaviyo.user.edit(profile, { ...each("klaviyo", "Customer"), "properties.Table": "kunde" });
    await it.sync(everything);
    expect(it.newWrites()).toBe(0);
    it.klaviyo.user.edit(profile, { "properties.H": "LEAD", "properties.Table": "LEAD" });
    await it.sync(everything);
    expect(it.hubspot.user.value(id, "h")).toBe("lead");
    expect(it.hubspot.user.value(id, "table")).toBe("lead");
    expect(it.klaviyo.user.value(profile, "properties.H")).toBe("LEAD");
    // Klaviyo, which wins, still shows what was agreed: only HubSpot changed.
    it.hubspot.user.edit(id, { h: "VIP", k: "VIP" });
    await it.sync(everything);
    expect(it.klaviyo.user.value(profile, "properties.H")).toBe("VIP");
    expect(it.klaviyo.user.value(profile, "properties.K")).toBe("VIP");
    it.newWrites();
    await it.sync(everything);
    expect(it.newWrites()).toBe(0);
  });

  test("joins no list twice", async () => {
    const id = it.hubspot.user.create("jo@example.com", { tags: ["customer"] }, ["all"]);
    const profile = it.klaviyo.user.create("jo@example.com", { "properties.Tags": ["CUSTOMER", "Lead"] }, [
      "engaged",
    ]);
    await it.sync(everything);
    expect(it.hubspot.user.value(id, "tags")).toEqual(["customer", "lead"]);
    expect(items(it.klaviyo.user.value(profile, "properties.Tags"))).toHaveLength(2);
  });

  test("of two options that differ in nothing else is neither", async () => {
    it.klaviyo.user.create("vi@example.com", { "properties.H": "Vip" }, ["engaged"]);
    await it.sync(everything);
    const [made] = it.hubspot.user.all();
    expect(made?.values.get("h") ?? null).toBeNull();
    expect(await it.fresh.database.problem.count()).toBe(1);
  });

  test("stays as it is when HubSpot loses the option: nobody edited anything", async () => {
    it.hubspot.user.create("al@example.com", each("hubspot", "lead"), ["all"]);
    it.klaviyo.user.create("al@example.com", each("klaviyo", "LEAD"), ["engaged"]);
    await it.sync(everything);
    it.newWrites();
    schema.splice(
      0,
      schema.length,
      ...FIELDS.map(({ property, type }) => spec(property.hubspot, type, ["VIP"])),
    );
    await it.sync({ ...everything, hash: "whole compare" });
    schema.length = 0;
    const last = await it.sync({ ...everything, hash: "and again" });
    expect(it.newWrites()).toBe(0);
    expect(last.counts["failing"]).toBe(0);
  });
});
