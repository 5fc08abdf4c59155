import { afterAll, describe, expect, it } from "vitest";
import type { FieldBase } from "../../src/model/base.ts";
import type { Direction, FieldRule } from "../../src/model/mapping.ts";
import type { PerSide } from "../../src/model/side.ts";
import { SIDES } from "../../src/model/side.ts";
import type { Value } from "../../src/model/value.ts";
import { cityRule } from "../support/city-rule.ts";
import type { Promised, Situation } from "./decision.ts";
import {
  decide,
  emptiesNothingByItself,
  equal,
  inventsNothing,
  isQuietAfterwards,
  isShown,
  keepsAListOnlyInDispute,
  letsEditsWait,
  letsOneEditLead,
  letsTheWinnerStand,
  losesNothing,
  makesNoFalseConflict,
  treatsTargetEditsAsSet,
} from "./decision.ts";
import { mirror, mirrorOf } from "./mirror.ts";

/**
 * Every situation that two values can make judged by what CONTRACT.md promises and not by a second
 * merge. 16 configurations stand for its 14: `newest` is decided before the merge, as one winner or the other, and
 * `union` must be `replace` for all that is no list. Each is tried in all four scopes; lists, where two may lead.
 */
const TEXTS: readonly (Value | undefined)[] = [null, "a", "b", undefined];
const LISTS: readonly (Value | undefined)[] = [null, ["a"], ["b"], ["a", "b"], ["b", "c"], undefined];

const RULES = (["both", "to_klaviyo", "to_hubspot"] satisfies Direction[]).flatMap((direction) =>
  (["keep", "clear"] as const).flatMap((onEmpty) =>
    direction === "both"
      ? SIDES.flatMap((winner) =>
          (["replace", "union"] as const).map((merge) => cityRule({ direction, onEmpty, winner, merge })),
        )
      : (["keep", "enforce"] as const).map((onTargetEdit) => cityRule({ direction, onEmpty, onTargetEdit })),
  ),
);
const TWO_WAY = RULES.filter(({ direction }) => direction === "both");

const SCOPES = [true, false].flatMap((hubspot) => [true, false].map((klaviyo) => ({ hubspot, klaviyo })));

const SITUATIONS = [
  ...situations(RULES, SCOPES, TEXTS),
  ...situations(TWO_WAY, [{ hubspot: true, klaviyo: true }], LISTS),
];
const DECISIONS = SITUATIONS.map((situation) => ({ situation, decision: decide(situation) }));

const NOTHING: PerSide<Value | undefined> = { hubspot: undefined, klaviyo: undefined };

function situations(
  rules: readonly FieldRule[],
  scopes: readonly PerSide<boolean>[],
  values: readonly (Value | undefined)[],
): readonly Situation[] {
  const pairs = values.flatMap((hubspot) => values.map((klaviyo) => ({ hubspot, klaviyo })));
  const bases: readonly (FieldBase | undefined)[] = [undefined, ...pairs.filter(isShown)];
  return rules.flatMap((rule) =>
    scopes.flatMap((inScope) =>
      bases.flatMap((agreed) => pairs.map((seen) => ({ rule, inScope, agreed, seen }))),
    ),
  );
}

/** The first situation whose decision breaks a promise. */
function broken(promised: Promised): unknown {
  return DECISIONS.find(({ situation, decision }) => !promised(situation, decision));
}

describe("every situation of two values", () => {
  afterAll(() => console.info(`${SITUATIONS.length} situations, each judged by every promise`));

  it("is looked at, in all configurations, scopes and bases", () => {
    const texts = 16 * 4 * (1 + 3 * 3) * (4 * 4);
    const lists = 8 * (1 + 5 * 5) * (6 * 6);
    expect(SITUATIONS.length).toBe(texts + lists);
  });

  it("writes only what a side that may lead shows (P5, P7)", () => {
    expect(broken(inventsNothing)).toBe(undefined);
  });

  it("empties nothing that nobody emptied (P5)", () => {
    expect(broken(emptiesNothingByItself)).toBe(undefined);
  });

  it("loses no value without keeping it (P4)", () => {
    expect(broken(losesNothing)).toBe(undefined);
  });

  it("keeps a loser only where two people disagreed (P6)", () => {
    expect(broken(makesNoFalseConflict)).toBe(undefined);
    expect(broken(keepsAListOnlyInDispute)).toBe(undefined);
  });

  it("lets an edit on one side lead", () => {
    expect(broken(letsOneEditLead)).toBe(undefined);
  });

  it("lets the winner of two edits stand, and a value beat a clear", () => {
    expect(broken(letsTheWinnerStand)).toBe(undefined);
  });

  it("leaves a hand-edited target alone unless the rule enforces its source", () => {
    expect(broken(treatsTargetEditsAsSet)).toBe(undefined);
  });

  it("keeps an edit waiting while its side may not lead", () => {
    expect(broken(letsEditsWait)).toBe(undefined);
  });

  it("is quiet once it is done (P2)", () => {
    expect(broken(isQuietAfterwards)).toBe(undefined);
  });

  it("does nothing and forgets nothing where a side does not show the field", () => {
    const left = broken(
      ({ seen, agreed }, { writes, base }) =>
        isShown(seen) || (equal(writes, NOTHING) && equal(base, agreed)),
    );
    expect(left).toBe(undefined);
  });

  it("agrees where both sides show the same", () => {
    const left = broken(({ seen }, { writes, base }) => {
      const same = isShown(seen) && equal(seen.hubspot, seen.klaviyo);
      return !same || (equal(writes, NOTHING) && equal(base, seen));
    });
    expect(left).toBe(undefined);
  });

  it("agrees on nothing where nothing was written and nothing was the same", () => {
    const left = broken(({ seen, agreed }, { writes, base }) => {
      const open = agreed === undefined && equal(writes, NOTHING) && !equal(seen.hubspot, seen.klaviyo);
      return !open || base === undefined;
    });
    expect(left).toBe(undefined);
  });

  it("keeps the base where the write was refused, so that it is decided again", () => {
    const left = broken((situation, { writes }) => {
      if (equal(writes, NOTHING)) return true;
      const refused = decide(situation, { hubspot: null, klaviyo: null });
      return equal(refused.base, situation.agreed) && equal(refused.writes, writes);
    });
    expect(left).toBe(undefined);
  });

  it("comes out mirrored where the sides are renamed", () => {
    const left = broken((situation, decision) => {
      const { merged: _, ...mirrored } = decide(mirror(situation));
      return equal(mirrored, mirrorOf(decision));
    });
    expect(left).toBe(undefined);
  });
});
