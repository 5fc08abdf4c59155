import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = new URL("../..", import.meta.url).pathname;

interface Property {
  readonly number: string;
  readonly tests: readonly string[];
}

/** The properties of a contract in order, with the test files that each names. */
function properties(text: string): readonly Property[] {
  return text.split(/^### (?=P\d)/m).flatMap((part) => {
    const number = /^P\d+\b/.exec(part)?.[0];
    if (number === undefined) return [];
    const [section = ""] = part.split(/^##/m);
    const [, named = ""] = section.split(/^Tests:/m);
    return [{ number, tests: [...named.matchAll(/`([^`]+)`/g)].map(([, path = ""]) => path) }];
  });
}

/** What is wrong with a property, in words. */
function faultsOf({ number, tests }: Property, read: (path: string) => string | null): readonly string[] {
  if (tests.length === 0) return [`${number} names no test`];
  return tests.flatMap((path) => {
    if (!path.endsWith(".test.ts")) return [`${number}: ${path} is no test`];
    const text = read(path);
    if (text === null) return [`${number}: ${path} does not exist`];
    return new RegExp(`\\b${number}\\b`).test(text) ? [] : [`${number}: ${path} does not mention it`];
  });
}

describe("CONTRACT.md", () => {
  const read = (path: string): string | null =>
    existsSync(join(ROOT, path)) ? readFileSync(join(ROOT, path), "utf8") : null;
  const found = properties(read("CONTRACT.md") ?? "");

  it("has the properties P1 to P22, each once", () => {
    const numbers = Array.from({ length: 22 }, (_, index) => `P${index + 1}`);
    expect(found.map(({ number }) => number)).toEqual(numbers);
  });

  it.each(found)("$number is enforced by tests that exist and mention it", (property) => {
    expect(faultsOf(property, read)).toEqual([]);
  });

  it("would be found wrong without tests, with a test that is gone, and with one about something else", () => {
    const text = [
      "### P1 One\n\nTests:\n",
      "### P2 Two\n\nTests: `test/gone.test.ts`, `test/a.ts`\n",
      "### P3 Three\n\nTests: `test/b.test.ts`\n\n## Rules `test/gone.test.ts`\n",
    ].join("\n");
    const files = new Map([["test/b.test.ts", "P33 and P3x"]]);
    expect(properties(text).flatMap((one) => faultsOf(one, (path) => files.get(path) ?? null))).toEqual([
      "P1 names no test",
      "P2: test/gone.test.ts does not exist",
      "P2: test/a.ts is no test",
      "P3: test/b.test.ts does not mention it",
    ]);
  });
});
