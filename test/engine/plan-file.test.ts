import { execFileSync } from "node:child_process";
import {
  createReadStream,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, expect, test } from "vitest";
import { PlanNotSaved, readPlanFile, writePlanFile } from "../../src/lanes/plans/plan-file.ts";
import { checkPlanPlace } from "../../src/lanes/plans/plan-place.ts";
import type { PlannedPerson } from "../../src/lanes/plans/plan-file.ts";
import type { EmailKey } from "../../src/model/email.ts";
import { TEST_KEYS } from "../support/test-keys.ts";

const folder = mkdtempSync(join(tmpdir(), "tandem-plan-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const KEY = TEST_KEYS.files;
const ABOUT = { kind: "plan", connection: "one", mapping: "1", made: "2026-11-01T08:00:00.000Z" } as const;
const PEOPLE: readonly PlannedPerson[] = [
  {
    link: 1n,
    email: "jo@example.com" as EmailKey,
    operations: [
      { kind: "opt_out", side: "klaviyo", id: "K1", from: { kind: "all" } },
      { kind: "opt_out", side: "hubspot", id: "1", from: { kind: "type", type: "7" } },
      { kind: "subscribe", side: "klaviyo", id: "K1", list: "L1" },
    ],
  },
];

test("a saved plan holds refusals and subscriptions as they were planned", async () => {
  const path = join(folder, "whole.plan");
  const { hash } = await writePlanFile(path, KEY, ABOUT, PEOPLE);
  const { people, ...about } = await readPlanFile(path, KEY);
  expect(about).toEqual({ ...ABOUT, hash });
  expect(people).toEqual(PEOPLE);
  expect(readdirSync(folder)).toEqual(["whole.plan"]);
});

test("a pipe is written to and stays a pipe: nothing but a file is ever replaced", async () => {
  const pipe = join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  const [written] = await Promise.all([
    text(createReadStream(pipe)),
    writePlanFile(pipe, KEY, ABOUT, PEOPLE),
  ]);
  expect(written).toContain("jo@example.com");
  expect(statSync(pipe).isFIFO()).toBe(true);
});

test("a place that cannot be written to is an answer, and leaves no half of a plan", async () => {
  const nowhere = join(folder, "nowhere", "a.plan");
  await expect(writePlanFile(nowhere, KEY, ABOUT, PEOPLE)).rejects.toThrow(PlanNotSaved);
  await expect(checkPlanPlace(nowhere)).rejects.toThrow(/there is no folder .*nowhere/);
  await expect(checkPlanPlace(folder)).rejects.toThrow("is a folder");
});

test("what ends the planning ends the writing as what it is, and the plan of before stays", async () => {
  const path = join(folder, "kept.plan");
  await writePlanFile(path, KEY, ABOUT, PEOPLE);
  const before = readFileSync(path, "utf8");
  const failing = (function* (): Generator<PlannedPerson> {
    yield* PEOPLE;
    throw new Error("HubSpot is away");
  })();
  await expect(writePlanFile(path, KEY, ABOUT, failing)).rejects.toThrow("HubSpot is away");
  await writePlanFile(path, KEY, ABOUT, [], (people) => people > 0);
  expect(readFileSync(path, "utf8")).toBe(before);
  expect(readdirSync(folder).filter((name) => name.endsWith(".half"))).toEqual([]);
});

test.each([
  ["a mapping", "version: 1\nname: main\n"],
  ["a document", '{"tandem": 2}\n'],
  ["one endless line", "x".repeat(100_000)],
])("%s is never replaced by a plan", async (_what, text) => {
  const path = join(folder, "precious");
  writeFileSync(path, text);
  await expect(checkPlanPlace(path)).rejects.toThrow("is no saved plan, so it is not replaced");
});

test("an empty file, a plan of before, a new name and a device are places for a plan", async () => {
  const path = join(folder, "again.plan");
  await checkPlanPlace(path);
  writeFileSync(path, "");
  await checkPlanPlace(path);
  await writePlanFile(path, KEY, ABOUT, PEOPLE);
  await expect(checkPlanPlace(path)).resolves.toBeUndefined();
  await expect(checkPlanPlace("/dev/null")).resolves.toBeUndefined();
});

test("two people of one address, of whom one had it before, are two in a saved plan", async () => {
  const path = join(folder, "two.plan");
  const two = PEOPLE.flatMap((one) => [one, { ...one, link: 2n }]);
  await writePlanFile(path, KEY, ABOUT, two);
  expect((await readPlanFile(path, KEY)).people).toEqual(two);
});
