import { expect, onTestFinished, test, vi } from "vitest";
import type { Database } from "../../src/store/database/database.ts";
import { openDatabase, transaction } from "../../src/store/database/database.ts";
import { freshDatabase } from "../support/fresh-database.ts";
import type { SilentProxy } from "../support/silent-proxy.ts";
import { silentProxy } from "../support/silent-proxy.ts";

const PATIENCE = { connectMs: 2_000, statementMs: 400, longMs: 3_000, graceMs: 200 };

vi.setConfig({ testTimeout: 20_000 });

interface Swallowing extends Pick<SilentProxy, "swallow"> {
  readonly database: Database;
}

/** A database behind a proxy that can go silent. */
async function swallowing(): Promise<Swallowing> {
  const fresh = await freshDatabase();
  const { url, swallow, close } = await silentProxy(fresh.url);
  const database = openDatabase(url, { patience: PATIENCE });
  onTestFinished(async () => {
    close();
    await database.$disconnect();
    await fresh.drop();
  });
  return { database, swallow };
}

test("half-open connections are noticed at the first statement, and those idle beside it are not tried one by one", async () => {
  const { database, swallow } = await swallowing();
  await Promise.all([1, 2, 3, 4].map((wait) => database.$queryRaw`SELECT ${wait}::int, pg_sleep(0.1)::text`));
  swallow("there are");
  const begun = performance.now();
  await expect(database.$queryRaw`SELECT 1`).rejects.toMatchObject({
    message: /did not answer|closed|timed out|ETIMEDOUT/i,
  });
  for (let each = 0; each < 4; each += 1)
    expect(await database.$queryRaw`SELECT ${each}::int AS it`).toEqual([{ it: each }]);
  expect(performance.now() - begun).toBeLessThan(3_000);
});

test("a transaction on a half-open connection ends, and the next one is whole", async () => {
  const { database, swallow } = await swallowing();
  await database.$queryRaw`SELECT 1`;
  await expect(
    transaction(database, async (statements) => {
      await statements.$queryRaw`SELECT 1`;
      swallow("there are");
      await statements.$queryRaw`SELECT 2`;
    }),
  ).rejects.toThrow(/answer|clos|terminat|time|reach/i);
  expect(await transaction(database, (statements) => statements.$queryRaw`SELECT 3 AS it`)).toEqual([
    { it: 3 },
  ]);
});

test("a database that takes connections and says nothing is given up when connecting", async () => {
  const { database, swallow } = await swallowing();
  swallow("all");
  await expect(database.$queryRaw`SELECT 1`).rejects.toThrow(/answer|clos|terminat|time|reach/i);
});

test("the server ends a statement that takes too long, but lets a long one have its time", async () => {
  const { database } = await swallowing();
  await expect(database.$queryRaw`SELECT pg_sleep(1)::text`).rejects.toThrow(/statement timeout/);
  expect(await database.$queryRaw`/* long */ SELECT 1 AS it FROM pg_sleep(1)`).toEqual([{ it: 1 }]);
  // And the same connection is as before afterwards, inside a transaction too.
  await expect(
    transaction(database, async (statements) => {
      await statements.$queryRaw`/* long */ SELECT pg_sleep(1)::text`;
      await statements.$queryRaw`SELECT pg_sleep(1)::text`;
    }),
  ).rejects.toThrow(/statement timeout/);
  await expect(database.$queryRaw`SELECT pg_sleep(1)::text`).rejects.toThrow(/statement timeout/);
});
