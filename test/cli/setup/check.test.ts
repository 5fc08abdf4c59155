import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Company } from "../company.ts";
import { company } from "../company.ts";

// Each of these runs several whole commands, one after the other.
vi.setConfig({ testTimeout: 120_000 });

let it: Company;
beforeAll(async () => void (it = await company(40)));
afterAll(() => it.close());

interface Told {
  readonly errors: number;
  readonly warnings: number;
  readonly notes: number;
  readonly diagnostics: readonly { code: string; severity: string; message: string; help: string }[];
}

async function told(args: readonly string[], env = {}): Promise<{ status: number | null; report: Told }> {
  const { status, out } = await it.run(["check", ...args, "--format", "json"], env);
  return { status, report: JSON.parse(out) as Told };
}

const broken = (text: string) => text.replace("klaviyo: title", "klaviyo: titel");

describe("formats", () => {
  test("json, for scripts", async () => {
    const config = await it.mapping(broken);
    const { status, report } = await told([config]);
    expect(status).toBe(78);
    expect(report).toMatchObject({ files: [config], errors: 1, warnings: 0, notes: 0 });
    expect(report.diagnostics[0]).toMatchObject({ file: config, line: 29, code: "M204" });
    expect(Object.keys(report.diagnostics[0] ?? {})).toEqual(
      "file line column endLine endColumn code severity message help".split(" "),
    );
  });

  test("github, with the path from where it was started", async () => {
    const config = await it.mapping(broken);
    const { status, out } = await it.run(["check", config, "--format", "github"]);
    expect(status).toBe(78);
    expect(out).toMatch(
      /^::error file=[\w-]+\.yaml,line=29,endLine=29,col=\d+,endColumn=\d+,title=M204 .*\n$/,
    );
  });

  test("sarif, of a right file too", async () => {
    const { status, out } = await it.run(["check", "--format", "sarif"]);
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ version: "2.1.0", runs: [{ results: [] }] });
  });

  test("any other is wrong usage", async () => {
    expect(await it.run(["check", "--format", "xml"])).toMatchObject({ status: 64 });
  });
});

test("a warning ends with 0, and with 78 where warnings are denied", async () => {
  const config = await it.mapping((text) =>
    text.replace("direction: to_klaviyo, on_empty", "direction: to_klaviyo, winner: hubspot, on_empty"),
  );
  expect(await it.run(["check", config])).toMatchObject({ status: 0 });
  expect(await it.run(["check", config, "--deny-warnings"])).toMatchObject({ status: 78 });
});

test("a folder is every mapping in it, and two of one name are an error", async () => {
  const folder = await company(0);
  try {
    await folder.mapping(broken);
    const { status, out } = await it.run(["check", "--config", folder.folder.path, "--format", "json"]);
    const report = JSON.parse(out) as Told & { files: readonly string[] };
    expect(status).toBe(78);
    expect(report.files).toHaveLength(2);
    expect(report.diagnostics.map(({ code }) => code)).toEqual(["M204"]);
    await folder.mapping((text) => text);
    const twins = await it.run(["check", folder.folder.path]);
    expect(twins.out).toMatch(
      /error\[M240\]: two files are named `demo`[\s\S]*2 errors, 0 warnings in 3 files\n$/,
    );
  } finally {
    await folder.close();
  }
});

describe("--remote", () => {
  test("counts real values that lead nowhere, and writes nothing", async () => {
    const before = it.writes();
    const { status, report } = await told(["--remote"]);
    expect(status).toBe(0);
    const found = Object.fromEntries(report.diagnostics.map((each) => [each.code, each.message]));
    expect(found["M308"]).toMatch(/`Partner` \(3 contacts\), of all \d+ in Klaviyo$/);
    expect(found["M309"]).toMatch(/^3 contacts of all \d+ in HubSpot have a `phone`/);
    expect(JSON.stringify(report)).not.toContain("ask at reception");
    expect(it.writes()).toBe(before);
  });

  test("tells of lists that are double opt-in or start flows", async () => {
    it.rehearsal.klaviyo.sandbox.createList({
      name: "Careful",
      opt_in_process: "double_opt_in",
      flows: [{ id: "FlOw01", name: "Welcome series", status: "live", archived: false }],
    });
    const config = await it.mapping((text) => text.replace("[Newsletter]", "[Careful]"));
    const { report } = await told([config, "--remote"]);
    const about = report.diagnostics.filter(({ message }) => message.includes("Careful"));
    expect(about.map(({ code }) => code)).toEqual(["M312", "M314"]);
    expect(about[1]?.message).toContain("Welcome series");
  });

  test("names every missing scope of both keys at once, and ends with 77", async () => {
    const token = "pat-na1-few";
    it.rehearsal.hubspot.sandbox.setToken(token, { scopes: ["crm.schemas.contacts.read"] });
    it.rehearsal.klaviyo.sandbox.addKey({ key: "pk_few_scopes", scopes: ["accounts:read", "lists:read"] });
    const env = { TANDEM_DEMO_HUBSPOT: token, TANDEM_DEMO_KLAVIYO: "pk_few_scopes" };
    const { status, report } = await told(["--remote"], env);
    expect(status).toBe(77);
    expect(report.diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual([
      "M320 the HubSpot key lacks the scope `crm.objects.contacts.read`",
      "M320 the HubSpot key lacks the scope `crm.lists.read`",
      "M320 the Klaviyo key lacks the scope `profiles:read`",
      "M320 the Klaviyo key lacks the scope `segments:read`",
    ]);
  });
});

describe("a saved schema", () => {
  const noKeys = { TANDEM_DEMO_HUBSPOT: "", TANDEM_DEMO_KLAVIYO: "" };

  test("checks without keys what the accounts would say, and holds neither keys nor people", async () => {
    const file = `${it.folder.path}/schema.json`;
    expect(await it.run(["check", "--save-schema", file])).toMatchObject({ status: 0 });
    const requested = it.rehearsal.hubspot.world.truth.calls.length;
    expect(await it.run(["check", "--schema", file], noKeys)).toMatchObject({ status: 0 });
    const config = await it.mapping((text) => text.replace("hubspot: jobtitle", "hubspot: jobtitel"));
    const wrong = await it.run(["check", config, "--schema", file], noKeys);
    expect(wrong.status).toBe(78);
    expect(wrong.out).toMatch(/error\[M301\][\s\S]*did you mean `jobtitle`/);
    expect(it.rehearsal.hubspot.world.truth.calls).toHaveLength(requested);
    const text = readFileSync(file, "utf8");
    expect(text).not.toMatch(/@example\.com|pat-|pk_/);
    expect(await it.run(["check", "--save-schema", file])).toMatchObject({ status: 0 });
    expect(readFileSync(file, "utf8")).toBe(text);
  });

  test.each([
    ["another file", "name: x\n", /cannot be used: it is not JSON[\s\S]*--save-schema/],
    ["of a newer Tandem", '{"format":"tandem-schema","version":9}', /a newer Tandem saved it/],
  ])("%s is refused with what to do", async (_name, content, words) => {
    const file = await it.folder.write("odd.json", content);
    const { status, talk } = await it.run(["check", "--schema", file], noKeys);
    expect(status).toBe(78);
    expect(talk).toMatch(words);
  });

  test("not there, or beside --remote, is refused too", async () => {
    const none = await it.run(["check", "--schema", "/nowhere/schema.json"]);
    expect(none).toMatchObject({ status: 78 });
    expect(none.talk).toContain("does not exist");
    expect(await it.run(["check", "--remote", "--schema", "x.json"])).toMatchObject({ status: 64 });
  });
});
