import { execFileSync } from "node:child_process";
import { createReadStream, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, expect, test } from "vitest";
import { readPlanFile, writePlanFile } from "../../src/daemon/plan-file.ts";
import type { PlannedPerson } from "../../src/daemon/plan-file.ts";
import type { EmailKey } from "../../src/model/email.ts";

const folder = mkdtempSync(join(tmpdir(), "tandem-plan-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ABOUT = { kind: "plan", connection: "one", mapping: "1", made: "2026-11-01T08:00:00.000Z" } as const;
const PEOPLE: readonly PlannedPerson[] = [
  {
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
  const { hash } = await writePlanFile(path, ABOUT, PEOPLE);
  const { people, ...about } = await readPlanFile(path);
  expect(about).toEqual({ ...ABOUT, hash });
  expect([...people.values()].flat()).toEqual(PEOPLE[0]?.operations);
  expect(readdirSync(folder)).toEqual(["whole.plan"]);
});

test("a pipe is written to and stays a pipe: nothing but a file is ever replaced", async () => {
  const pipe = join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  const [written] = await Promise.all([text(createReadStream(pipe)), writePlanFile(pipe, ABOUT, PEOPLE)]);
  expect(written).toContain("jo@example.com");
  expect(statSync(pipe).isFIFO()).toBe(true);
});
