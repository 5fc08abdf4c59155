import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbeddedDatabase } from "../../src/store/database/embedded.ts";
import { withDatabase, withServer } from "../support/database-server.ts";

/** One PostgreSQL for a bench: that of DATABASE_URL, or an embedded one that leaves nothing behind. */
export interface BenchDatabase {
  /** Works on its own empty database, dropped afterwards. */
  withEmpty<T>(work: (url: string) => Promise<T>): Promise<T>;
  stop(): Promise<void>;
}

export async function startBenchDatabase(): Promise<BenchDatabase> {
  const given = process.env["DATABASE_URL"];
  const folder = given ? null : await mkdtemp(join(tmpdir(), "tandem-bench-"));
  const embedded = folder === null ? null : await startEmbeddedDatabase({ folder, makesDatabases: true });
  const server = given ?? embedded?.url ?? "";
  const run = (statement: string): Promise<void> =>
    withServer(server, async (client) => void (await client.query(statement)));
  return {
    async withEmpty(work) {
      const name = `tandem_bench_${randomUUID().replaceAll("-", "")}`;
      await run(`CREATE DATABASE ${name}`);
      try {
        return await work(withDatabase(server, name));
      } finally {
        await run(`DROP DATABASE ${name} WITH (FORCE)`);
      }
    },
    async stop() {
      await embedded?.stop();
      if (folder !== null) await rm(folder, { recursive: true, force: true });
    },
  };
}
