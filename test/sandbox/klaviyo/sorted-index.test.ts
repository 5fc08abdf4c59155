import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sortedIndex } from "../../../src/sandbox/klaviyo/state/sorted-index.ts";

const place = fc.record({ key: fc.integer({ min: 0, max: 50 }), id: fc.constantFrom("a", "b", "c", "d") });

describe("the sorted index", () => {
  it("holds what a sorted array holds, walked from anywhere in either direction", () => {
    const steps = fc.array(fc.record({ add: fc.boolean(), place }), { maxLength: 3_000 });
    fc.assert(
      fc.property(steps, place, fc.boolean(), (all, from, descending) => {
        const index = sortedIndex();
        const model = new Map<string, { key: number; id: string }>();
        for (const { add, place: at } of all) {
          const name = `${at.key} ${at.id}`;
          if (add && !model.has(name)) {
            index.add(at.key, at.id);
            model.set(name, at);
          } else if (!add) {
            index.remove(at.key, at.id);
            model.delete(name);
          }
        }
        const sorted = [...model.values()].toSorted((a, b) => a.key - b.key || (a.id < b.id ? -1 : 1));
        const behind = sorted.filter(({ key, id }) => key > from.key || (key === from.key && id > from.id));
        const before = sorted.filter(({ key, id }) => key < from.key || (key === from.key && id < from.id));
        expect(index.size).toBe(sorted.length);
        expect([...index.walk(false)]).toEqual(sorted);
        expect([...index.walk(true)]).toEqual(sorted.toReversed());
        expect([...index.walk(descending, from)]).toEqual(descending ? before.toReversed() : behind);
      }),
      { numRuns: 30 },
    );
  });

  it("stays in order through many pieces", () => {
    const index = sortedIndex();
    for (let number = 0; number < 20_000; number += 1) index.add((number * 7_919) % 20_000, "");
    for (let number = 0; number < 20_000; number += 3) index.remove(number, "");
    const keys = [...index.walk(false)].map(({ key }) => key);
    expect(keys).toEqual(
      Array.from({ length: 20_000 }, (_, number) => number).filter((number) => number % 3 !== 0),
    );
    expect([...index.walk(true, { key: 10, id: "" })].map(({ key }) => key)).toEqual([8, 7, 5, 4, 2, 1]);
  });
});
