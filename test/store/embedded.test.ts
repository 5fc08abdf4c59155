import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EmbeddedDatabase } from "../../src/store/database/embedded.ts";
import { removeEmbeddedDatabase, startEmbeddedDatabase } from "../../src/store/database/embedded.ts";
import { linkLibraries } from "../../src/store/database/server-program.ts";

/** A server that nobody but root could reach from the folder: Linux as root, which is what a container is. */
const asRoot = process.getuid?.() === 0;

describe("the embedded PostgreSQL", () => {
  let above: string;
  let folder: string;
  const start = (): Promise<EmbeddedDatabase> => startEmbeddedDatabase({ folder, careless: true });
  const ask = async (url: string, sql: string): Promise<unknown> => {
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      const { rows } = await client.query<{ answer: unknown }>(sql);
      return rows[0]?.answer;
    } finally {
      await client.end();
    }
  };

  beforeAll(() => {
    // As a home folder: open to its owner and to nobody else.
    above = mkdtempSync(join(tmpdir(), "tandem-embedded-"));
    folder = join(above, ".tandem");
  });
  afterAll(async () => {
    await removeEmbeddedDatabase(folder);
    rmSync(above, { recursive: true, force: true });
  });

  test("starts below a folder that its own user cannot walk into", async () => {
    const database = await start();
    expect(await ask(database.url, "SELECT current_setting('server_encoding') AS answer")).toBe("UTF8");
    expect(lstatSync(join(folder, "postgres")).isSymbolicLink()).toBe(asRoot);
    await ask(database.url, "CREATE TABLE kept AS SELECT 'still here' AS answer");
    await database.stop();
    await expect(ask(database.url, "SELECT 1")).rejects.toThrow("ECONNREFUSED");
  });

  test("lets Tandem work as a role that is no superuser and owns what there is", async () => {
    const database = await start();
    const role = "FROM pg_roles WHERE rolname = current_user";
    expect(
      await ask(database.url, `SELECT rolsuper OR rolcreaterole OR rolbypassrls AS answer ${role}`),
    ).toBe(false);
    await expect(ask(database.url, "SELECT pg_read_file('PG_VERSION') AS answer")).rejects.toThrow(
      "permission denied",
    );
    await expect(ask(database.url, "COPY (SELECT 1) TO PROGRAM 'true'")).rejects.toThrow("permission denied");
    await database.stop();
  });

  test("gives that role what an earlier version made as the superuser", async () => {
    const database = await start();
    const password = readFileSync(join(folder, "postgres", "tandem.password"), "utf8").trim();
    const superuser = new URL(database.url);
    [superuser.username, superuser.password] = ["tandem", password];
    for (const made of [
      "CREATE SCHEMA older",
      "CREATE TABLE older.kept (id serial PRIMARY KEY, at int)",
      "CREATE VIEW older.shown AS SELECT 1 AS answer",
      "CREATE FUNCTION older.one() RETURNS int LANGUAGE sql AS 'SELECT 1'",
      "CREATE TYPE older.word AS ENUM ('a')",
      "CREATE SEQUENCE older.numbers",
    ])
      await ask(superuser.href, made);
    await expect(ask(database.url, "SELECT count(*) AS answer FROM older.kept")).rejects.toThrow(
      "permission denied",
    );
    await database.stop();
    const again = await start();
    await ask(again.url, "INSERT INTO older.kept (at) VALUES (1)");
    expect(await ask(again.url, "SELECT id + older.one() AS answer FROM older.kept")).toBe(2);
    await ask(again.url, "ALTER TYPE older.word ADD VALUE 'b'");
    await ask(again.url, "DROP SCHEMA older CASCADE");
    await again.stop();
  });

  test("serves two processes of one folder, and is stopped by the last", async () => {
    const [one, other] = await Promise.all([start(), start()]);
    expect(other.url).toBe(one.url);
    await one.stop();
    expect(await ask(other.url, "SELECT answer FROM kept")).toBe("still here");
    await other.stop();
    await expect(ask(other.url, "SELECT 1")).rejects.toThrow("ECONNREFUSED");
  });

  test("continues where a killed process left it running", async () => {
    const code = `const { startEmbeddedDatabase } = await import(${JSON.stringify(new URL("../../src/store/database/embedded.ts", import.meta.url).href)});
      console.log((await startEmbeddedDatabase({ folder: ${JSON.stringify(folder)}, careless: true })).url);`;
    const killed = spawn(process.execPath, ["--input-type=module", "--eval", code]);
    const [url] = (await once(killed.stdout, "data")) as [Buffer];
    killed.kill("SIGKILL");
    await once(killed, "exit");
    const database = await start();
    expect(database.url).toBe(String(url).trim());
    expect(await ask(database.url, "SELECT answer FROM kept")).toBe("still here");
    await database.stop();
  });

  test("does not take another process for the server that a power cut ended", async () => {
    const other = spawn(process.execPath, ["--eval", "setInterval(() => {}, 1000)"]);
    await once(other, "spawn");
    try {
      writeFileSync(join(folder, "postgres", "postmaster.pid"), `${other.pid}\n\n1\n59999\n\n127.0.0.1\n`);
      const database = await start();
      expect(await ask(database.url, "SELECT answer FROM kept")).toBe("still here");
      await database.stop();
    } finally {
      other.kill();
    }
  });
});

test("the libraries of a server that npm installed without its script are linked, once and where they are", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tandem-libraries-"));
  mkdirSync(join(folder, "native", "lib"), { recursive: true });
  writeFileSync(join(folder, "native", "lib", "libpq.so.5.18"), "a library");
  const links = [{ source: "native/lib/libpq.so.5.18", target: "native/lib/libpq.so.5" }];
  writeFileSync(join(folder, "native", "pg-symlinks.json"), JSON.stringify(links));
  for (let times = 0; times < 2; times += 1) await linkLibraries(folder);
  expect(readlinkSync(join(folder, "native", "lib", "libpq.so.5"))).toBe("libpq.so.5.18");
  await linkLibraries(join(folder, "native"));
  rmSync(folder, { recursive: true });
});
