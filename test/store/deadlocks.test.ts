import { Client } from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Database } from "../../src/store/database/database.ts";
import { openDatabase } from "../../src/store/database/database.ts";
import { openStore } from "../../src/store/runs/connections.ts";
import type { FreshDatabase } from "../support/fresh-database.ts";
import { freshDatabase } from "../support/fresh-database.ts";
import { textFiles, withoutComments } from "../support/text-files.ts";

let fresh: FreshDatabase;
let other: Client;
beforeEach(async () => {
  fresh = await freshDatabase();
  other = new Client({ connectionString: fresh.url });
  await other.connect();
});
afterEach(async () => {
  await other.end();
  await fresh.drop();
});

/** Statements by themselves that touch all rows, in the order of their ids. */
const alone: readonly (readonly [string, (database: Database) => PromiseLike<unknown>])[] = [
  [
    "a raw statement",
    (database) => database.$executeRaw`UPDATE connection SET mapping_version = mapping_version + 1`,
  ],
  [
    "a raw statement that answers",
    (database) =>
      database.$queryRaw`UPDATE connection SET mapping_version = mapping_version + 1 RETURNING id`,
  ],
  [
    "one of Prisma's own",
    (database) => database.connection.updateMany({ data: { mappingVersion: { increment: 1 } } }),
  ],
  [
    "one of Prisma's own that takes several statements",
    async (database) => {
      const [first, second] = await database.connection.findMany({ orderBy: { id: "asc" } });
      await database.connection.update({
        where: { id: first?.id ?? 0 },
        data: { mappingVersion: { increment: 1 } },
      });
      await database.connection.update({
        where: { id: second?.id ?? 0 },
        data: {
          runs: { create: { kind: "contacts", trigger: "test", startedAt: new Date(0) } },
          mappingVersion: { increment: 1 },
        },
      });
      expect(await database.run.count()).toBe(1);
    },
  ],
];

/** Prisma begins what somebody waits for. */
async function begun(work: PromiseLike<unknown>): Promise<void> {
  await work;
}

/** Until a statement waits for a lock. */
async function untilWaiting(): Promise<void> {
  for (;;) {
    const waiting = await fresh.database.$queryRaw<unknown[]>`
      SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    if (waiting.length > 0) return;
  }
}

const versions = async () =>
  (await fresh.database.connection.findMany({ orderBy: { id: "asc" } })).map(
    ({ mappingVersion }) => mappingVersion,
  );

test.each(alone.slice(0, 3))(
  "%s that PostgreSQL ends by a deadlock begins again, and is done once",
  async (_case, touch) => {
    const first = await openStore(fresh.database, "first");
    const second = await openStore(fresh.database, "second");
    await other.query("BEGIN");
    await other.query("UPDATE connection SET name = 'other' WHERE id = $1", [second.connectionId]);
    const done = begun(touch(fresh.database));
    await untilWaiting();
    // PostgreSQL ends the one that has waited for a second, and this one waits since later.
    await other.query("UPDATE connection SET name = 'another' WHERE id = $1", [first.connectionId]);
    await other.query("COMMIT");
    await done;
    expect(await versions()).toEqual([1, 1]);
  },
);

test.each(alone)(
  "%s that PostgreSQL could not put in order with another begins again, and is done once",
  async (_case, touch) => {
    await openStore(fresh.database, "first");
    const second = await openStore(fresh.database, "second");
    const { rows } = await other.query("SELECT current_database() AS name");
    await other.query(`ALTER DATABASE ${rows[0].name} SET default_transaction_isolation = 'repeatable read'`);
    const strict = openDatabase(fresh.url);
    try {
      await other.query("BEGIN");
      await other.query("UPDATE connection SET name = 'other' WHERE id = $1", [second.connectionId]);
      const done = begun(touch(strict));
      await untilWaiting();
      await other.query("COMMIT");
      await done;
    } finally {
      await strict.$disconnect();
    }
    expect(await versions()).toEqual([1, 1]);
  },
);

test("a statement of a transaction does not begin again by itself", async () => {
  const { connectionId: id } = await openStore(fresh.database, "first");
  await other.query("BEGIN");
  await other.query("UPDATE connection SET name = 'other' WHERE id = $1", [id]);
  let times = 0;
  const done = fresh.database.$transaction(
    async (statements) => {
      await statements.$queryRaw`SELECT 1`;
      times += 1;
      await statements.$executeRaw`UPDATE connection SET mapping_version = 7 WHERE id = ${id}`;
    },
    { isolationLevel: "RepeatableRead" },
  );
  const [ended] = await Promise.allSettled([done, untilWaiting().then(() => other.query("COMMIT"))]);
  expect(ended).toMatchObject({ status: "rejected" });
  expect(String(ended.status === "rejected" ? ended.reason : "")).toContain("could not serialize");
  expect(times).toBe(1);
});

test("no statement goes round it: the database is opened in one place, and what begins its own transaction only reads", () => {
  const saying = (words: string) =>
    textFiles("src").flatMap(({ path, text }) => (withoutComments(text).includes(words) ? path : []));
  const own = "store/database/database.ts";
  expect(saying("new PrismaClient(")).toEqual([own]);
  expect(saying(".$transaction(").toSorted()).toEqual([own, "store/database/store.ts"]);
});
