import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { databaseInTheOpen } from "../../../src/cli/environment.ts";
import { ignoreSecrets } from "../../../src/cli/setup/init-files.ts";
import type { Folder } from "../command-line.ts";
import { makeFolder, tandem } from "../command-line.ts";

let folder: Folder;
beforeAll(async () => void (folder = await makeFolder()));
afterAll(() => folder.remove());

test("a sign-in that was meant and lets nobody in ends the start with its fix", async () => {
  const users = await folder.write("users", "# nobody yet\n");
  for (const env of [{ TANDEM_ADMIN_PASSWORD: "" }, { TANDEM_USERS_FILE: users }]) {
    const { status, talk } = await tandem(["start", "--port", "0"], { env, cwd: folder.path });
    expect(status).toBe(78);
    expect(talk).toContain(`No one could sign in on the status page, though ${Object.keys(env)[0]} is set.`);
    expect(talk).toContain("fix: Set TANDEM_ADMIN_PASSWORD");
  }
});

test("a weak secret key ends the start with its fix", async () => {
  const env = { TANDEM_SECRET_KEY: "secret" };
  const { status, talk } = await tandem(["start", "--port", "0"], { env, cwd: folder.path });
  expect(status).toBe(78);
  expect(talk).toContain("openssl rand -base64 32");
});

test("a .env in the current folder and beside the mapping is read, and what is set already stays", async () => {
  await folder.write(".env", "TANDEM_CONFIG=elsewhere/mapping.yaml\nTANDEM_ADMIN_PASSWORD=short\n");
  await mkdir(join(folder.path, "elsewhere"));
  await folder.write("elsewhere/.env", "TANDEM_SECRET_KEY=weak\nTANDEM_ADMIN_PASSWORD=shorter\n");
  const start = (env: Record<string, string> = {}) =>
    tandem(["start", "--port", "0"], { env, cwd: folder.path });
  expect((await start()).talk).toContain("TANDEM_ADMIN_PASSWORD is shorter than 12 characters");
  expect((await start({ TANDEM_ADMIN_PASSWORD: "correct horse battery" })).talk).toContain(
    "TANDEM_SECRET_KEY",
  );
  await rm(join(folder.path, ".env"));
});

test("a secret setting is read from the file that its second form names, and only one form counts", async () => {
  const start = async (env: Record<string, string>) =>
    (await tandem(["start", "--port", "0"], { env, cwd: folder.path })).talk;
  const path = await folder.write("password", "short\n");
  expect(await start({ TANDEM_ADMIN_PASSWORD_FILE: path })).toContain(
    "TANDEM_ADMIN_PASSWORD is shorter than 12",
  );
  expect(await start({ TANDEM_SECRET_KEY_FILE: await folder.write("key", "weak") })).toContain(
    "openssl rand",
  );
  const both = await start({
    TANDEM_ADMIN_PASSWORD: "correct horse battery",
    TANDEM_ADMIN_PASSWORD_FILE: path,
  });
  expect(both).toContain("TANDEM_ADMIN_PASSWORD and TANDEM_ADMIN_PASSWORD_FILE are both set.");
  const missing = await start({ DATABASE_URL_FILE: join(folder.path, "none") });
  expect(missing).toContain(`DATABASE_URL_FILE names ${join(folder.path, "none")}, which cannot be read`);
  expect(missing).toContain("fix: Put the value, and nothing else, into that file");
});

test("no command runs while the check of certificates is turned off", async () => {
  const env = { NODE_TLS_REJECT_UNAUTHORIZED: "0" };
  const { status, talk } = await tandem(["check"], { env, cwd: folder.path });
  expect(status).toBe(78);
  expect(talk).toContain("NODE_EXTRA_CA_CERTS");
});

test.each([
  ["postgres://tandem:pw@db.example.com:5432/tandem", true],
  ["postgres://tandem:pw@db.example.com/tandem?sslmode=disable", true],
  ["postgres://tandem:pw@db.example.com/tandem?sslmode=verify-full", false],
  ["postgres://tandem:pw@localhost:5432/tandem", false],
  ["postgres://tandem:pw@127.0.0.1:5432/tandem", false],
  ["postgres://tandem:pw@[::1]:5432/tandem", false],
  ["postgres://tandem@/tandem?host=/var/run/postgresql", false],
])("the database %s is warned of: %s", (url, warned) => {
  const said = databaseInTheOpen({ env: { DATABASE_URL: url } });
  expect(said !== null).toBe(warned);
  expect(said ?? "").not.toContain("pw");
  expect(databaseInTheOpen({ env: { DATABASE_URL: url, PGSSLMODE: "verify-full" } }) !== null).toBe(
    url.endsWith("disable"),
  );
});

test("init names what must not be committed, once, and keeps the lines that are there", async () => {
  const path = await folder.write(".gitignore", "node_modules/\n/.env");
  expect(ignoreSecrets(path).state).toBe("written");
  expect(await readFile(path, "utf8")).toBe("node_modules/\n/.env\n.tandem/\n");
  expect(ignoreSecrets(path).state).toBe("same");
});
