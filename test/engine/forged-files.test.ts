import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Applied } from "../../src/lanes/plans/apply-plan.ts";
import { applyPlan } from "../../src/lanes/plans/apply-plan.ts";
import { makePlan } from "../../src/lanes/plans/make-plan.ts";
import type { PlanHeader } from "../../src/lanes/plans/plan-file.ts";
import { readPlanFile, writePlanFile } from "../../src/lanes/plans/plan-file.ts";
import { makeUndo } from "../../src/lanes/plans/undo.ts";
import type { EmailKey } from "../../src/model/email.ts";
import type { PlannedOperation } from "../../src/plan/planned.ts";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { mapping } from "../support/rule.ts";
import { OTHER_KEYS, TEST_KEYS } from "../support/test-keys.ts";

let it: Engine;
let folder: string;
let jo: string;
let profile: string;
beforeEach(async () => {
  it = await engine();
  folder = await mkdtemp(join(tmpdir(), "tandem-forged-"));
  jo = it.hubspot.user.create("jo@example.com", { firstname: "Jo", jobtitle: "Buyer" }, ["all"]);
  await it.sync(both);
  profile = it.klaviyo.user.all()[0]?.id ?? "";
  it.newWrites();
});
afterEach(async () => {
  await it.fresh.drop();
  await rm(folder, { recursive: true });
});

const both = mapping();
const TITLE = both.fields[1]?.key ?? "";
const JO = "jo@example.com" as EmailKey;
const NOT_OURS = /was changed after it was saved, or was not made by this installation/;

const file = () => join(folder, "plan");

async function apply(): Promise<Applied> {
  return applyPlan(it.deps(), both, await readPlanFile(file(), TEST_KEYS.files), "wanted");
}

/** A file that says this about Jo, under some key. */
async function forge(
  about: PlanHeader,
  operations: readonly PlannedOperation[],
  key = TEST_KEYS.files,
): Promise<void> {
  const link = await it.fresh.database.link.findFirstOrThrow({ where: { emailKey: JO } });
  await writePlanFile(file(), key, about, [{ link: link.id, email: JO, operations }]);
}

function header(about: Partial<Extract<PlanHeader, { readonly kind: "undo" }>> = {}): PlanHeader {
  const made = it.deps().now().toISOString();
  return { kind: "undo", connection: "test", mapping: both.hash, made, undoes: { runId: 1n }, ...about };
}

const boss = (): PlannedOperation => ({
  kind: "update",
  side: "klaviyo",
  id: profile,
  fields: { [TITLE]: "Boss" },
  pre: { [TITLE]: "Buyer" },
});

describe("a file that this installation did not save", () => {
  test("is refused when another installation sealed it", async () => {
    await forge(header(), [boss()], OTHER_KEYS.files);
    await expect(apply()).rejects.toThrow(NOT_OURS);
    expect(it.newWrites()).toBe(0);
  });

  test("is refused with one message wherever it was edited: kind, connection, mapping, time, people, sums", async () => {
    it.hubspot.user.edit(jo, { jobtitle: "Head" });
    await makePlan(it.deps(), both, { email: null, field: null, examples: 0, out: file() });
    const text = await readFile(file(), "utf8");
    const [first = "", person = "", last = ""] = text.split("\n");
    const about = JSON.parse(first) as Record<string, unknown>;
    const sums = JSON.parse(last) as Record<string, unknown>;
    const edited: Record<string, readonly string[]> = {
      kind: [JSON.stringify({ ...about, kind: "undo", undoes: { runId: "1" } }), person, last],
      connection: [JSON.stringify({ ...about, connection: "other" }), person, last],
      mapping: [JSON.stringify({ ...about, mapping: "2" }), person, last],
      time: [JSON.stringify({ ...about, made: "2026-11-01T09:00:00.000Z" }), person, last],
      value: [first, person.replace("Head", "Boss"), last],
      twice: [first, person, person, last],
      nobody: [first, last],
      after: [first, person, last, person],
      sum: [first, person, JSON.stringify({ ...sums, people: 2 })],
      seal: [first, person, JSON.stringify({ ...sums, seal: "0".repeat(64) })],
    };
    const told: Record<string, string> = {};
    for (const [what, lines] of Object.entries(edited)) {
      await writeFile(file(), `${lines.join("\n")}\n`);
      const done = await apply().then(
        () => "applied",
        (error: Error) => error.message,
      );
      told[what] = NOT_OURS.test(done) ? "refused" : done;
    }
    const refused = Object.keys(edited).map((what): [string, string] => [what, "refused"]);
    expect(told).toEqual(Object.fromEntries(refused));
    expect(it.newWrites()).toBe(0);
  });

  test("is refused when it is of the version before seals", async () => {
    const { undoes: _none, ...about } = header() as Extract<PlanHeader, { readonly kind: "undo" }>;
    const lines = [
      { tandem: 1, ...about, kind: "plan" },
      { people: 0, hash: "0".repeat(64) },
    ];
    await writeFile(file(), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    await expect(apply()).rejects.toThrow("is no saved plan of this version");
  });
});

describe("even under this installation's own seal", () => {
  test("an undo makes no value up: what the journal does not hold is not written", async () => {
    await forge(header(), [boss()]);
    expect(await apply()).toMatchObject({ done: 0, moved: [{ email: JO, operation: "update" }] });
    expect(it.newWrites()).toBe(0);
    expect(it.klaviyo.user.value(profile, "title")).toBe("Buyer");
  });

  test("an undo of one run does not put back another one's writes", async () => {
    it.hubspot.user.edit(jo, { jobtitle: "Head" });
    const { runId } = await it.sync(both);
    it.newWrites();
    await makeUndo(it.deps(), both, { runId }, file(), 0);
    const { people } = await readPlanFile(file(), TEST_KEYS.files);
    const operations = people.flatMap((person) => person.operations);
    expect(operations.length).toBeGreaterThan(0);
    await forge(header({ undoes: { runId: runId - 1n } }), operations);
    expect(await apply()).toMatchObject({ done: 0 });
    expect(it.newWrites()).toBe(0);
    await forge(header({ undoes: { runId } }), operations);
    expect(await apply()).toMatchObject({ done: operations.length, moved: [] });
    expect(it.klaviyo.user.value(profile, "title")).toBe("Buyer");
  });

  test.each<PlannedOperation>([
    { kind: "create", side: "klaviyo", fields: { [TITLE]: "Boss" }, lists: [] },
    { kind: "opt_out", side: "klaviyo", id: "K1", from: { kind: "all" } },
    { kind: "subscribe", side: "klaviyo", id: "K1", list: "newsletter" },
  ])("an undo cannot say $kind", async (operation) => {
    await forge(header(), [operation]);
    await expect(apply()).rejects.toThrow("is no saved plan of this version");
    expect(it.newWrites()).toBe(0);
  });

  test("a plan subscribes nobody whom no rule subscribes", async () => {
    const { undoes: _none, ...about } = header() as Extract<PlanHeader, { readonly kind: "undo" }>;
    await forge({ ...about, kind: "plan" }, [
      { kind: "subscribe", side: "klaviyo", id: profile, list: "newsletter" },
    ]);
    expect(await apply()).toMatchObject({ done: 0, moved: [{ operation: "subscribe" }] });
    expect(it.newWrites()).toBe(0);
  });

  test("a date in the future is refused, so that no file outlives its hour", async () => {
    const made = new Date(it.deps().now().getTime() + 2 * 3_600_000).toISOString();
    await forge(header({ made }), [boss()]);
    await expect(apply()).rejects.toThrow("The plan is dated in the future. Make a new plan and look at it.");
    expect(it.newWrites()).toBe(0);
  });
});
