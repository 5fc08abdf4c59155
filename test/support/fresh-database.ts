import { randomUUID } from "node:crypto";
import { inject } from "vitest";
import type { Database } from "../../src/store/database.ts";
import { openDatabase } from "../../src/store/database.ts";
import { withDatabase, withServer } from "./database-server.ts";
import { TEST_KEYS } from "./test-keys.ts";

export interface FreshDatabase {
  readonly database: Database;
  readonly url: string;
  drop(): Promise<void>;
}

/** An empty, migrated database of this test's own: a copy of the template takes some 40 ms. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const server = inject("databaseServer");
  const name = `tandem_${randomUUID().replaceAll("-", "")}`;
  await withServer(
    server,
    async (client) => void (await client.query(`CREATE DATABASE ${name} TEMPLATE tandem_template`)),
  );
  const url = withDatabase(server, name);
  const database = openDatabase(url, { keys: () => TEST_KEYS });
  return {
    database,
    url,
    async drop() {
      await database.$disconnect();
      await withServer(
        server,
        async (client) => void (await client.query(`DROP DATABASE ${name} WITH (FORCE)`)),
      );
    },
  };
}
