import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FieldBase } from "../../src/model/base.ts";
import { SIDES, otherSide, withSide } from "../../src/model/side.ts";
import type { Value } from "../../src/model/value.ts";
import { baseAfter, mergeContact, sameBase } from "../../src/reconcile/merge-contact.ts";
import { anyFilled, anyType } from "../support/any-value.ts";
import { cityRule } from "../support/city-rule.ts";
import { assertLaw } from "../support/law.ts";
import { anyKnownNormaliser } from "../support/normaliser.ts";
import { decide, items } from "./decision.ts";

const BOTH = { hubspot: true, klaviyo: true };
const rule = cityRule();

/** A field whose value was sent to one side by a call that did not tell what it stored. */
const anySent = anyType.chain((type) =>
  fc.record({
    value: anyFilled(type),
    other: anyFilled(type),
    side: fc.constantFrom(...SIDES),
    makes: anyKnownNormaliser,
  }),
);

function settlingAt(value: Value, side: "hubspot" | "klaviyo"): FieldBase {
  return {
    hubspot: value,
    klaviyo: value,
    settling: withSide({ hubspot: false, klaviyo: false }, side, true),
  };
}

describe("a value that was sent without an answer", () => {
  it("is remembered as sent, and as not yet settled", () => {
    const seen = { hubspot: { [rule.key]: "Ann " }, klaviyo: { [rule.key]: null } };
    const merged = mergeContact([rule], BOTH, {}, seen);
    const stored = { hubspot: null, klaviyo: { fields: { [rule.key]: "Ann " }, settling: true } };
    const base = baseAfter({}, merged, stored);
    expect(base).toEqual({ [rule.key]: settlingAt("Ann ", "klaviyo") });
    expect(sameBase(base, { [rule.key]: { hubspot: "Ann ", klaviyo: "Ann " } })).toBe(false);
  });

  it("settles at what the system made of it, and goes nowhere", () => {
    assertLaw(
      fc.property(anySent, ({ value, side, makes }) => {
        const stored = makes(value);
        const seen = withSide<Value>({ hubspot: value, klaviyo: value }, side, stored);
        const { writes, base } = decide({ rule, inScope: BOTH, agreed: settlingAt(value, side), seen });
        expect(writes).toEqual({ hubspot: undefined, klaviyo: undefined });
        expect(base).toEqual(seen);
      }),
    );
  });

  it("was emptied by nobody where it was never seen: it is sent again, and empties nothing", () => {
    assertLaw(
      fc.property(anySent, fc.constantFrom("keep", "clear"), ({ value, side }, onEmpty) => {
        const seen = withSide<Value>({ hubspot: value, klaviyo: value }, side, null);
        const told = { rule: { ...rule, onEmpty }, inScope: BOTH, agreed: settlingAt(value, side), seen };
        const { writes } = decide(told);
        expect(writes).toEqual(
          withSide<Value | undefined>({ hubspot: undefined, klaviyo: undefined }, side, value),
        );
      }),
    );
  });

  it("gives way to a value that no system would have made of it: that is an edit", () => {
    const bare = (value: Value) =>
      new Set(items(value).map((item) => String(item).toLowerCase().replaceAll(/\s/g, "")));
    const isMadeOf = (sent: Value, now: Value) =>
      items(now).length <= items(sent).length && bare(sent).symmetricDifference(bare(now)).size === 0;
    assertLaw(
      fc.property(anySent, ({ value, other, side }) => {
        fc.pre(!isMadeOf(value, other));
        const seen = withSide<Value>({ hubspot: value, klaviyo: value }, side, other);
        const { writes, lost } = decide({ rule, inScope: BOTH, agreed: settlingAt(value, side), seen });
        expect(writes[otherSide(side)]).toEqual(other);
        expect(lost).toBe(null);
      }),
    );
  });

  it("settles once: a later change of letter case alone is an edit", () => {
    const agreed = settlingAt("Ann", "klaviyo");
    const first = decide({ rule, inScope: BOTH, agreed, seen: { hubspot: "Ann", klaviyo: "ann" } });
    const later = { rule, inScope: BOTH, agreed: first.base, seen: { hubspot: "Ann", klaviyo: "ANN" } };
    expect(decide(later).writes).toEqual({ hubspot: "ANN", klaviyo: undefined });
  });

  it("settles only on the side that was written", () => {
    const agreed = settlingAt("Ann", "klaviyo");
    const seen = { hubspot: "ANN", klaviyo: "Ann" };
    expect(decide({ rule, inScope: BOTH, agreed, seen }).writes).toEqual({
      hubspot: undefined,
      klaviyo: "ANN",
    });
  });

  it("settles at its own form while the other side is edited", () => {
    const agreed = settlingAt("Ann", "klaviyo");
    const { writes, lost } = decide({
      rule,
      inScope: BOTH,
      agreed,
      seen: { hubspot: "Bea", klaviyo: "ann" },
    });
    expect(writes).toEqual({ hubspot: undefined, klaviyo: "Bea" });
    expect(lost).toBe(null);
  });
});

describe("the agreement after a run", () => {
  const name = cityRule({ key: "name" });
  const city = cityRule({ key: "city" });
  const base = { name: { hubspot: "Ann", klaviyo: "Ann" }, city: { hubspot: "Ulm", klaviyo: "Ulm" } };
  const seen = { hubspot: { name: "Bea", city: "Rom" }, klaviyo: { name: "Ann", city: "Ulm" } };
  const merged = mergeContact([name, city], BOTH, base, seen);

  it("moves field by field: what was refused keeps its old base beside what was taken", () => {
    const stored = { hubspot: null, klaviyo: { fields: { name: "BEA" }, settling: false } };
    expect(baseAfter(base, merged, stored)).toEqual({ ...base, name: { hubspot: "Bea", klaviyo: "BEA" } });
  });

  it("keeps fields that no rule names any more", () => {
    const old = { ...base, gone: { hubspot: "x", klaviyo: "y" } };
    expect(baseAfter(old, merged, { hubspot: null, klaviyo: null })).toEqual(old);
  });

  it("is the same as another exactly where every field says the same", () => {
    expect(sameBase(base, structuredClone(base))).toBe(true);
    expect(
      sameBase({ tags: { hubspot: ["A"], klaviyo: null } }, { tags: { hubspot: ["A"], klaviyo: null } }),
    ).toBe(true);
    expect(sameBase(base, { name: base.name })).toBe(false);
    expect(sameBase({ name: base.name }, base)).toBe(false);
    expect(sameBase(base, { ...base, city: { hubspot: "Ulm", klaviyo: "ulm" } })).toBe(false);
  });

  it("knows a field by its own name only, never by one that every object has", () => {
    const rules = ["constructor", "toString", "hasOwnProperty"].map((key) => cityRule({ key }));
    const nothing = mergeContact(rules, BOTH, {}, { hubspot: {}, klaviyo: {} });
    expect(nothing.map(({ merge }) => merge.kind)).toEqual(["unseen", "unseen", "unseen"]);
  });
});
