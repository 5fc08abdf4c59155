import { describe, expect, it } from "vitest";
import { textFiles, withoutComments } from "../support/text-files.ts";
import { circles } from "./circles.ts";
import { importGraph } from "./imports.ts";
import { folderSizes, lines } from "./rooms.ts";

const ATTICS = ["utils", "util", "helpers", "helper", "lib", "libs", "common", "shared", "misc", "types"];

const LONGEST_FILE = 300;

/** More than this are folders by idea. */
const LARGEST_FOLDER = 25;
/** Larger still; to be divided. */
const STILL_LARGER = ["test/engine", "test/laws", "test/support"];

const SOURCES = textFiles("src");
const TESTS = textFiles("test");

describe("the shape of the house", () => {
  it("has no attics: a function lives where it is used", () => {
    const named = [...SOURCES, ...TESTS].filter(({ path }) =>
      path
        .replace(/(?:\.test)?\.ts$/, "")
        .split("/")
        .some((part) => ATTICS.includes(part)),
    );
    expect(named.map(({ path }) => path)).toEqual([]);
  });

  it(`has no folder of more than ${LARGEST_FOLDER} files`, () => {
    const paths = [...SOURCES.map(({ path }) => `src/${path}`), ...TESTS.map(({ path }) => `test/${path}`)];
    const large = folderSizes(paths).filter(([, size]) => size > LARGEST_FOLDER);
    expect(large.map(([folder]) => folder).filter((folder) => !STILL_LARGER.includes(folder))).toEqual([]);
  });

  it("has no circle of imports", () => {
    const graph = importGraph(SOURCES);
    expect(circles(graph, "all")).toEqual([]);
  });

  it("names every file in kebab-case", () => {
    const kebab = /^(?:[a-z0-9]+(?:-[a-z0-9]+)*\/)*[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z]+)*\.ts$/;
    expect([...SOURCES, ...TESTS].map(({ path }) => path).filter((path) => !kebab.test(path))).toEqual([]);
  });

  it("exports by name, one thing at a time", () => {
    const wrong = SOURCES.filter(({ text }) =>
      /^export (?:\*|default\b)|\bas default\b/m.test(withoutComments(text)),
    );
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  it(`has no file over ${LONGEST_FILE} lines`, () => {
    const long = [...SOURCES, ...TESTS].filter(({ text }) => lines(text) > LONGEST_FILE);
    expect(long.map(({ path }) => path)).toEqual([]);
  });
});
