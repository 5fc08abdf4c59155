import * as fc from "fast-check";
import type { FieldRule, Mapping } from "../../src/model/mapping.ts";
import { SIDES } from "../../src/model/side.ts";
import { fieldRule, mapping, scopeRule } from "../support/rule.ts";
import type { Slot } from "./slots.ts";
import { SLOTS } from "./slots.ts";

const NEWSLETTER = { kind: "list", nameOrId: "newsletter", line: 1, column: 1 } as const;

export const CUSTOMERS = scopeRule("customers", "hubspot", "all", {
  addToLists: [NEWSLETTER],
  onLeave: "remove_from_list",
});
export const LEADS = scopeRule("leads", "klaviyo", "engaged");

/** What a mapping may say of a slot, beside which properties it joins. */
export const anyTerms = fc.record({
  direction: fc.constantFrom("both", "both", "to_klaviyo", "to_hubspot"),
  winner: fc.constantFrom(...SIDES),
  onEmpty: fc.constantFrom("keep", "clear"),
  onTargetEdit: fc.constantFrom("keep", "enforce"),
  onInvalid: fc.constantFrom("skip_field", "skip_field", "skip_field", "error"),
  merge: fc.constantFrom("replace", "union"),
});

export type Terms = typeof anyTerms extends fc.Arbitrary<infer T> ? T : never;

export function ruleOf({ property, type, options, transforms }: Slot, terms: Terms): FieldRule {
  const { direction } = terms;
  const oneWay = {
    hubspot: direction === "to_klaviyo" ? [] : transforms.hubspot,
    klaviyo: direction === "to_hubspot" ? [] : transforms.klaviyo,
  };
  // Only a one-way field has a target that can be put back.
  const onTargetEdit = direction === "both" ? "keep" : terms.onTargetEdit;
  const said = { ...terms, onTargetEdit, type, options, transforms: oneWay };
  return fieldRule(property.hubspot, property.klaviyo, said);
}

/** A mapping with these fields and scope rules; no limit stands in the way of a handful of people. */
export function version(fields: readonly FieldRule[], rules: Mapping["rules"] = [CUSTOMERS, LEADS]): Mapping {
  const made = mapping({ fields, rules, hash: JSON.stringify([fields, rules]) });
  return Object.defineProperty(made, fc.toStringMethod, { value: () => inWords(made) });
}

function inWords({ fields, rules }: Mapping): string {
  const said = fields.map(
    ({ key, direction, winner, onEmpty, onTargetEdit, merge }) =>
      `${key} ${direction} ${winner} ${onEmpty} ${onTargetEdit} ${merge}`,
  );
  return `{ ${rules.map(({ id }) => id).join("+")}: ${said.join("; ")} }`;
}

/** Some of the slots, each on some terms, under one rule or both. */
export function anyVersion(slots: readonly Slot[] = SLOTS): fc.Arbitrary<Mapping> {
  const each = fc.tuple(...slots.map(() => fc.option(anyTerms, { nil: undefined, freq: 5 })));
  const rules = fc.constantFrom([CUSTOMERS, LEADS], [CUSTOMERS, LEADS], [CUSTOMERS], [LEADS]);
  return fc.tuple(each, rules).map(([terms, inForce]) =>
    version(
      slots.flatMap((slot, index) => {
        const said = terms[index];
        return said === undefined ? [] : [ruleOf(slot, said)];
      }),
      inForce,
    ),
  );
}
