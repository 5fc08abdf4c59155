import { readFile, rename, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { mappingVersions } from "../../../src/store/runs/mapping-versions.ts";
import type { Company } from "../company.ts";
import { company } from "../company.ts";
import type { RunningDaemon } from "../running-daemon.ts";
import { startDaemon } from "../running-daemon.ts";
import { storeOf } from "../../../src/store/database/store.ts";
let it: Company;
let running: RunningDaemon;
const file = () => it.env["TANDEM_CONFIG"] ?? "";

beforeAll(async () => {
  it = await company(20);
  running = startDaemon(it);
});
afterAll(async () => {
  await running.stop();
  await it.close();
});

const problems = () => it.fresh.database.problem.findMany({ where: { code: "SK-MAPPING" } });
const versions = async () =>
  (await mappingVersions(storeOf(it.fresh.database, 1), 10)).map(({ version }) => version);
const runs = () => it.fresh.database.run.count({ where: { finishedAt: { not: null } } });

test("a changed file that cannot be used leaves the mapping in use, and says so where people look", async () => {
  await running.says(/"msg":"run ended"/);
  const before = it.writes();
  await writeFile(file(), it.mappingText.replace("direction: to_klaviyo", "direcion: to_klaviyo"));
  await expect.poll(problems).toHaveLength(1);
  const [problem] = await problems();
  expect(problem?.title).toBe("The mapping file has 1 error. Still using version 1");
  expect(problem?.explanation).toMatch(/First: line \d+, unknown key `direcion`/);
  expect(await versions()).toEqual([1]);
  const { out } = await it.run(["status"], { TANDEM_CONFIG: await it.mapping((text) => text) });
  expect(out).toContain("The mapping file has 1 error. Still using version 1");
  expect(it.writes()).toBe(before);
});

test("a file that is written half, then whole, is used when it is whole", async () => {
  const whole = it.mappingText.replace("direction: to_klaviyo, on_empty: clear", "direction: to_klaviyo");
  await writeFile(file(), whole.slice(0, whole.length / 2));
  await expect.poll(async () => (await problems())[0]?.lastSeen.getTime()).toBeGreaterThan(0);
  const before = await runs();
  await writeFile(`${file()}.new`, whole);
  await rename(`${file()}.new`, file());
  await running.says(/the mapping was changed and is in use/);
  await expect.poll(runs).toBeGreaterThan(before);
  expect(await versions()).toEqual([2, 1]);
  expect(await problems()).toEqual([]);
  const [newest] = await mappingVersions(storeOf(it.fresh.database, 1), 1);
  expect(newest?.source).toBe(await readFile(file(), "utf8"));
});

test("another connection's name is refused: its people are not these", async () => {
  const text = await readFile(file(), "utf8");
  await writeFile(file(), text.replace("name: demo", "name: other"));
  await expect.poll(problems).toHaveLength(1);
  expect((await problems())[0]?.title).toBe(
    "The mapping file names another connection. Still using version 2",
  );
  await writeFile(file(), text);
  await expect.poll(problems).toEqual([]);
  expect(await versions()).toEqual([2, 1]);
});

test("SIGHUP reads the file again instead of ending the daemon", async () => {
  running.signal("SIGHUP");
  expect(await running.says(/(SIGHUP): reading the mapping file again/)).toBe("SIGHUP");
});

test("each line of the log has an ISO time, the level as a word, and the connection", () => {
  const lines = running.out().trim().split("\n");
  expect(lines.length).toBeGreaterThan(3);
  for (const line of lines) {
    expect(JSON.parse(line)).toMatchObject({
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      level: expect.stringMatching(/^(?:info|warn|error)$/),
      connection: expect.stringMatching(/^(?:demo|other)$/),
    });
  }
});
