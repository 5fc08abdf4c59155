import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { nodeFlags } from "./node-flags.ts";

test("every way to start Tandem keeps its memory small in the same way", () => {
  const shebang = readFileSync(new URL("../../src/cli/bin.js", import.meta.url), "utf8").split("\n", 1)[0];
  expect(nodeFlags("tandem")).toHaveLength(2);
  expect(nodeFlags("start")).toEqual(nodeFlags("tandem"));
  expect(nodeFlags("demo")).toEqual(nodeFlags("tandem"));
  expect(shebang).toBe(`#!/usr/bin/env -S node ${nodeFlags("tandem").join(" ")}`);
});
