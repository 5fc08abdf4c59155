import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { buildField } from "../../src/mapping/meaning/build-field.ts";
import { fieldsOf, propertiesOf } from "../../src/values/field-codec.ts";
import { fieldShape } from "../../src/mapping/meaning/field-shape.ts";
import type { FieldEntry } from "../../src/mapping/schema/schema.ts";
import { fieldEntry } from "../../src/mapping/schema/schema.ts";
import type { Base } from "../../src/model/base.ts";
import type { Direction, FieldRule } from "../../src/model/mapping.ts";
import { directionAllows } from "../../src/model/mapping.ts";
import type { PerSide, Side } from "../../src/model/side.ts";
import { SIDES, perSide } from "../../src/model/side.ts";
import type { FieldType, Value, Values } from "../../src/model/value.ts";
import { canonicalText } from "../../src/model/value.ts";
import type { Stored } from "../../src/reconcile/merge-contact.ts";
import { baseAfter, mergeContact, writesTo } from "../../src/reconcile/merge-contact.ts";
import { anyValue } from "../support/any-value.ts";
import { assertLaw } from "../support/law.ts";

const DAY = { from: "dd.MM.yyyy", to: "yyyy-MM-dd" };
const SHORT_DAY = { from: "yyyy-MM-dd", to: "M/d/yyyy" };
const NUMBERS = [{ below: -5, name: "debt" }, { below: "1000.5", name: "some" }, { name: "much" }];
const DAYS = [
  { below: "1970-01-01", name: "old" },
  { below: "2026-01-01", name: "new" },
  { name: "to come" },
];
const PHONE = { phone_e164: { default_country: "EE" } } as const;

type Steps = NonNullable<FieldEntry["transform"]>["to_klaviyo"];

/** Transforms of a source's type that may stand both ways, the way back being the opposite or nothing. */
const BOTH_WAYS: readonly (readonly [FieldType, Steps])[] = [
  ["phone", PHONE],
  ["text", PHONE],
  ...(["text", "option", "list"] as const).flatMap((type): [FieldType, Steps][] => [
    [type, { lower: true }],
    [type, { upper: true }],
    [type, { title: true }],
    [type, { trim: true }],
  ]),
  ["text", { date_format: DAY }],
  ["text", { date_format: { from: "yyyyMMdd", to: "M/d/yyyy" } }],
  ["date", { date_format: SHORT_DAY }],
  ["list", { join: ", " }],
  ["list", { join: "\n" }],
  ["text", { split: ";" }],
  ["text", { split: " " }],
  ["text", { prefix: "HS-" }],
  ["option", { prefix: "a" }],
  ["text", { remove_prefix: "A" }],
  ["text", [{ trim: true }, { lower: true }, { split: "," }]],
  ["list", [{ upper: true }, { join: ", " }, { prefix: "L: " }]],
];

/** Transforms that lose something, or that stand in for what is empty. */
const ONE_WAY: readonly (readonly [FieldType, Steps])[] = [
  ["number", { round: 0 }],
  ["number", { round: 2 }],
  ["text", { digits: true }],
  ["phone", { digits: true }],
  ["number", { bucket: NUMBERS }],
  ["date", { bucket: DAYS }],
  ["datetime", { bucket: DAYS }],
  ["text", { constant: "Tandem" }],
  ["boolean", { constant: 5 }],
  ["text", { default: "unknown" }],
  ["number", { default: -1 }],
  ["boolean", { default: false }],
  ["date", { default: "2026-01-01" }],
  ["list", { default: "none" }],
  ["number", [{ round: 1 }, { default: 0 }, { bucket: NUMBERS }]],
  ["text", [{ default: "EE" }, { prefix: "c:" }, { upper: true }]],
];

interface Scenario {
  readonly direction: Direction;
  readonly type: FieldType;
  readonly transform: NonNullable<FieldEntry["transform"]>;
}

const BACK_TOO: readonly Scenario[] = [
  { direction: "both", type: "number", transform: { to_klaviyo: { round: 2 }, to_hubspot: { round: 0 } } },
  { direction: "both", type: "number", transform: { to_klaviyo: { round: 2 }, to_hubspot: [] } },
  { direction: "both", type: "text", transform: { to_klaviyo: { digits: true }, to_hubspot: [] } },
  { direction: "both", type: "phone", transform: { to_klaviyo: { digits: true }, to_hubspot: PHONE } },
  { direction: "both", type: "text", transform: { to_hubspot: { upper: true } } },
  {
    direction: "both",
    type: "text",
    transform: { to_klaviyo: { lower: true }, to_hubspot: { upper: true } },
  },
  { direction: "both", type: "list", transform: { to_hubspot: { split: ", " } } },
  { direction: "both", type: "text", transform: { to_hubspot: { prefix: "K-" } } },
];

const SCENARIOS: readonly Scenario[] = [
  ...BOTH_WAYS.map(([type, steps]) => ({
    direction: "both" as const,
    type,
    transform: { to_klaviyo: steps },
  })),
  ...[...BOTH_WAYS, ...ONE_WAY].flatMap(([type, steps]): Scenario[] => [
    { direction: "to_klaviyo", type, transform: { to_klaviyo: steps } },
    { direction: "to_hubspot", type, transform: { to_hubspot: steps } },
  ]),
  ...BACK_TOO,
];

function ruleOf({ direction, type, transform }: Scenario): FieldRule {
  const entry = fieldEntry.parse({ hubspot: "a", klaviyo: "properties.a", direction, type, transform });
  expect(fieldShape(entry, direction).findings).toEqual([]);
  return buildField(entry, undefined, 1);
}

/** Values of a type, and texts that the steps of the scenarios have something to do with. */
function anyHeld(type: FieldType): fc.Arbitrary<Value> {
  if (type === "list")
    return fc.oneof(fc.constantFrom(["a;b", "c"], ["x y"], ["a, b", "b,"]), anyValue(type));
  if (type !== "text" && type !== "option" && type !== "phone") return anyValue(type);
  const words = ["HS-1", "HS-", "ab", "31.12.2025", "29.02.2025", "20251231", "1/5/2025", "a, b,c", "x; y;;"];
  const numbers = ["+372 5123 4567", "5123 4567", "12", "+37251234567", "c:ee", " Ünal  O'NEIL "];
  const phones = fc.stringMatching(/^\+?[1-9][\d ]{5,12}$/).map((text) => canonicalText(text));
  return fc.oneof(fc.constantFrom(...words, ...numbers), phones, anyValue(type));
}

interface World {
  readonly holds: PerSide<Value>;
  readonly base: Base;
}

/** One run over one person: sees both sides, decides, writes, and takes what is then shown for the agreement. */
function run(
  rule: FieldRule,
  world: World,
  settling: boolean,
): { world: World; wrote: readonly Side[]; stuck: boolean } {
  const show = (side: Side, value: Value): Values =>
    fieldsOf([rule], { side, values: { [rule.property[side]]: value }, unreadable: {} }).fields;
  const seen = perSide((side) => show(side, world.holds[side]));
  const merged = mergeContact([rule], { hubspot: true, klaviyo: true }, world.base, seen);
  const said = perSide((side) => propertiesOf([rule], side, writesTo(side, merged)));
  const wrote = SIDES.filter((side) => Object.hasOwn(said[side].values, rule.property[side]));
  const holds = perSide((side) =>
    wrote.includes(side) ? (said[side].values[rule.property[side]] ?? null) : world.holds[side],
  );
  const stored = perSide((side): Stored | null =>
    wrote.includes(side)
      ? { fields: show(side, holds[side]), settling: settling && side === "klaviyo" }
      : null,
  );
  const stuck = SIDES.some((side) => said[side].problems.length > 0);
  return { world: { holds, base: baseAfter(world.base, merged, stored) }, wrote, stuck };
}

const name = ({ direction, type, transform }: Scenario) =>
  `${direction}, ${type}: ${JSON.stringify(transform)}`;

describe("a field once written is quiet, whatever either side holds and however often it is edited", () => {
  test.each(SCENARIOS.map((scenario) => [name(scenario), scenario] as const))("%s", (_name, scenario) => {
    const rule = ruleOf(scenario);
    const anyEdit = fc
      .constantFrom(...SIDES)
      .chain((side) => anyHeld(rule.propertyType[side]).map((value) => ({ side, value })));
    assertLaw(
      fc.property(fc.array(anyEdit, { minLength: 2, maxLength: 5 }), fc.boolean(), (edits, settling) => {
        let world: World = { holds: { hubspot: null, klaviyo: null }, base: {} };
        for (const { side, value } of edits) {
          world = { ...world, holds: { ...world.holds, [side]: value } };
          const first = run(rule, world, settling);
          for (const side of first.wrote)
            expect(directionAllows(rule.direction, side === "hubspot" ? "klaviyo" : "hubspot")).toBe(true);
          const second = run(rule, first.world, settling);
          expect(second.wrote).toEqual([]);
          expect(second.world.holds).toEqual(first.world.holds);
          world = second.world;
        }
      }),
    );
  });
});

/** Where every value of the written side has its own on the other, nothing is lost on the way back. */
const FAITHFUL: readonly (readonly [FieldType, Steps])[] = [
  ["text", { split: ";" }],
  ["text", { split: " " }],
  ["text", { prefix: "HS-" }],
  ["option", { prefix: "a" }],
  ["text", { remove_prefix: "A" }],
  ["text", { date_format: DAY }],
  ["text", [{ prefix: "A" }, { prefix: "B" }]],
];

describe("what is written back is read as what it was, or is refused", () => {
  test.each(FAITHFUL)("%s: %j", (type, steps) => {
    const rule = ruleOf({ direction: "both", type, transform: { to_klaviyo: steps } });
    assertLaw(
      fc.property(anyHeld(rule.type), (value) => {
        const { values, problems } = propertiesOf([rule], "hubspot", { [rule.key]: value });
        const { fields } = fieldsOf([rule], { side: "hubspot", values, unreadable: {} });
        expect(problems.length === 0 ? fields : {}).toEqual(
          problems.length === 0 ? { [rule.key]: value } : {},
        );
      }),
      2,
    );
  });
});
