import { readFile, readdir, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { deriveKeys } from "../../../src/cli/installation-key.ts";
import type { Company } from "../company.ts";
import { company } from "../company.ts";

/** One installation that nobody gave a key, and what others try to make it do with files. */
let it: Company;
beforeAll(async () => void (it = await company(6)));
afterAll(() => it.close());

const NOT_OURS = "was changed after it was saved, or was not made by this installation";
const keyFile = () => join(it.folder.path, "tandem.key");
const ANOTHER = { TANDEM_SECRET_KEY: "another installation has this secret" };

test("an installation without a key makes one that only its user reads, and tells it once", async () => {
  const first = await it.run(["plan", "--out", "first.plan"]);
  expect(first.status).toBe(0);
  expect(first.talk).toContain("tandem.key: this installation's key");
  expect(first.talk).toContain("If it is lost");
  expect((await stat(keyFile())).mode & 0o777).toBe(0o600);
  const again = await it.run(["plan", "--out", "second.plan"]);
  expect(again.talk).not.toContain("tandem.key");
  expect((await readdir(it.folder.path)).filter((name) => name.startsWith("tandem.key"))).toEqual([
    "tandem.key",
  ]);
});

test("apply shows what it would do, and stops where nobody can be asked", async () => {
  const { status, talk } = await it.run(["apply", "first.plan"]);
  expect(status).toBe(64);
  expect(talk).toMatch(/^Nothing was applied: there is no terminal to ask at\.$/m);
  expect(talk).toMatch(/^first\.plan is a plan for \S+ of .* UTC: \d+ people\.$/m);
  expect(talk).toMatch(/^ {2}Klaviyo: \d+ contacts? to create/m);
  expect(talk).toContain("fix: Add --yes");
  expect(it.writes()).toBe(0);
});

test("a file of another installation, an edited one and one under a lost key are refused, and nothing is written", async () => {
  await it.run(["plan", "--out", "other.plan"], ANOTHER);
  const text = await readFile(join(it.folder.path, "first.plan"), "utf8");
  await it.folder.write("edited.plan", text.replace('"made":"2', '"made":"3'));
  for (const name of ["other.plan", "edited.plan"]) {
    const { status, talk } = await it.run(["apply", name, "--yes"]);
    expect({ name, status, told: talk.includes(NOT_OURS) }).toEqual({ name, status: 64, told: true });
  }
  await rename(keyFile(), `${keyFile()}.lost`);
  const lost = await it.run(["apply", "first.plan", "--yes"]);
  expect({ status: lost.status, told: lost.talk.includes(NOT_OURS) }).toEqual({ status: 64, told: true });
  expect(it.writes()).toBe(0);
  await rename(`${keyFile()}.lost`, keyFile());
  expect(await it.run(["apply", "first.plan", "--yes"])).toMatchObject({ status: 0 });
  expect(it.writes()).toBeGreaterThan(0);
});

test("another key than the ledger was sealed with is told, with what it means, and stops nothing", async () => {
  const { sandbox, world } = it.rehearsal.hubspot;
  const properties = { email: "ann@example.com", firstname: "Ann" };
  sandbox.seedContacts([{ properties, lists: [it.rehearsal.story.hubspotList] }]);
  sandbox.unsubscribeFromAll("ann@example.com");
  world.clock.advance(60_000);
  expect((await it.run(["sync"])).talk).toMatch(/^Consent ledger head: \d+\./m);
  expect((await it.run(["sync"])).talk).not.toContain("sealed with another key");
  const { status, talk } = await it.run(["plan"], ANOTHER);
  expect(status).toBe(0);
  expect(talk).toMatch(
    /^The consent ledger up to entry \d+ was sealed with another key than this installation has now\.$/m,
  );
  expect(talk).toContain("every opt-out stays");
  expect(talk).toContain("fix: Restore the old key");
});

test("a key file that is cut off is told, and no other key takes its place", async () => {
  const key = await readFile(keyFile(), "utf8");
  await writeFile(keyFile(), key.slice(0, 10));
  const { status, talk } = await it.run(["plan", "--out", "third.plan"]);
  expect(status).toBe(78);
  expect(talk).toMatch(/tandem\.key is no key\. It holds this installation's key\./);
  await writeFile(keyFile(), key);
});

test("where nothing can be written beside the mapping, the key lies in the data folder", async () => {
  // Nobody writes there, root included.
  const { status, talk } = await it.run(["apply", "first.plan", "--yes"], {
    TANDEM_CONFIG: "/proc/mapping.yaml",
  });
  expect(status).toBe(64);
  expect(talk).toContain(NOT_OURS);
  const made = join(it.folder.path, ".tandem", "tandem.key");
  expect(talk).toContain(made);
  expect((await stat(made)).mode & 0o777).toBe(0o600);
});

test("each purpose has a separate key, and another secret shares none", () => {
  const keys = deriveKeys("one");
  const all = [keys, deriveKeys("two")].flatMap(({ id, files, consent, audit }) => [
    id,
    ...[files, consent, audit].map((key) => Buffer.from(key).toString("hex")),
  ]);
  expect(new Set(all).size).toBe(8);
  expect(deriveKeys("one")).toEqual(keys);
});
