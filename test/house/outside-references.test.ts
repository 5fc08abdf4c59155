import { globSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = new URL("../..", import.meta.url).pathname;

const PATHS = globSync(
  ["*.md", "src/**/*.{ts,js,md,css}", "test/**/*.ts", "config/**/*", "prisma/*.prisma", "prisma/*.ts"],
  { cwd: ROOT },
).filter((path) => !path.includes("generated/") && basename(path).includes("."));

const DOCUMENTS = new Set(PATHS.map((path) => basename(path)).filter((name) => name.endsWith(".md")));

/** What points at a document that a reader of this repository does not have. */
function outside(path: string, written: string): readonly string[] {
  // A comment may break the line anywhere.
  const text = written.replaceAll(/\n\s*(?:\*|\/\/) /g, " ");
  const said = [
    // A section of a published standard can be read by anybody.
    ...text.matchAll(/(?<!RFC \d{4} |YAML 1\.2 )§ ?[\d.]+/g),
    ...text.matchAll(/\bfact sheets?\b/gi),
    ...text.matchAll(/\bcontract P\d+|\brequirements? [A-Z]?\d[\d.]*/gi),
    ...text.matchAll(/\(P(?:2[3-9]|[3-9]\d|\d{3,})\b/g),
  ].map(([words]) => words);
  const documents = [...text.matchAll(/\b[\w-]+\.md\b/g)]
    .map(([name]) => name)
    .filter((name) => !DOCUMENTS.has(name));
  const files = [...text.matchAll(/["'`]((?:\.\.\/)+[^"'`$]*)/g)]
    .map(([, named = ""]) => named)
    .filter((named) => relative(ROOT, resolve(ROOT, dirname(path), named)).startsWith(".."));
  return [...said, ...documents, ...files];
}

const THIS = "test/house/outside-references.test.ts";

describe("nothing in the repository points at a document outside of it", () => {
  it.each(["src", "test", "."])("below %s", (folder) => {
    const paths = PATHS.filter(
      (path) => path !== THIS && (folder === "." ? !/^(?:src|test)\//.test(path) : path.startsWith(folder)),
    );
    expect(paths.length).toBeGreaterThan(5);
    const found = paths.flatMap((path) =>
      outside(path, readFileSync(join(ROOT, path), "utf8")).map((words) => `${path}: ${words}`),
    );
    expect(found).toEqual([]);
  });

  it.each([
    "(contract § 3.5)",
    "(facts § 5.6)",
    "(fact sheet 2.11)",
    "at worst (fact\n * sheet 8.3)",
    "(contract P9)",
    "(requirements R18)",
    "as requirement 12 says",
    "(P23)",
    "every key is a word of product.md",
    'new URL("../../../shared/openapi/klaviyo.json", import.meta.url)',
  ])("would be found: %s", (planted) => {
    expect(outside("test/support/a.ts", planted)).toHaveLength(1);
  });

  it.each(["(P9)", "(CONTRACT.md, Write)", "RFC 5321 § 4.5.3", 'import "../../src/main.ts"'])(
    "may be said: %s",
    (said) => {
      expect(outside("test/support/a.ts", said)).toEqual([]);
    },
  );
});
