import { chmodSync, mkdtempSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Company } from "./company.ts";
import { company } from "./company.ts";
import { expectOneScreen } from "./command-line.ts";

/** One company for all: a mapping that is refused offline touches nothing of it. */
let it: Company;
beforeAll(async () => void (it = await company(0)));
afterAll(() => it.close());

function emptyFolder(): string {
  return mkdtempSync(join(it.folder.path, "folder-"));
}

const PASTED = "pk_live_0123456789abcdef0123456789abcdef01";

/** Every alias multiplies the one before: 9^9 values in 300 bytes. */
const BOMB = Array.from(
  { length: 9 },
  (_, level) =>
    `a${level}: &a${level} [${Array(9)
      .fill(level === 0 ? "x" : `*a${level - 1}`)
      .join(", ")}]`,
).join("\n");

describe("a mapping that cannot be used ends every command with 78, at its line, before anybody is asked", () => {
  test.each([
    ["invalid YAML", () => "version: 1\n\tname: x\n", /:2:1: error\[M012\][\s\S]*tab/],
    ["an empty file", () => "", /M007/],
    ["no mapping at all", () => "- a\n- b\n", /error\[M/],
    ["a bomb of aliases", () => BOMB, /M018[\s\S]*write the values out/],
    [
      "an unknown key",
      (text: string) => text.replace("onempty", "").replace("direction:", "direcion:"),
      /unknown key `direcion`[\s\S]*did you mean `direction`/,
    ],
    ["a wrong type", (text: string) => text.replace("version: 1", "version: [1]"), /error\[M1\d\d\]/],
    [
      "rules that are a word",
      (text: string) => text.replace(/rules:[\s\S]*?fields:/, "rules: everybody\nfields:"),
      /`rules`/,
    ],
    [
      "a pasted key",
      (text: string) => text.replace("{ env: TANDEM_DEMO_KLAVIYO }", PASTED),
      /M120[\s\S]*revoke the token/,
    ],
    [
      "an address that is no vendor's",
      (text: string) => text.replace(/base_url: .*/, "base_url: https://evil.example"),
      /base_url/,
    ],
  ])("%s", async (_name, change, words) => {
    const config = await it.mapping(change);
    const { status, out, talk } = await it.run(["sync", "--config", config]);
    expect({ status, out }).toEqual({ status: 78, out: "" });
    expect(talk).toMatch(words);
    expect(talk).toContain(`${config}:`);
    expectOneScreen(talk);
    const told = await it.run(["sync", "--json", "--config", config]);
    expect(JSON.parse(told.out)).toMatchObject({
      exitCode: 78,
      details: { diagnostics: [{ file: config }] },
    });
    expect(talk + told.out + told.talk).not.toContain(PASTED.slice(8));
    expect(it.rehearsal.hubspot.world.truth.calls).toEqual([]);
  });

  test("all problems are told at once", async () => {
    const config = await it.mapping((text) =>
      text.replace("direction: to_klaviyo", "direction: up").replace("merge: union", "merge: onion"),
    );
    const { status, out } = await it.run(["check", config]);
    expect(status).toBe(78);
    expect(out).toContain("2 errors in ");
  });

  test.each([
    ["a folder without any", () => emptyFolder(), /M002[\s\S]*name a file in it/],
    [
      "a folder of several, which only `check` takes",
      () => it.folder.path,
      /is a folder of \d+ mappings[\s\S]*Name one of them[\s\S]*--config .*\.yaml/,
    ],
    ["no file", () => `${it.folder.path}/none.yaml`, /M001[\s\S]*--config PATH/],
    ["a path below a file", () => `${it.env["TANDEM_CONFIG"]}/x`, /M001/],
  ])("%s", async (_name, path, words) => {
    const { status, talk } = await it.run(["status"], { TANDEM_CONFIG: path() });
    expect(status).toBe(78);
    expect(talk).toMatch(words);
    expectOneScreen(talk);
  });

  test.skipIf(process.getuid?.() === 0)("a file that may not be read", async () => {
    const config = await it.mapping((text) => text);
    chmodSync(config, 0o000);
    expect(await it.run(["sync", "--config", config])).toMatchObject({ status: 78 });
  });
});

test("a folder stands for the only mapping in it", async () => {
  const folder = emptyFolder();
  await writeFile(join(folder, "main.yaml"), it.mappingText);
  expect(await it.run(["status"], { TANDEM_CONFIG: folder })).toMatchObject({ status: 0 });
});

test("--config leads, then TANDEM_CONFIG", async () => {
  const broken = await it.mapping(() => "");
  expect(
    await it.run(["check", "--config", it.env["TANDEM_CONFIG"] ?? ""], { TANDEM_CONFIG: broken }),
  ).toMatchObject({
    status: 0,
  });
  expect(await it.run(["check"], { TANDEM_CONFIG: broken })).toMatchObject({ status: 78 });
});

test("check is right about a right file, as words and as JSON", async () => {
  const words = await it.run(["check"]);
  expect(words).toMatchObject({ status: 0, talk: "" });
  expect(words.out).toContain("is right: 2 rules, 8 fields");
  expect(JSON.parse((await it.run(["check", "--json"])).out)).toMatchObject({ diagnostics: [] });
  expect(await it.run(["check", "--remote"])).toMatchObject({ status: 0 });
});

describe("a key that is not there ends with 77 and names its place", () => {
  test.each([
    ["no variable", { TANDEM_DEMO_KLAVIYO: "" }, "environment variable TANDEM_DEMO_KLAVIYO is empty"],
    ["two keys", { TANDEM_DEMO_KLAVIYO: "pk_one\npk_two" }, "holds more than one key"],
  ])("%s", async (_name, env, words) => {
    const { status, out, talk } = await it.run(["sync"], env);
    expect({ status, out }).toEqual({ status: 77, out: "" });
    expect(talk).toContain(words);
    expect(talk).not.toContain("pk_one");
  });

  test("a file that is not there", async () => {
    const config = await it.mapping((text) =>
      text.replace("{ env: TANDEM_DEMO_HUBSPOT }", "{ file: /nowhere/key }"),
    );
    const { status, talk } = await it.run(["plan", "--config", config]);
    expect(status).toBe(77);
    expect(talk).toContain("No HubSpot key: file /nowhere/key cannot be read: it does not exist");
  });
});
