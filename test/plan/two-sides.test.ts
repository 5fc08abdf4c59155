import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EMAIL_FIELD } from "../../src/model/mapping.ts";
import type { Side } from "../../src/model/side.ts";
import { SIDES, perSide } from "../../src/model/side.ts";
import type { FieldType, Value } from "../../src/model/value.ts";
import { equal } from "../reconcile/decision.ts";
import { anyPair, anyRule } from "../support/any-situation.ts";
import { anyValue } from "../support/any-value.ts";
import { assertLaw } from "../support/law.ts";
import type { Normaliser } from "../support/normaliser.ts";
import { anyNormaliser } from "../support/normaliser.ts";
import type { Ledger } from "./ledger.ts";
import { echoes, newLedger, noteEdit, noteRun } from "./ledger.ts";
import type { SmallEngine } from "./small-engine.ts";
import { edit, newPerson, run } from "./small-engine.ts";

/** Whole histories of one person: edits, clears, comings and goings, and runs that go wrong, over random rules. */
type Step = fc.Command<Ledger, SmallEngine>;

interface Change {
  readonly side: Side;
  readonly key: string;
  readonly value: Value;
}

const KEYS: Readonly<Record<string, FieldType>> = { name: "text", tags: "list", tier: "text" };

const anyChange: fc.Arbitrary<Change> = fc
  .constantFrom(...Object.entries(KEYS))
  .chain(([key, type]) =>
    fc.record({ side: fc.constantFrom(...SIDES), key: fc.constant(key), value: anyValue(type) }),
  );

const aChange = anyChange.map((one): Step => ({
  check: () => true,
  run: (ledger, engine) => change(engine, one)(ledger),
  toString: () => `edit ${one.key} on ${one.side} to ${fc.stringify(one.value)}`,
}));

const aMove = fc.tuple(fc.constantFrom(...SIDES), fc.boolean()).map(([side, inScope]): Step => ({
  check: () => true,
  run: (_, { sides }) => {
    const person = sides[side];
    if (person !== null) person.inScope = inScope;
  },
  toString: () => `${inScope ? "enter" : "leave"} on ${side}`,
}));

const aQuietRun = fc.constant<Step>({
  check: () => true,
  run: (ledger, engine) => noteRun(ledger, run(engine)),
  toString: () => "run",
});

const aTroubledRun = fc
  .tuple(
    fc.subarray(SIDES.flatMap((side) => Object.keys(KEYS).map((key) => `${side} ${key}`))),
    fc.option(anyChange),
  )
  .map(([refused, intruding]): Step => ({
    check: () => true,
    run: (ledger, engine) => {
      // Noted after the run: at the time of the plan nobody knew of it.
      let noteLater: (noted: Ledger) => void = () => {};
      const done = run(engine, {
        refuses: (side, key) => refused.includes(`${side} ${key}`),
        meanwhile: () => {
          if (intruding !== null) noteLater = change(engine, intruding);
        },
      });
      noteRun(ledger, done);
      noteLater(ledger);
    },
    toString: () => `run refused ${refused.join()} while ${fc.stringify(intruding)}`,
  }));

/** Refusals of one side of a joined list, and its own normalising of items, are the single merge's business. */
const textsOnly =
  (normalise: Normaliser): Normaliser =>
  (value) =>
    typeof value === "string" ? normalise(value) : value;

/** Rules, what the systems make of texts, and what each side holds and whom it has in scope at first. */
const anyStart = fc.record({
  name: anyRule("text").map((rule) => ({ ...rule, key: "name", direction: "both" as const })),
  tags: anyRule("list").map((rule) => ({ ...rule, key: "tags", direction: "both" as const })),
  tier: anyRule("text").map((rule) => ({ ...rule, key: "tier" })),
  makes: anyPair(anyNormaliser),
  first: fc.array(anyChange, { maxLength: 8 }),
  there: fc.constantFrom<readonly Side[]>(["hubspot"], ["klaviyo"], SIDES, SIDES),
  inScope: anyPair(fc.boolean()),
});

type Start = typeof anyStart extends fc.Arbitrary<infer T> ? T : never;

function begin({ name, tags, tier, makes, first, there, inScope }: Start): History {
  const rules = [EMAIL_FIELD, name, tags, tier];
  const engine: SmallEngine = {
    rules,
    makes: perSide((side) => textsOnly(makes[side])),
    sides: perSide((side) => (there.includes(side) ? newPerson(rules, inScope[side]) : null)),
    base: {},
  };
  const ledger = newLedger();
  for (const one of first) change(engine, one)(ledger);
  return { model: ledger, real: engine };
}

interface History {
  readonly model: Ledger;
  readonly real: SmallEngine;
}

/** A person changes a field, if the side has the person; the note of it is written when the caller says so. */
function change(engine: SmallEngine, { side, key, value }: Change): (ledger: Ledger) => void {
  const before = engine.sides[side]?.fields[key];
  if (before === undefined) return () => {};
  edit(engine, side, key, value);
  const after = engine.sides[side]?.fields[key] ?? null;
  return (ledger) => noteEdit(ledger, side, key, before, after);
}

const anyHistory = fc.commands([aChange, aChange, aMove, aQuietRun, aTroubledRun], {
  maxCommands: 30,
  size: "medium",
});

/** Plays a history, and returns its result. */
function live(start: Start, history: Iterable<Step>): History {
  const lived = begin(start);
  fc.modelRun(() => lived, history);
  return lived;
}

describe("two sides and one person, whatever people and systems did to them", () => {
  it("lose nothing that a person set without keeping it (P4)", () => {
    assertLaw(
      fc.property(anyStart, anyHistory, (start, history) => {
        expect(live(start, history).model.missing).toEqual([]);
      }),
    );
  });

  it("are written no more often than people gave reason to (P3)", () => {
    assertLaw(
      fc.property(anyStart, anyHistory, (start, history) => {
        const { model, real } = live(start, history);
        expect(echoes(model, real)).toEqual([]);
      }),
    );
  });

  it("are settled by the second run once nothing is refused, and the third writes nothing (P1, P2)", () => {
    assertLaw(
      fc.property(anyStart, anyHistory, (start, history) => {
        const { real } = live(start, history);
        run(real);
        run(real);
        const base = structuredClone(real.base);
        expect(run(real).plan.operations).toEqual([]);
        expect(real.base).toEqual(base);
      }),
    );
  });

  it("agree on every two-way field once both are in scope, up to their own forms and to kept clears", () => {
    assertLaw(
      fc.property(anyStart, anyHistory, (start, history) => {
        const { real } = live(start, history);
        settleInScope(real);
        expect(disagreements(real)).toEqual([]);
      }),
    );
  });

  it("keep the last word of a person who was alone at it", () => {
    assertLaw(
      fc.property(anyStart, anyHistory, anyChange, (start, history, last) => {
        const { model, real } = live(start, history);
        settleInScope(real);
        change(real, last)(model);
        const typed = real.sides[last.side]?.fields[last.key];
        run(real);
        expect(enforced(real, last) || equal(real.sides[last.side]?.fields[last.key], typed)).toBe(true);
        expect(model.missing).toEqual([]);
      }),
    );
  });
});

/** Two runs, for the first may have to make the person on the other side. */
function settleInScope(engine: SmallEngine): void {
  for (let runs = 0; runs < 2; runs += 1) {
    for (const side of SIDES) if (engine.sides[side] !== null) engine.sides[side].inScope = true;
    run(engine);
  }
}

/** A one-way target is put back where its rule says so: there the last word is the source's. */
function enforced({ rules }: SmallEngine, { side, key }: Change): boolean {
  const rule = rules.find((one) => one.key === key);
  const target = rule?.direction === "to_hubspot" ? "hubspot" : "klaviyo";
  return rule?.direction !== "both" && rule?.onTargetEdit === "enforce" && target === side;
}

function disagreements({ rules, sides, makes }: SmallEngine): readonly unknown[] {
  const { hubspot, klaviyo } = sides;
  if (hubspot === null || klaviyo === null) return [];
  return rules
    .filter(({ direction }) => direction === "both")
    .map(({ key, onEmpty }) => ({
      key,
      onEmpty,
      h: hubspot.fields[key] ?? null,
      k: klaviyo.fields[key] ?? null,
    }))
    .filter(({ h, k, onEmpty }) => {
      const form = equal(h, k) || equal(h, makes.hubspot(k)) || equal(k, makes.klaviyo(h));
      return !form && !(onEmpty === "keep" && (h === null || k === null));
    });
}
