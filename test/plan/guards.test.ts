import { describe, expect, it } from "vitest";
import { deletionsAllowed, removalsAllowed } from "../../src/plan/guards.ts";

/** Which of n−1, n and n+1 are allowed. */
function around(n: number, allowed: number): readonly boolean[] {
  return [n - 1, n, n + 1].map((count) => count <= allowed);
}

describe("people who leave a list at once (P18)", () => {
  it("are allowed up to a fifth of it, and not one more", () => {
    for (const members of [1_000, 5_000, 250]) {
      expect(around(members / 5, removalsAllowed(members))).toEqual([true, true, false]);
    }
  });

  it("are allowed of a short list up to forty-nine", () => {
    for (const members of [60, 100, 200]) {
      expect(around(49, removalsAllowed(members))).toEqual([true, true, false]);
    }
  });

  it("are not allowed where a list of twenty or more comes back empty", () => {
    for (const members of [20, 21, 49]) {
      expect(around(members - 1, removalsAllowed(members))).toEqual([true, true, false]);
    }
    for (const members of [1, 2, 19]) expect(removalsAllowed(members)).toBeGreaterThanOrEqual(members);
  });
});

describe("contacts that are gone at once (P18)", () => {
  it("are allowed up to one in fifty of all people, and not one more", () => {
    for (const linked of [1_000, 10_000, 48_000]) {
      expect(around(linked / 50, deletionsAllowed(linked))).toEqual([true, true, false]);
    }
  });

  it("are allowed up to nineteen of any number", () => {
    for (const linked of [0, 1, 19, 500, 999]) {
      expect(around(19, deletionsAllowed(linked))).toEqual([true, true, false]);
    }
  });
});
