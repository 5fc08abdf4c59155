import { NO_CONSENT_RULES } from "../../src/model/scope.ts";
import type { Base } from "../../src/model/base.ts";
import type { FieldRule } from "../../src/model/mapping.ts";
import type { PerSide, Side } from "../../src/model/side.ts";
import { SIDES, perSide } from "../../src/model/side.ts";
import type { Value, Values } from "../../src/model/value.ts";
import { sameValue } from "../../src/model/value.ts";
import type { ContactPlan, PlannedOperation } from "../../src/plan/planned.ts";
import { planContact } from "../../src/plan/plan-contact.ts";
import type { Stored } from "../../src/reconcile/merge-contact.ts";
import { baseAfter } from "../../src/reconcile/merge-contact.ts";
import type { LostValue } from "../../src/model/history/lost-value.ts";
import { ANN, FROM, known, sighting, NO_SHAPES } from "../support/known-link.ts";
import type { Normaliser } from "../support/normaliser.ts";

/** One person as a side holds them. */
interface Person {
  readonly fields: Record<string, Value>;
  inScope: boolean;
}

export interface SmallEngine {
  readonly rules: readonly FieldRule[];
  readonly makes: PerSide<Normaliser>;
  readonly sides: Record<Side, Person | null>;
  base: Base;
}

/** What one run did: the plan, and of its writes those that were taken. */
export interface Run {
  readonly plan: ContactPlan;
  readonly seen: PerSide<Values>;
  /** What the sides hold afterwards, less what people did meanwhile. */
  readonly after: PerSide<Values>;
  /** By side and field, as sent. */
  readonly taken: PerSide<Values>;
  readonly lost: Readonly<Record<string, LostValue>>;
}

/** What goes wrong in a run. */
export interface Mishaps {
  /** Does the side refuse to have this field written? Of a create, one refusal refuses all. */
  readonly refuses: (side: Side, key: string) => boolean;
  /** What people do after the plan was made and before it is carried out. */
  readonly meanwhile: () => void;
}

const NO_MISHAPS: Mishaps = { refuses: () => false, meanwhile: () => {} };

/** A person sets a field; the side makes of it what it makes of anything. */
export function edit({ sides, makes }: SmallEngine, side: Side, key: string, value: Value): void {
  const person = sides[side];
  if (person !== null) person.fields[key] = makes[side](value);
}

/** See, decide, do: one run over one person, its plan and base cloned as if they had been stored. */
export function run(engine: SmallEngine, { refuses, meanwhile }: Mishaps = NO_MISHAPS): Run {
  const sightings = perSide((side) => {
    const person = engine.sides[side];
    if (person === null) return null;
    return sighting(side, { fields: { ...person.fields }, rules: person.inScope ? [FROM[side].id] : [] });
  });
  const link = structuredClone(known(sightings, { link: { base: engine.base } }));
  const plan = planContact(
    {
      fields: engine.rules,
      scope: [FROM.hubspot, FROM.klaviyo],
      consent: NO_CONSENT_RULES,
      shapes: NO_SHAPES,
    },
    link,
  );
  meanwhile();
  const written = plan.operations.map((operation) => ({
    operation,
    ...carryOut(engine, operation, refuses),
  }));
  const taken = perSide((side) =>
    joined(written.filter((one) => one.operation.side === side).map((one) => one.taken)),
  );
  const stored = perSide((side): Stored | null => {
    const mine = written.filter((one) => one.operation.side === side);
    return mine.length === 0 ? null : { fields: joined(mine.map((one) => one.stored)), settling: false };
  });
  engine.base = structuredClone(baseAfter(link.link.base, plan.merged, stored));
  const lost = plan.merged.flatMap(({ rule, merge }): readonly (readonly [string, LostValue])[] => {
    const done = SIDES.some((side) => Object.hasOwn(taken[side], rule.key));
    return done && merge.kind === "write" && merge.lost !== null ? [[rule.key, merge.lost]] : [];
  });
  const seen = perSide((side): Values => sightings[side]?.fields ?? {});
  const after = perSide((side) => ({ ...seen[side], ...stored[side]?.fields }));
  return { plan, seen, after, taken, lost: Object.fromEntries(lost) };
}

function carryOut(
  engine: SmallEngine,
  operation: PlannedOperation,
  refuses: Mishaps["refuses"],
): { readonly taken: Values; readonly stored: Values } {
  const { side } = operation;
  if (operation.kind === "create") return create(engine, side, operation.fields, refuses);
  const person = engine.sides[side];
  if (operation.kind !== "update" || person === null) return { taken: {}, stored: {} };
  const taken: Record<string, Value> = {};
  const stored: Record<string, Value> = {};
  for (const [key, value] of Object.entries(operation.fields)) {
    const moved = !sameValue(person.fields[key] ?? null, operation.pre[key] ?? null);
    if (moved || refuses(side, key)) continue;
    taken[key] = value;
    stored[key] = person.fields[key] = engine.makes[side](value);
  }
  return { taken, stored };
}

function create(
  engine: SmallEngine,
  side: Side,
  fields: Values,
  refuses: Mishaps["refuses"],
): { readonly taken: Values; readonly stored: Values } {
  const refused = Object.keys(fields).some((key) => refuses(side, key));
  if (refused || engine.sides[side] !== null) return { taken: {}, stored: {} };
  const stored = Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, engine.makes[side](value)] as const),
  );
  const empty = Object.fromEntries(engine.rules.map(({ key }) => [key, null] as const));
  engine.sides[side] = { fields: { ...empty, ...stored }, inScope: false };
  return { taken: fields, stored };
}

function joined(parts: readonly Values[]): Values {
  return Object.assign({}, ...parts) as Values;
}

/** Somebody of whom a side knows the address alone. */
export function newPerson(rules: readonly FieldRule[], inScope: boolean): Person {
  const empty = Object.fromEntries(rules.map(({ key }) => [key, null] as const));
  return { fields: { ...empty, email: ANN }, inScope };
}
