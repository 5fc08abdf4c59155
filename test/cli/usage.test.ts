import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Ended, Folder } from "./command-line.ts";
import { expectOneScreen, makeFolder, tandem, tandemProcess } from "./command-line.ts";

let folder: Folder;
beforeAll(async () => void (folder = await makeFolder()));
afterAll(() => folder.remove());

const run = (...args: readonly string[]): Promise<Ended> => tandem(args, { cwd: folder.path });

describe("wrong usage ends with 64 and says what would be right", () => {
  test.each([
    [["snyc"], "unknown command 'snyc'\n(Did you mean sync?)"],
    [["sync", "--jsno"], "unknown option '--jsno'\n(Did you mean --json?)"],
    [["--config", "x.yaml", "statsu"], "(Did you mean status?)"],
    [["sync", "extra"], "too many arguments for 'sync'"],
    [["explain"], "missing required argument 'email'"],
    [["sync", "--email", "nobody"], '"nobody" is not an email address'],
    [["sync", "--only", "lists"], "Allowed choices are contacts"],
    [["plan", "--limit", "many"], "It has to be a whole number"],
    [["status", "--config"], "argument missing"],
    [["sandbox", "--hubspot-port", "70000"], "It has to be a number from 0 to 65535"],
    [["demo", "--port", "70000"], "It has to be a number from 0 to 65535"],
    [["sandbox", "--faults", "nowhere.json"], "nowhere.json cannot be read"],
  ])("%s", async (args, words) => {
    const { status, out, talk } = await run(...args);
    expect({ status, out }).toEqual({ status: 64, out: "" });
    expect(talk).toContain(words);
    expectOneScreen(talk);
  });

  test("a file of faults is told all its mistakes, and what one looks like", async () => {
    const path = join(folder.path, "faults.json");
    const fault = { match: "batch", times: 0, fault: { kind: "status", status: 503 } };
    await writeFile(path, JSON.stringify({ hubspot: [fault], klavyio: [] }));
    const { status, out, talk } = await run("sandbox", "--faults", path);
    expect({ status, out }).toEqual({ status: 64, out: "" });
    expect(talk).toMatch(
      /hubspot\[0\]\.times: .*\n.*hubspot\[0\]\.fault\.applied: .*\n.*"klavyio"\n +fix: write it like \{/,
    );
    await writeFile(path, "{");
    expect((await run("sandbox", "--faults", path)).talk).toContain("is no list of faults");
  });

  test("no command at all shows the help, as talk", async () => {
    const { status, out, talk } = await run();
    expect({ status, out }).toEqual({ status: 64, out: "" });
    for (const command of ["check", "plan", "sync", "start", "status", "explain", "retry", "sandbox", "demo"])
      expect(talk).toContain(`\n  ${command} `);
  });

  test.each([[["snyc"]], [["sync", "--emial", "x"]], [["explain"]], [[]]])(
    "%j with --json is one JSON document",
    async (args: readonly string[]) => {
      const { status, out } = await run(...args, "--json");
      expect(status).toBe(64);
      expect(JSON.parse(out)).toEqual({ error: expect.any(String), exitCode: 64, details: null });
    },
  );
});

test("as a process, too, wrong usage is its status and talk", async () => {
  const { status, out, talk } = await tandemProcess(["snyc"], { cwd: folder.path });
  expect({ status, out }).toEqual({ status: 64, out: "" });
  expect(talk).toContain("(Did you mean sync?)");
});

test("help and version are answers, not talk", async () => {
  const help = await run("--help");
  expect(help).toMatchObject({ status: 0, talk: "" });
  expect(help.out).toContain("Exit status: 0 done, 1 some contacts failing");
  const ofOne = await run("sync", "--help");
  expect(ofOne).toMatchObject({ status: 0, talk: "" });
  expect(ofOne.out).toMatch(/--email[\s\S]*--config/);
  expect((await run("--version")).out).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test("a level of the log that there is none of is named, with those that there are", async () => {
  const { status, talk } = await tandem(["status"], { cwd: folder.path, env: { LOG_LEVEL: "verbose" } });
  expect(status).toBe(64);
  expect(talk).toContain('LOG_LEVEL cannot be "verbose".');
  expect(talk).toContain("trace, debug, info, warn, error, fatal, silent");
});

test("the help of each command begins with examples, and describes it in the imperative", async () => {
  const help = (await run("--help")).out;
  const commands = [...help.matchAll(/^ {2}(\w+) .*?(?: {2,}|\n {20,})([A-Z].*)$/gm)].map(
    ([, name = ""]) => name,
  );
  expect(commands.length).toBeGreaterThan(20);
  for (const name of commands) {
    const { out } = await run(name, "--help");
    expect([name, out.split("\n")[0], out.split("\n")[1]]).toEqual([
      name,
      expect.stringMatching(/^Examples?:$/),
      expect.stringMatching(/tandem /),
    ]);
  }
});

test.each(["bash", "zsh", "fish"])("completion for %s knows every command and its options", async (shell) => {
  const { status, out } = await run("completion", shell);
  expect(status).toBe(0);
  for (const word of ["approve", "completion", "--detailed-exitcode", "setup-timeline"])
    expect(out).toContain(word);
});

test("a shell without a completion is told those that have one", async () => {
  const { status, talk } = await run("completion", "tcsh");
  expect(status).toBe(64);
  expect(talk).toContain("Allowed choices are bash, zsh, fish");
});

test("an argument cannot steer the terminal", async () => {
  const { status, talk } = await run("explain", "\u001b[2J\u009b2J@\u202eexample.com");
  expect(status).toBe(64);
  expect(talk).toContain("\\u001b[2J\\u009b2J");
});
