import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PerSide } from "../../src/model/side.ts";
import { SIDES, otherSide } from "../../src/model/side.ts";
import type { Value } from "../../src/model/value.ts";
import { canonicalList } from "../../src/model/value.ts";
import { mergeLists } from "../../src/reconcile/merge-lists.ts";
import { anyPair } from "../support/any-situation.ts";
import { anyFilled, anyValue } from "../support/any-value.ts";
import { cityRule } from "../support/city-rule.ts";
import { assertLaw } from "../support/law.ts";
import { decide, items } from "./decision.ts";

const BOTH = { hubspot: true, klaviyo: true };
const anySide = fc.constantFrom(...SIDES);
const anyList = anyFilled("list").map((value) => items(value).map(String));
const anyLists = fc.record({ agreed: anyPair(anyValue("list")), now: anyPair(anyList), winner: anySide });

describe("two lists that were both changed", () => {
  it("are what was agreed, plus what was added, less what was removed", () => {
    assertLaw(
      fc.property(anyList, anyPair(anyList), anySide, (agreed, now, winner) => {
        const removed = agreed.filter((item) => SIDES.some((side) => !now[side].includes(item)));
        const added = SIDES.flatMap((side) => now[side].filter((item) => !agreed.includes(item)));
        const kept = [...agreed, ...added].filter((item) => !removed.includes(item));
        const joined = mergeLists({ hubspot: agreed, klaviyo: agreed }, now, winner);
        expect(joined?.items ?? null).toEqual(canonicalList(kept));
        expect(joined?.disputed ?? false).toBe(false);
      }),
    );
  });

  it("lose no item that a person added, unless the winner removed it", () => {
    assertLaw(
      fc.property(anyLists, ({ agreed, now, winner }) => {
        const joined = mergeLists(agreed, now, winner);
        if (joined === null) return;
        for (const side of SIDES) {
          const added = now[side].filter((item) => !items(agreed[side]).includes(item));
          const gone = added.filter((item) => !joined.items.includes(item));
          const removedByWinner = items(agreed[winner]).filter((item) => !now[winner].includes(String(item)));
          expect(gone.filter((item) => side === winner || !removedByWinner.includes(item))).toEqual([]);
          expect(gone.length > 0 ? joined.disputed : true).toBe(true);
        }
      }),
    );
  });

  it("lose what either side removed, unless the winner added it", () => {
    assertLaw(
      fc.property(anyLists, ({ agreed, now, winner }) => {
        const joined = mergeLists(agreed, now, winner);
        const left = SIDES.flatMap((side) =>
          items(agreed[side]).filter(
            (item) => !now[side].includes(String(item)) && joined?.items.includes(String(item)),
          ),
        );
        const addedByWinner = now[winner].filter((item) => !items(agreed[winner]).includes(item));
        expect(left.every((item) => addedByWinner.includes(String(item)))).toBe(true);
      }),
    );
  });

  it("are never joined to nothing, and hold nothing that neither side shows", () => {
    assertLaw(
      fc.property(anyLists, ({ agreed, now, winner }) => {
        const joined = mergeLists(agreed, now, winner);
        expect(joined?.items).not.toEqual([]);
        const shown = [...now.hubspot, ...now.klaviyo];
        expect((joined?.items ?? []).filter((item) => !shown.includes(item))).toEqual([]);
      }),
    );
  });

  it("are joined to the same, canonical, list whichever side is asked first", () => {
    assertLaw(
      fc.property(anyLists, ({ agreed, now, winner }) => {
        const swap = (pair: PerSide<Value>) => ({ hubspot: pair.klaviyo, klaviyo: pair.hubspot });
        const joined = mergeLists(agreed, now, winner);
        expect(mergeLists(swap(agreed), swap(now), otherSide(winner))).toEqual(joined);
        expect(canonicalList(joined?.items ?? [])).toEqual(joined?.items ?? null);
      }),
    );
  });

  it("stay as they are once joined", () => {
    assertLaw(
      fc.property(anyLists, ({ agreed, now, winner }) => {
        const joined = mergeLists(agreed, now, winner);
        if (joined === null) return;
        const both = { hubspot: joined.items, klaviyo: joined.items };
        expect(mergeLists(both, both, winner)).toEqual({ items: joined.items, disputed: false });
        expect(mergeLists(agreed, both, winner)?.items ?? joined.items).toEqual(joined.items);
      }),
    );
  });

  it("are joined at first contact, so that nobody's items are dropped", () => {
    const rule = cityRule({ type: "list", merge: "union" });
    const seen = { hubspot: ["A", "B"], klaviyo: ["B", "C"] };
    const { after, lost } = decide({ rule, inScope: BOTH, agreed: undefined, seen });
    expect(after).toEqual({ hubspot: ["A", "B", "C"], klaviyo: ["A", "B", "C"] });
    expect(lost).toBe(null);
  });

  it("fall back to one side's list where their removals together would empty both", () => {
    const rule = cityRule({ type: "list", merge: "union", winner: "klaviyo" });
    const agreed = { hubspot: ["A", "B"], klaviyo: ["A", "B"] };
    const { after, lost } = decide({ rule, inScope: BOTH, agreed, seen: { hubspot: ["A"], klaviyo: ["B"] } });
    expect(after).toEqual({ hubspot: ["B"], klaviyo: ["B"] });
    expect(lost).toEqual({ kind: "changed_on_both", winner: "klaviyo", won: ["B"], lost: ["A"] });
  });

  it("let the winner's act on an item stand, and keep the list that it overruled", () => {
    const agreed = { hubspot: ["A", "B"], klaviyo: ["B"] };
    const seen = { hubspot: ["B", "C"], klaviyo: ["A", "B"] };
    const outcome = (winner: "hubspot" | "klaviyo") => {
      const rule = cityRule({ type: "list", merge: "union", winner });
      const { after, lost } = decide({ rule, inScope: BOTH, agreed, seen });
      return { after: after.hubspot, lost: lost?.lost };
    };
    expect(outcome("hubspot")).toEqual({ after: ["B", "C"], lost: ["A", "B"] });
    expect(outcome("klaviyo")).toEqual({ after: ["A", "B", "C"], lost: ["B", "C"] });
  });

  it("are not joined where one is empty", () => {
    expect(mergeLists({ hubspot: ["A"], klaviyo: ["A"] }, { hubspot: null, klaviyo: ["B"] }, "hubspot")).toBe(
      null,
    );
  });
});
