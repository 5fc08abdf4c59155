import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PerSide } from "../../src/model/side.ts";
import { SIDES, otherSide, perSide, withSide } from "../../src/model/side.ts";
import type { Value } from "../../src/model/value.ts";
import { anyPair, anyRule, anySituation } from "../support/any-situation.ts";
import { anyFilled, anyType, anyValue } from "../support/any-value.ts";
import { assertLaw } from "../support/law.ts";
import { KEEPS, anyNormaliser } from "../support/normaliser.ts";
import type { Situation } from "./decision.ts";
import {
  again,
  decide,
  edited,
  equal,
  inventsNothing,
  emptiesNothingByItself,
  losesNothing,
  letsOneEditLead,
  letsTheWinnerStand,
  makesNoFalseConflict,
  keepsAListOnlyInDispute,
  treatsTargetEditsAsSet,
  letsEditsWait,
  isQuietAfterwards,
  isShown,
  mayLead,
} from "./decision.ts";
import { mirror, mirrorOf } from "./mirror.ts";

const NOTHING: PerSide<Value | undefined> = { hubspot: undefined, klaviyo: undefined };
const PROMISES = [
  inventsNothing,
  emptiesNothingByItself,
  losesNothing,
  letsOneEditLead,
  letsTheWinnerStand,
  makesNoFalseConflict,
  keepsAListOnlyInDispute,
  treatsTargetEditsAsSet,
  letsEditsWait,
  isQuietAfterwards,
];
const EVERYONE: PerSide<boolean> = { hubspot: true, klaviyo: true };

/** A two-way field in step, each side holding what it made of one value; then one side is edited. */
const anyEdit = anyType
  .chain((type) =>
    fc.record({
      rule: anyRule(type).map((rule) => ({ ...rule, direction: "both" as const })),
      agreed: fc
        .tuple(anyValue(type), anyNormaliser, anyNormaliser)
        .map(([value, hubspot, klaviyo]) => ({ hubspot: hubspot(value), klaviyo: klaviyo(value) })),
      side: fc.constantFrom(...SIDES),
      value: anyFilled(type),
      makes: anyPair(anyNormaliser),
    }),
  )
  .filter(({ agreed, value }) => SIDES.every((side) => !equal(agreed[side], value)))
  .map((edit) => ({ ...edit, seen: withSide<Value>(edit.agreed, edit.side, edit.value) }));

const TAKEN = { hubspot: KEEPS, klaviyo: KEEPS };

/** A list that both sides changed. */
const anyDispute = fc.record({
  rule: anyRule("list").map((rule) => ({ ...rule, direction: "both" as const, merge: "union" as const })),
  inScope: fc.constant(EVERYONE),
  agreed: fc.option(anyPair(anyValue("list")), { nil: undefined }),
  seen: anyPair(anyFilled("list")),
});

describe("the merge of one field", () => {
  it("leaves nothing to do once its writes are done, whatever the systems made of them", () => {
    assertLaw(
      fc.property(anySituation, anyPair(anyNormaliser), (situation, makes) => {
        const decision = decide(situation, makes);
        const next = decide(again(situation, decision), makes);
        expect(next.writes).toEqual(NOTHING);
        expect(next.base).toEqual(decision.base);
      }),
    );
  });

  it("decides the same from the same sightings", () => {
    assertLaw(
      fc.property(anySituation, (situation) => {
        expect(decide(structuredClone(situation))).toEqual(decide(situation));
      }),
    );
  });

  it("comes out mirrored where the sides are renamed", () => {
    assertLaw(
      fc.property(anySituation, (situation) => {
        const { merged: _, ...mirrored } = decide(mirror(situation));
        expect(mirrored).toEqual(mirrorOf(decide(situation)));
      }),
    );
  });

  it("keeps for any values the promises that it keeps for two", () => {
    assertLaw(
      fc.property(anySituation, (situation) => {
        const decision = decide(situation);
        const broken = PROMISES.filter((promised) => !promised(situation, decision));
        expect(broken.map(({ name }) => name)).toEqual([]);
      }),
    );
  });

  it("writes to no side of a one-way field but its target, and lets no side lead that is out of scope", () => {
    assertLaw(
      fc.property(anySituation, (situation) => {
        const { writes } = decide(situation);
        const led = SIDES.filter((side) => writes[side] !== undefined).map(otherSide);
        expect(led.every((side) => mayLead(situation, side))).toBe(true);
      }),
    );
  });

  it("empties nothing at first contact", () => {
    assertLaw(
      fc.property(anySituation, ({ seen, ...rest }) => {
        const { writes } = decide({ ...rest, seen, agreed: undefined });
        expect(Object.values(writes)).not.toContain(null);
      }),
    );
  });

  it("takes an edit made on one side to the other, without a loser", () => {
    assertLaw(
      fc.property(anyEdit, ({ rule, agreed, side, value, seen }) => {
        const { writes, lost } = decide({ rule, inScope: EVERYONE, agreed, seen });
        expect(writes).toEqual(withSide(NOTHING, otherSide(side), value));
        expect(lost).toBe(null);
      }),
    );
  });

  it("lets an edit that was made out of scope wait, and lead once its side is back", () => {
    assertLaw(
      fc.property(anyEdit, fc.boolean(), ({ rule: edited, agreed, side, value, seen }, otherLeads) => {
        const rule = { ...edited, onTargetEdit: "keep" as const };
        const inScope = perSide((one) => one !== side && otherLeads);
        const away = decide({ rule, inScope, agreed, seen });
        expect(away.writes).toEqual(NOTHING);
        const back = decide({ rule, inScope: EVERYONE, agreed: away.base, seen: away.after });
        expect(back.writes).toEqual(withSide(NOTHING, otherSide(side), value));
        expect(back.lost).toBe(null);
      }),
    );
  });

  it("counts values that were once the same as agreed, so that a later edit is no conflict", () => {
    assertLaw(
      fc.property(anyEdit, anySituation, ({ rule, agreed, side, value }, before) => {
        const same = agreed[side];
        const met = decide({ ...before, rule, seen: { hubspot: same, klaviyo: same } });
        expect(met.writes).toEqual(NOTHING);
        const seen = withSide<Value>({ hubspot: same, klaviyo: same }, side, value);
        const later = decide({ rule, inScope: EVERYONE, agreed: met.base, seen });
        expect(later.writes).toEqual(withSide(NOTHING, otherSide(side), value));
        expect(later.lost).toBe(null);
      }),
    );
  });

  it("never brings back to the edited side what the other made of its value", () => {
    assertLaw(
      fc.property(anyEdit, ({ rule, agreed, side, value, seen, makes }) => {
        let situation: Situation = { rule, inScope: EVERYONE, agreed, seen };
        for (let run = 0; run < 3; run += 1) situation = again(situation, decide(situation, makes));
        expect(situation.seen[side]).toEqual(value);
        expect(situation.seen[otherSide(side)]).toEqual(makes[otherSide(side)](value));
      }),
    );
  });

  it("keeps the base of a field of which every write was refused, and settles once it is taken", () => {
    assertLaw(
      fc.property(anySituation, (situation) => {
        const refused = decide(situation, { hubspot: null, klaviyo: null });
        fc.pre(!equal(refused.writes, NOTHING));
        expect(refused.base).toEqual(situation.agreed);
        const retried = decide(again(situation, refused));
        expect(retried.writes).toEqual(refused.writes);
      }),
    );
  });

  it("owes a list that one side took and the other refused to the other alone", () => {
    assertLaw(
      fc.property(anyDispute, fc.constantFrom(...SIDES), (situation, refusing) => {
        const half = decide(situation, { ...TAKEN, [refusing]: null });
        fc.pre(SIDES.every((side) => half.writes[side] !== undefined));
        const owed = decide(again(situation, half));
        expect(owed.writes).toEqual(withSide(NOTHING, refusing, half.writes[refusing]));
        expect(owed.lost).toBe(null);
        expect(decide(again(again(situation, half), owed)).writes).toEqual(NOTHING);
      }),
    );
  });

  it("remembers the source as it was seen, not as it is by now", () => {
    assertLaw(
      fc.property(anyEdit, anyEdit, ({ rule, agreed, side, value, seen, makes }, meanwhile) => {
        const situation = { rule, inScope: EVERYONE, agreed, seen };
        const { base, after } = decide(situation, makes);
        const moved = withSide<Value | undefined>(after, side, meanwhile.value);
        const now = { ...situation, agreed: base, seen: moved };
        expect(edited(now, side)).toBe(!equal(meanwhile.value, value));
        if (!isShown(moved) || equal(moved.hubspot, moved.klaviyo) || !edited(now, side)) return;
        expect(decide(now).writes[otherSide(side)]).toEqual(meanwhile.value);
      }),
    );
  });
});
