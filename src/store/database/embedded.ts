import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chown, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { prepareDatabase } from "./embedded-role.ts";
import type { Held } from "./postmaster.ts";
import { HOLDERS_LOCK, PASSWORD_FILE, holdRunning, postmasterOf } from "./postmaster.ts";
import type { ServerProgram } from "./server-program.ts";
import { dataFolder, runServerProgram, serverProgram, serverUser } from "./server-program.ts";

/** A PostgreSQL of Tandem's own, for those who have none: real server binaries out of an npm package. */
export interface EmbeddedDatabase {
  readonly url: string;
  /** Stops the server, unless another process still needs it. */
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  /** Where it keeps its data; made where it is not there. */
  readonly folder: string;
  /** For tests: gives up safety in a power cut for speed. */
  readonly careless?: boolean;
  /** For tests and benches: Tandem's role may make databases. */
  readonly makesDatabases?: boolean;
}

/** Two processes may start the same server, or lose the port they chose, at the same moment. */
const ATTEMPTS = 3;

/**
 * Starts the embedded server on a free port of 127.0.0.1, or takes hold of the one that runs on the same folder, and
 * makes the database `tandem` with the role that works in it. It runs in its own session: Ctrl-C asks us to stop, and leaves us a database to
 * stop with.
 *
 * @throws with the server's own last words where it does not start
 */
export async function startEmbeddedDatabase(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  const { program, data } = await placeOf(options.folder);
  const held = await reach(program, data, options.careless === true);
  const url = await prepareDatabase(held, data, options);
  // A process that ends at once leaves no server behind: the server stops when its last connection closes.
  const orderly = (): void => kill(held.pid);
  process.once("exit", orderly);
  return {
    url,
    async stop() {
      process.off("exit", orderly);
      await letGo(program, data, held);
    },
  };
}

/** Removes the embedded server's data of a folder, stopping a server that a killed process left behind. */
export async function removeEmbeddedDatabase(folder: string): Promise<void> {
  const link = join(folder, "postgres");
  if (!existsSync(folder)) return;
  const { program, data } = await placeOf(folder);
  if ((await postmasterOf(data)) !== null)
    await runServerProgram(program, "pg_ctl", ["stop", "-D", data, "-m", "immediate", "-w", "-s"]);
  await rm(data, { recursive: true, force: true });
  await rm(link, { force: true });
}

async function placeOf(folder: string): Promise<{ readonly program: ServerProgram; readonly data: string }> {
  const user = serverUser(join(folder, "postgres"));
  const data = await dataFolder(folder, user);
  return { program: await serverProgram(user), data };
}

async function reach(program: ServerProgram, data: string, careless: boolean): Promise<Held> {
  if (!existsSync(join(data, "PG_VERSION"))) await initialise(program, data, careless);
  let failure: unknown;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const running = await holdRunning(data);
    if (running !== null) return running;
    try {
      await start(program, data, careless);
    } catch (error) {
      failure = error;
    }
  }
  const running = await holdRunning(data);
  if (running !== null) return running;
  const said = failure instanceof Error ? failure.message : "";
  const log = await readFile(join(data, LOG), "utf8").catch(() => "");
  const words = [...log.trimEnd().split("\n").slice(-5), said].filter((line) => line !== "").join("\n");
  throw new Error(`The embedded PostgreSQL in ${data} did not start:\n${words}`, { cause: failure });
}

const LOG = "server.log";

/** Made beside and then put in place as a whole: a half-made one could never be started, and never be made again. */
async function initialise(program: ServerProgram, data: string, careless: boolean): Promise<void> {
  const unfinished = `${data}.${process.pid}`;
  const password = `${unfinished}.password`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true, mode: 0o700 });
  await writeFile(password, `${randomBytes(18).toString("base64url")}\n`, { mode: 0o600 });
  if (program.user !== null)
    for (const path of [unfinished, password]) await chown(path, program.user.uid, program.user.gid);
  try {
    await runServerProgram(program, "initdb", [
      `--pgdata=${unfinished}`,
      "--username=tandem",
      "--auth=scram-sha-256",
      `--pwfile=${password}`,
      // The same texts in the same order on every machine, whatever its own language is.
      "--encoding=UTF8",
      "--locale=C",
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
      ...(careless ? ["--no-sync"] : []),
    ]);
    await rename(password, join(unfinished, PASSWORD_FILE));
    await rename(unfinished, data);
  } catch (cause) {
    await rm(unfinished, { recursive: true, force: true });
    // Another process may have been faster.
    if (existsSync(join(data, "PG_VERSION"))) return;
    throw new Error(`The embedded PostgreSQL in ${data} could not be made: ${String(cause)}`, { cause });
  } finally {
    await rm(password, { force: true });
  }
}

async function start(program: ServerProgram, data: string, careless: boolean): Promise<void> {
  const settings = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=''",
    ...(careless ? ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off"] : []),
  ];
  const flags = `-p ${await freePort()} ${settings.map((setting) => `-c ${setting}`).join(" ")}`;
  const how = ["-w", "-s", "-t", "60", "-l", join(data, LOG), "-o", flags];
  await runServerProgram(program, "pg_ctl", ["start", "-D", data, ...how]);
}

async function letGo(program: ServerProgram, data: string, { connection }: Held): Promise<void> {
  try {
    await connection.query("SELECT pg_advisory_unlock_shared($1)", [HOLDERS_LOCK]);
    const { rows } = await connection.query<{ alone: boolean }>("SELECT pg_try_advisory_lock($1) AS alone", [
      HOLDERS_LOCK,
    ]);
    if (rows[0]?.alone !== true) return await connection.end();
  } catch {
    // It is gone already, or somebody is stopping it.
    return;
  }
  if ((await postmasterOf(data)) !== null)
    await runServerProgram(program, "pg_ctl", ["stop", "-D", data, "-m", "fast", "-w", "-s"]);
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGTERM");
  } catch {
    // Gone already.
  }
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => probe.once("error", reject).listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no free port on 127.0.0.1");
  return address.port;
}
