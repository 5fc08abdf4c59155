import type { Socket } from "node:net";
import { connect, createServer } from "node:net";
import { once } from "node:events";
import { expect, onTestFinished, test, vi } from "vitest";
import type { Database } from "../../src/store/database/database.ts";
import { openDatabase, transaction } from "../../src/store/database/database.ts";
import { freshDatabase } from "../support/fresh-database.ts";

const PATIENCE = { connectMs: 2_000, statementMs: 400, longMs: 3_000, graceMs: 200 };

vi.setConfig({ testTimeout: 20_000 });

interface Swallowing {
  readonly database: Database;
  /** From now on nothing that is said on the connections there are arrives; their sockets stay open. */
  readonly swallow: (what: "there are" | "all") => void;
}

/** A database behind a proxy that can go silent, as a firewall does that forgot a connection. */
async function swallowing(): Promise<Swallowing> {
  const fresh = await freshDatabase();
  const real = new URL(fresh.url);
  const pairs = new Set<{ silent: boolean }>();
  const sockets = new Set<Socket>();
  let all = false;
  const server = createServer((engine) => {
    const pair = { silent: all };
    pairs.add(pair);
    const postgres = connect(Number(real.port), real.hostname);
    for (const socket of [engine, postgres]) {
      sockets.add(socket);
      socket.on("error", () => {});
    }
    engine.on("data", (words) => void (pair.silent || postgres.write(words)));
    postgres.on("data", (words) => void (pair.silent || engine.write(words)));
    engine.on("close", () => postgres.destroy());
    postgres.on("close", () => pair.silent || engine.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  const url = new URL(fresh.url);
  url.host = `127.0.0.1:${address.port}`;
  const database = openDatabase(url.href, { patience: PATIENCE });
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await database.$disconnect();
    await fresh.drop();
  });
  return {
    database,
    swallow(what) {
      all = what === "all";
      for (const pair of pairs) pair.silent = true;
    },
  };
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
