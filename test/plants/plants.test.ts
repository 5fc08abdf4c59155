import { describe, expect, it } from "vitest";
import { textFiles } from "../support/text-files.ts";
import { withBug } from "./plant.ts";
import { PLANTS } from "./plants.ts";
import { endsOf } from "./run-tests.ts";

const TEXTS: ReadonlyMap<string, string> = new Map(
  (["src", "test"] as const).flatMap((folder) =>
    textFiles(folder).map(({ path, text }) => [`${folder}/${path}`, text] as const),
  ),
);

describe("planted bugs", () => {
  it.each(PLANTS)(
    "$name: its text stands once in its file, and the test that notices it is there",
    (plant) => {
      for (const change of plant.changes)
        expect(withBug(TEXTS.get(change.file) ?? "", change)).toContain(change.planted);
      expect(TEXTS.get(plant.noticedBy.file)).toContain(plant.noticedBy.test);
    },
  );

  it("have each its own name", () => {
    const names = PLANTS.map(({ name }) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it("are refused where their text is not there, stands more than once, or stays as it is", () => {
    const change = { file: "src/one.ts", text: "a < b", planted: "a <= b" };
    expect(withBug("if (a < b) go();", change)).toBe("if (a <= b) go();");
    expect(() => withBug("if (a > b) go();", change)).toThrow("src/one.ts has no longer: a < b");
    expect(() => withBug("a < b || a < b", change)).toThrow("src/one.ts has more than once: a < b");
    expect(() => withBug("a < b", { ...change, planted: "a < b" })).toThrow("src/one.ts stays as it is");
  });

  it("are noticed by a test that fails, not by one that was left out or a file that cannot be loaded", () => {
    const test = (fullName: string, status: string, ...failureMessages: string[]) => {
      return { fullName, status, failureMessages };
    };
    const tests = [test("a", "passed"), test("b", "failed", "Error: 1\nat"), test("c", "skipped")];
    const report = {
      testResults: [
        { name: "one.test.ts", message: "", assertionResults: tests },
        { name: "two.test.ts", message: "no such module", assertionResults: [] },
      ],
    };
    expect(endsOf(report)).toEqual({
      passed: ["a"],
      failed: [{ name: "b", failure: "Error: 1" }],
      broken: ["two.test.ts: no such module"],
    });
  });
});
