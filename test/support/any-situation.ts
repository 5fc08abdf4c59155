import * as fc from "fast-check";
import type { FieldRule } from "../../src/model/mapping.ts";
import type { PerSide } from "../../src/model/side.ts";
import { SIDES } from "../../src/model/side.ts";
import type { FieldType, Value } from "../../src/model/value.ts";
import type { Situation } from "../reconcile/decision.ts";
import { anyType, anyValue } from "./any-value.ts";
import { cityRule } from "./city-rule.ts";

export function anyRule(type: FieldType): fc.Arbitrary<FieldRule> {
  return fc
    .record({
      direction: fc.constantFrom("both", "both", "to_klaviyo", "to_hubspot"),
      winner: fc.constantFrom(...SIDES),
      onEmpty: fc.constantFrom("keep", "clear"),
      onTargetEdit: fc.constantFrom("keep", "enforce"),
      merge: fc.constantFrom("replace", "union"),
    })
    .map((parts) => cityRule({ ...parts, type }));
}

export function anyPair<T>(one: fc.Arbitrary<T>): fc.Arbitrary<PerSide<T>> {
  return fc.record({ hubspot: one, klaviyo: one });
}

/** Any field of any type, agreed on or not, in any scope, each side showing something, nothing, or not the field. */
export const anySituation: fc.Arbitrary<Situation> = anyType.chain((type) => {
  const shown = fc.option<Value, undefined>(anyValue(type), { nil: undefined, freq: 12 });
  return fc.record({
    rule: anyRule(type),
    inScope: anyPair(fc.boolean()),
    agreed: fc.option(anyPair(anyValue(type)), { nil: undefined, freq: 4 }),
    seen: anyPair(shown),
  });
});
