import { expect, test } from "vitest";
import type { FieldSpec } from "../../src/connectors/connector.ts";
import { accountPart, accountShape, snapshotShape } from "../../src/values/snapshot-shape.ts";
import type { FieldRule, Mapping } from "../../src/model/mapping.ts";
import { SIDES } from "../../src/model/side.ts";
import { fieldRule, mapping, phoneSteps } from "../support/rule.ts";

const TIER = fieldRule("tier", "properties.Tier", {
  type: "option",
  options: { pairs: [["gold", "Gold"]], others: "error" },
});
const NAME = fieldRule("firstname", "first_name");

function shapes(...fields: readonly FieldRule[]): readonly string[] {
  return SIDES.map((side) => snapshotShape(mapping({ fields }), side, "account"));
}

function withConsent(...types: readonly string[]): Mapping {
  const refs = types.map((nameOrId) => ({ nameOrId, line: 1, column: 1 }));
  return mapping({ consent: { unsubscribeFrom: refs, hubspotOptOut: "ignore" } });
}

function account(property: string, options: FieldSpec["options"]): FieldSpec {
  return { property, label: property, type: "option", readOnly: false, options };
}

test.each<[string, readonly FieldRule[]]>([
  ["another field", [TIER, NAME, fieldRule("city", "location.city")]],
  ["one field less", [TIER]],
  ["another type", [TIER, { ...NAME, propertyType: { hubspot: "number", klaviyo: "number" } }]],
  ["another option table", [{ ...TIER, options: { pairs: [["gold", "GOLD"]], others: "error" } }, NAME]],
  [
    "what becomes of other options",
    [{ ...TIER, options: { pairs: [["gold", "Gold"]], others: "keep" } }, NAME],
  ],
])("%s is another shape of both sides", (_what, fields) => {
  const [before, after] = [shapes(TIER, NAME), shapes(...fields)];
  expect(after[0]).not.toBe(before[0]);
  expect(after[1]).not.toBe(before[1]);
});

test("a transform is a part of the shape of the side whose values it converts, a phone country of both", () => {
  const upper: FieldRule = { ...NAME, transforms: { hubspot: [], klaviyo: [{ kind: "upper" }] } };
  const [hubspot, klaviyo] = shapes(upper);
  expect(hubspot).not.toBe(shapes(NAME)[0]);
  expect(klaviyo).toBe(shapes(NAME)[1]);
  const phone = fieldRule("phone", "phone_number", { type: "phone" });
  const [us, no] = [
    shapes({ ...phone, transforms: phoneSteps("US") }),
    shapes({ ...phone, transforms: phoneSteps("NO") }),
  ];
  expect([us[0] === no[0], us[1] === no[1]]).toEqual([false, false]);
});

test("what changes no reading changes no shape: winner, order, line, what is done with an empty value", () => {
  const same = { ...NAME, winner: "klaviyo", line: 99, onEmpty: "clear", onTargetEdit: "enforce" } as const;
  expect(shapes(same, TIER)).toEqual(shapes(TIER, NAME));
});

test("a subscription type that is read with every contact is a part of HubSpot's shape alone", () => {
  const of = (one: Mapping) => SIDES.map((side) => snapshotShape(one, side, ""));
  expect(of(withConsent("News"))[0]).not.toBe(of(withConsent())[0]);
  expect(of(withConsent("News"))[1]).toBe(of(withConsent())[1]);
});

test("the account's own options of a table, and a property that it lacks, are a part of the shape", () => {
  const hubspot = (...fields: readonly FieldSpec[]) => ({ hubspot: { fields }, klaviyo: { fields: [] } });
  const both = (schemas: ReturnType<typeof hubspot>) =>
    SIDES.map((side) => accountShape([TIER, NAME], schemas, side));
  const name = account("firstname", null);
  const before = both(hubspot(account("tier", ["gold"]), name));
  expect(both(hubspot(name, account("tier", ["gold"])))).toEqual(before);
  const more = both(hubspot(account("tier", ["gold", "silver"]), name));
  expect(more[0]).not.toBe(before[0]);
  expect(more[1]).not.toBe(before[1]);
  const gone = both(hubspot(account("tier", ["gold"])));
  expect(gone[0]).not.toBe(before[0]);
  expect(gone[1]).toBe(before[1]);
  expect(accountPart(snapshotShape(mapping(), "hubspot", "of the account"))).toBe("of the account");
});
