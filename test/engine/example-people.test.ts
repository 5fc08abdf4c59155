import { expect, test } from "vitest";
import { examplePeople } from "../../src/lanes/contacts/example-people.ts";
import type { ContactPlan, PlannedOperation } from "../../src/plan/planned.ts";
import { known } from "../support/known-link.ts";

const CREATE: PlannedOperation = { kind: "create", side: "klaviyo", fields: {}, lists: [] };
const CHANGE = update("Ulm");
const EMPTY = update(null);
const REFUSE: PlannedOperation = { kind: "opt_out", side: "klaviyo", id: "k1", from: { kind: "all" } };

function update(city: string | null): PlannedOperation {
  return { kind: "update", side: "klaviyo", id: "k1", fields: { city }, pre: { city: "Rom" } };
}

function planOf(...operations: readonly PlannedOperation[]): ContactPlan {
  const link = known({ hubspot: null, klaviyo: null });
  return { known: link, merged: [], operations, problems: [], state: "waiting", reason: "" };
}

function picked(most: number, plans: readonly ContactPlan[]): readonly (readonly PlannedOperation[])[] {
  const examples = examplePeople(most);
  for (const plan of plans) examples.add(plan);
  return examples.picked().map(({ operations }) => operations);
}

const manyNew = Array.from({ length: 50 }, () => planOf(CREATE));

test("many new people hide neither the one who is emptied nor the one who is unsubscribed", () => {
  const plans = [...manyNew, planOf(CHANGE, EMPTY), ...manyNew, planOf(CHANGE, REFUSE), planOf(CHANGE)];
  expect(picked(5, plans)).toEqual([[CHANGE, REFUSE], [CHANGE, EMPTY], [CHANGE], [CREATE], [CREATE]]);
});

test("never more than were wanted, the weightiest first", () => {
  expect(picked(1, [...manyNew, planOf(EMPTY)])).toEqual([[EMPTY]]);
  expect(picked(0, manyNew)).toEqual([]);
});

test("everybody, where everybody is wanted", () => {
  expect(picked(Infinity, [...manyNew, planOf(CHANGE)])).toHaveLength(51);
});
