import { afterAll, beforeAll, expect, test } from "vitest";
import { readPause } from "../../../src/store/runs/pauses.ts";
import type { Company } from "../company.ts";
import { company } from "../company.ts";
import { storeOf } from "../../../src/store/database/store.ts";
let it: Company;
beforeAll(async () => void (it = await company(20)));
afterAll(() => it.close());

const REASON = ["--reason", "Cleaning up lists"];
const paused = () => readPause(storeOf(it.fresh.database, 1), new Date());

test("a paused connection is synced, retried and applied by no command, which say who paused it and what to do", async () => {
  expect(await it.run(["plan", "--out", "saved.plan"])).toMatchObject({ status: 0 });
  const ended = await it.run(["pause", ...REASON]);
  expect(ended).toEqual({
    status: 0,
    out: "Paused until `tandem resume`. Opt-outs still sync.\n",
    talk: "",
  });
  for (const args of [
    ["sync"],
    ["retry"],
    ["apply", "saved.plan", "--yes"],
    ["sync", "--only", "engagement"],
  ]) {
    const { status, talk } = await it.run(args);
    expect({ args, status }).toEqual({ args, status: 75 });
    expect(talk).toMatch(
      /Syncing is paused by command line, .*: Cleaning up lists\nNothing was written\.\n {2}fix: Run `tandem resume`, or add --even-if-paused/,
    );
  }
  expect(it.writes()).toBe(0);
});

test("opt-outs pass a pause, and --even-if-paused runs once", async () => {
  expect((await it.run(["sync", "--only", "consent"])).status).toBe(0);
  expect((await it.run(["sync", "--even-if-paused"])).status).toBe(1);
  expect(it.writes()).toBeGreaterThan(0);
  expect(await paused()).toMatchObject({ reason: "Cleaning up lists" });
});

test("resume ends it, and both are in the audit", async () => {
  expect((await it.run(["resume"])).out).toBe("Resumed. The next run starts on schedule.\n");
  expect((await it.run(["resume"])).out).toBe("Syncing was not paused.\n");
  expect((await it.run(["sync"])).status).toBe(1);
  const audit = await it.fresh.database.auditEntry.findMany({ orderBy: { id: "asc" } });
  expect(audit.map(({ action }) => action).filter((action) => /pause|resume/.test(action))).toEqual([
    "pause",
    "resume",
  ]);
});

test("a pause with an end is over then; an end that is none, or over, is wrong usage", async () => {
  const { status, out } = await it.run(["pause", ...REASON, "--until", "2h", "--json"]);
  const { until } = JSON.parse(out) as { readonly until: string };
  expect(status).toBe(0);
  expect(Math.abs(new Date(until).getTime() - Date.now() - 7_200_000)).toBeLessThan(60_000);
  expect(await readPause(storeOf(it.fresh.database, 1), new Date(Date.now() + 7_300_000))).toBeNull();
  for (const wrong of ["soon", "2020-01-01T00:00:00Z", "0h", ""])
    expect(await it.run(["pause", ...REASON, "--until", wrong])).toMatchObject({ status: 64 });
  expect(await it.run(["pause"])).toMatchObject({ status: 64 });
  expect(await it.run(["pause", "--reason", " "])).toMatchObject({ status: 64 });
});
