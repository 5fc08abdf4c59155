import { readFileSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { DATABASE_PATIENCE } from "./timed-client.ts";

/** A server that runs on some data, and our place in it. */
export interface Held {
  readonly pid: number;
  readonly port: number;
  /** Of its superuser, `tandem`. */
  readonly password: string;
  /** Open as long as we need the server. */
  readonly connection: Client;
}

/** Everybody who needs the server holds this lock with others; who gets it alone is the last and may stop it. */
export const HOLDERS_LOCK = 7_263_361;

const A_MOMENT_MS = 50;
/** After a power cut it reads its log before it answers. */
const PATIENCE_MS = 60_000;

/**
 * Takes hold of the server that runs on this data, also if another process started it. Waits while it starts or stops.
 *
 * @returns null where none runs
 * @throws where one runs that does not answer
 */
export async function holdRunning(data: string): Promise<Held | null> {
  const end = performance.now() + PATIENCE_MS;
  let last: unknown = null;
  for (;;) {
    const running = await postmasterOf(data);
    if (running === null) return null;
    try {
      const held = await hold(running.pid, running.port, await readPassword(data));
      if (held !== null) return held;
    } catch (error) {
      last = error;
    }
    if (performance.now() > end) {
      const message = `Process ${running.pid} runs on ${data} and does not answer on port ${running.port}; stop it first`;
      throw new Error(message, { cause: last });
    }
    await sleep(A_MOMENT_MS);
  }
}

/** Only this machine can reach it, and of its users only those who may read the data. */
export function embeddedUrl(
  { port, password }: Pick<Held, "port" | "password">,
  database: string,
  role = "tandem",
): string {
  return `postgresql://${role}:${password}@127.0.0.1:${port}/${database}`;
}

/** Where the password is kept: with the data, as unreadable to others as that is. */
export const PASSWORD_FILE = "tandem.password";

async function readPassword(data: string): Promise<string> {
  return (await readFile(join(data, PASSWORD_FILE), "utf8")).trim();
}

/** The process that runs on this data, as its pid file has it. A file that a killed one left behind is cleared away. */
export async function postmasterOf(
  data: string,
): Promise<{ readonly pid: number; readonly port: number } | null> {
  const path = join(data, "postmaster.pid");
  const [pid, , , port] = linesOf(path).map(Number);
  if (pid === undefined || !(pid > 0)) return null;
  if (!isPostgres(pid)) {
    // PostgreSQL itself would take the process that has that number now for the server.
    await rm(path, { force: true });
    return null;
  }
  return { pid, port: port ?? 0 };
}

/** Null where somebody is about to stop it. */
async function hold(pid: number, port: number, password: string): Promise<Held | null> {
  const connection = new Client({
    connectionString: embeddedUrl({ port, password }, "postgres"),
    application_name: "tandem holds the server",
    connectionTimeoutMillis: DATABASE_PATIENCE.connectMs,
    query_timeout: DATABASE_PATIENCE.longMs,
    keepAlive: true,
  });
  // When the server goes, the engine's own connections say so.
  connection.on("error", () => {});
  await connection.connect();
  const { rows } = await connection.query<{ held: boolean }>(
    "SELECT pg_try_advisory_lock_shared($1) AS held",
    [HOLDERS_LOCK],
  );
  if (rows[0]?.held === true) return { pid, port, password, connection };
  await connection.end();
  return null;
}

function linesOf(path: string): readonly string[] {
  try {
    return readFileSync(path, "utf8").split("\n");
  } catch {
    return [];
  }
}

function isPostgres(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EPERM")) return false;
  }
  const [name] = linesOf(`/proc/${pid}/comm`);
  return name === undefined || name.startsWith("postgres");
}
