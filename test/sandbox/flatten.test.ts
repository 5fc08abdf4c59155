import * as fc from "fast-check";
import { expect, test } from "vitest";
import { flatten, unflatten } from "../../src/sandbox/flatten.ts";
import { assertLaw } from "../support/law.ts";

const through = (value: unknown): unknown => {
  const text = JSON.stringify(flatten(value));
  const parsed: unknown = JSON.parse(text);
  return unflatten(parsed as unknown[]);
};

test("plain data of any kind is the same after it was written down and read", () => {
  const data = fc.anything({ withMap: true, withSet: true, maxDepth: 4 });
  // JSON has one zero; nothing that is kept has two.
  const oneZero = data.filter((value) => !fc.stringify(value).includes("-0"));
  assertLaw(
    fc.property(oneZero, (value) => {
      expect(through(value)).toStrictEqual(value);
    }),
  );
});

test("what was one object in two places is one object again, in a circle too", () => {
  const shared = { name: "Ada" };
  const circle: { one: object; two: Map<string, object>; self?: object } = {
    one: shared,
    two: new Map([["a", shared]]),
  };
  circle.self = circle;
  const again = through(circle) as typeof circle;
  expect(again.one).toBe(again.two.get("a"));
  expect(again.self).toBe(again);
});

test("a chain of a hundred thousand versions is no deep nesting", () => {
  let newest: { value: number; older: object | null } = { value: 0, older: null };
  for (let value = 1; value < 100_000; value += 1) newest = { value, older: newest };
  expect((through(newest) as typeof newest).value).toBe(99_999);
});

test("a property named like the prototype stays a property", () => {
  const odd: unknown = JSON.parse(`{"__proto__": {"admin": true}}`);
  const again = through(odd) as object;
  expect(Object.keys(again)).toEqual(["__proto__"]);
  expect("admin" in again).toBe(false);
});

test("what is no data is refused when it is written, not missed when it is read", () => {
  expect(() => flatten({ act: () => {} })).toThrow("a function cannot be kept");
  expect(() => flatten({ at: new Date(0) })).toThrow("only plain data");
});
