import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Limits } from "../../src/model/mapping.ts";
import type { Limit } from "../../src/model/watch/limit.ts";
import { SIDES } from "../../src/model/side.ts";
import type { LimitedAction } from "../../src/model/hold.ts";
import type { Change } from "../../src/plan/changes.ts";
import { LIMITED_ACTIONS, changesOf } from "../../src/plan/changes.ts";
import type { PlanTotals } from "../../src/plan/limits.ts";
import {
  NO_CHANGES,
  addToTotals,
  errorsAllowed,
  exceededLimits,
  isHeldBy,
  withhold,
} from "../../src/plan/limits.ts";
import type { ContactPlan, PlannedOperation } from "../../src/plan/planned.ts";
import { known } from "../support/known-link.ts";
import { assertLaw } from "../support/law.ts";

const NEVER: Limit = { count: Infinity };
const FREE: Limits = {
  creates: NEVER,
  updates: NEVER,
  removals: NEVER,
  clears: NEVER,
  unsubscribes: NEVER,
  subscribes: NEVER,
  errors: NEVER,
  approvalAbove: null,
  apiShare: { hubspot: 1, klaviyo: 1 },
};

/** What Tandem cannot take back. */
const IRREVOCABLE: readonly LimitedAction[] = ["unsubscribes", "subscribes"];

const NO_CONSENT_CHANGES = { unsubscribes: 0, subscribes: 0 };

const CREATE: PlannedOperation = { kind: "create", side: "klaviyo", fields: { city: "Ulm" }, lists: ["L1"] };
const UPDATE: PlannedOperation = {
  kind: "update",
  side: "klaviyo",
  id: "k1",
  fields: { city: "Ulm", name: null, tags: null },
  pre: { city: "Rom", name: "Ann", tags: ["A"] },
};
const PLAIN: PlannedOperation = {
  kind: "update",
  side: "hubspot",
  id: "h1",
  fields: { a: "b" },
  pre: { a: null },
};
const ADD: PlannedOperation = { kind: "add_to_list", side: "klaviyo", id: "k1", list: "L1" };
const REMOVE: PlannedOperation = { kind: "remove_from_list", side: "klaviyo", id: "k1", list: "L2" };

function planOf(...operations: readonly PlannedOperation[]): ContactPlan {
  const link = known({ hubspot: null, klaviyo: null });
  return { known: link, merged: [], operations, problems: [], state: "waiting", reason: "" };
}

function totalsOf(action: LimitedAction, count: number): PlanTotals {
  return { ...NO_CHANGES, klaviyo: { ...NO_CHANGES.klaviyo, [action]: count } };
}

function exceeds(
  action: LimitedAction,
  planned: number,
  limit: Limit,
  linked: number,
  firstSync = false,
): boolean {
  const limits = { ...FREE, [action]: limit };
  const exceeded = exceededLimits(totalsOf(action, planned), limits, linked, firstSync);
  expect(
    exceeded.every((one) => one.side === "klaviyo" && one.action === action && one.planned === planned),
  ).toBe(true);
  return exceeded.length === 1;
}

/** Which of n−1, n and n+1 are held back. */
function around(action: LimitedAction, n: number, limit: Limit, linked: number): readonly boolean[] {
  return [n - 1, n, n + 1].map((planned) => exceeds(action, planned, limit, linked));
}

describe("a limit (P18)", () => {
  it.each(LIMITED_ACTIONS)("on %s allows as many as it says, and not one more", (action) => {
    for (const count of [1, 10, 5_000]) {
      expect(around(action, count, { count }, 100_000)).toEqual([false, false, true]);
    }
    expect(around(action, 200, { share: 0.2 }, 1_000)).toEqual([false, false, true]);
    expect(around(action, 29, { share: 0.29 }, 100)).toEqual([false, false, true]);
    expect(around(action, 33, { share: 1 / 3 }, 100)).toEqual([false, false, true]);
  });

  it.each(LIMITED_ACTIONS)("of no %s at all holds the first", (action) => {
    expect(exceeds(action, 0, { count: 0 }, 10)).toBe(false);
    expect(exceeds(action, 1, { count: 0 }, 10)).toBe(true);
  });

  it.each(LIMITED_ACTIONS)(
    "that is a share of a few people begins to count %s at twenty, or at ten",
    (action) => {
      const most = IRREVOCABLE.includes(action) ? 9 : 19;
      for (const linked of [0, 1, 19, 20, 99]) {
        expect(around(action, most, { share: 0.01 }, linked)).toEqual([false, false, true]);
      }
    },
  );

  it.each(LIMITED_ACTIONS)("holds %s on a first sync unless they fill the other side", (action) => {
    const fills = action === "creates" || action === "updates";
    expect(exceeds(action, 1_000, { count: 10 }, 0, true)).toBe(!fills);
    expect(exceeds(action, 1_000, { count: 10 }, 0, false)).toBe(true);
  });

  it("of any whole percentage allows exactly that percentage of any number of people", () => {
    assertLaw(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 0, max: 2_000_000 }),
        (percent, linked) => {
          const allowed = Math.max(19, Number((BigInt(percent) * BigInt(linked)) / 100n));
          expect(around("updates", allowed, { share: percent / 100 }, linked)).toEqual([false, false, true]);
        },
      ),
    );
  });

  it("says what was planned and what was allowed, for each side by itself", () => {
    const side = {
      creates: 30,
      updates: 5,
      clears: 0,
      removals: 0,
      list_additions: 9_999,
      ...NO_CONSENT_CHANGES,
    };
    const totals = { hubspot: side, klaviyo: side, people: 70 };
    const limits = { ...FREE, creates: { share: 0.1 }, updates: { count: 4 } };
    expect(exceededLimits(totals, limits, 200, false)).toEqual(
      SIDES.flatMap((one) => [
        { side: one, action: "creates", planned: 30, allowed: 20, collection: null },
        { side: one, action: "updates", planned: 5, allowed: 4, collection: null },
      ]),
    );
  });

  it("on the people of a run holds on a first sync too, and is none where the mapping names none", () => {
    const people = (count: number, approvalAbove: number | null, firstSync: boolean) =>
      exceededLimits({ ...NO_CHANGES, people: count }, { ...FREE, approvalAbove }, 10, firstSync).length;
    for (const firstSync of [false, true]) {
      expect([999, 1_000, 1_001].map((count) => people(count, 1_000, firstSync))).toEqual([0, 0, 1]);
      expect(people(1, 0, firstSync)).toBe(1);
      expect(people(1_000_000, null, firstSync)).toBe(0);
    }
  });

  it("on errors stops no run for fewer than fifty", () => {
    const most = (share: number, planned: number) => errorsAllowed({ ...FREE, errors: { share } }, planned);
    expect([most(0.1, 10), most(0.1, 499), most(0.1, 510), most(0.1, 10_000)]).toEqual([49, 49, 51, 1_000]);
  });
});

function count(...plans: readonly ContactPlan[]): PlanTotals {
  return plans.reduce((totals, plan) => addToTotals(totals, changesOf(plan)), NO_CHANGES);
}

describe("the totals of a run", () => {
  it("count operations, of clears the emptied fields, and the people", () => {
    expect(count(planOf(CREATE, ADD), planOf(UPDATE, REMOVE), planOf(PLAIN), planOf())).toEqual({
      hubspot: { creates: 0, updates: 1, clears: 0, removals: 0, list_additions: 0, ...NO_CONSENT_CHANGES },
      klaviyo: { creates: 1, updates: 1, clears: 2, removals: 1, list_additions: 1, ...NO_CONSENT_CHANGES },
      people: 3,
    });
  });

  it("are the same in whatever order people come, and start from nothing each time", () => {
    const plans = [planOf(CREATE), planOf(UPDATE), planOf(REMOVE, PLAIN), planOf()];
    expect(count(...plans.toReversed())).toEqual(count(...plans));
    expect(Object.values(NO_CHANGES.klaviyo)).toEqual([0, 0, 0, 0, 0, 0, 0]);
  });

  it("count nobody of whom every change was approved", () => {
    expect(addToTotals(NO_CHANGES, [])).toBe(NO_CHANGES);
  });

  it("tell a change from the same one with another value", () => {
    const [one] = changesOf(planOf(CREATE));
    const [other] = changesOf(planOf({ ...CREATE, fields: { city: "Bonn" } }));
    expect(one?.words).not.toBe(other?.words);
  });
});

describe("what a limit holds back", () => {
  const over =
    (...actions: readonly (LimitedAction | "people")[]) =>
    (change: Change) =>
      isHeldBy(
        actions.map((action) => {
          const side = action === "people" ? null : "klaviyo";
          return { side, action, planned: 2, allowed: 1, collection: null };
        }),
        change,
      );
  const all = planOf(CREATE, UPDATE, PLAIN, ADD, REMOVE);
  const left = (...actions: readonly (LimitedAction | "people")[]) =>
    withhold(all, over(...actions)).plan.operations;

  it("is nothing where no limit is exceeded", () => {
    expect(withhold(all, over())).toEqual({ plan: all, held: [] });
  });

  it("is every operation of the class, on that side alone", () => {
    expect(left("creates")).toEqual([UPDATE, PLAIN, ADD, REMOVE]);
    expect(left("updates")).toEqual([CREATE, PLAIN, ADD, REMOVE]);
    expect(left("removals")).toEqual([CREATE, UPDATE, PLAIN, ADD]);
    expect(left("creates", "updates", "removals")).toEqual([PLAIN, ADD]);
  });

  it("is everything where too many people would be changed", () => {
    expect(left("people")).toEqual([]);
    expect(withhold(all, over("people")).held).toEqual(changesOf(all));
  });

  it("is of clears only the emptied fields: the others of the same person are written", () => {
    const rest = { ...UPDATE, fields: { city: "Ulm" }, pre: { city: "Rom" } };
    expect(left("clears")).toEqual([CREATE, rest, PLAIN, ADD, REMOVE]);
    const onlyClears = planOf({ ...UPDATE, fields: { name: null } });
    expect(withhold(onlyClears, over("clears")).plan.operations).toEqual([]);
    expect(left("clears", "updates")).toEqual([CREATE, PLAIN, ADD, REMOVE]);
  });

  it("lets through the one clear that somebody approved", () => {
    const approved = changesOf(planOf(UPDATE)).find(
      ({ words }) => words.includes("name") && !words.includes("tags"),
    );
    const isHeld = (change: Change) => over("clears")(change) && change.words !== approved?.words;
    const { plan, held } = withhold(planOf(UPDATE), isHeld);
    const kept = { city: "Ulm", name: null };
    expect(plan.operations).toEqual([{ ...UPDATE, fields: kept, pre: { city: "Rom", name: "Ann" } }]);
    expect(held).toHaveLength(1);
  });

  it("leaves nothing of an exceeded class in the totals, and everything else", () => {
    const anyOver = fc.subarray([...LIMITED_ACTIONS]);
    assertLaw(
      fc.property(anyOver, (actions) => {
        const totals = count(withhold(all, over(...actions)).plan);
        expect(actions.map((action) => totals.klaviyo[action])).toEqual(actions.map(() => 0));
        expect(totals.hubspot).toEqual(count(all).hubspot);
        expect(totals.klaviyo.list_additions).toBe(1);
      }),
      0.1,
    );
  });
});
