import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import type { TestProject } from "vitest/node";
import { startEmbeddedDatabase } from "../../src/store/database/embedded.ts";
import { migrate } from "../../src/store/database/migrate.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** A server of PostgreSQL; `tandem_template` on it is migrated and empty. */
    databaseServer: string;
  }
}

/** One server for the whole run: the one of DATABASE_URL, or an embedded one that leaves nothing behind. */
export default async function databaseServer(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env["DATABASE_URL"];
  const folder = given ? null : await mkdtemp(join(tmpdir(), "tandem-test-"));
  const embedded = folder
    ? await startEmbeddedDatabase({ folder, careless: true, makesDatabases: true })
    : null;
  const url = given ?? embedded?.url ?? "";
  await withServer(url, async (server) => {
    await server.query("DROP DATABASE IF EXISTS tandem_template");
    await server.query("CREATE DATABASE tandem_template");
  });
  await migrate(withDatabase(url, "tandem_template"));
  project.provide("databaseServer", url);
  return async () => {
    await embedded?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
  };
}

export function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}

export async function withServer(url: string, work: (server: Client) => Promise<void>): Promise<void> {
  const server = new Client({ connectionString: url });
  await server.connect();
  try {
    await work(server);
  } finally {
    await server.end();
  }
}
