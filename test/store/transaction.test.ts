import { afterEach, beforeEach, expect, test } from "vitest";
import { openStore } from "../../src/store/runs/connections.ts";
import type { Statements } from "../../src/store/database/database.ts";
import { transaction } from "../../src/store/database/database.ts";
import type { FreshDatabase } from "../support/fresh-database.ts";
import { freshDatabase } from "../support/fresh-database.ts";

let fresh: FreshDatabase;
beforeEach(async () => void (fresh = await freshDatabase()));
afterEach(() => fresh.drop());

const touches: readonly (readonly [string, (statements: Statements, id: number) => Promise<unknown>])[] = [
  [
    "raw statements",
    (statements, id) =>
      statements.$executeRaw`UPDATE connection SET mapping_version = mapping_version + 1 WHERE id = ${id}`,
  ],
  [
    "Prisma's own",
    (statements, id) =>
      statements.connection.update({ where: { id }, data: { mappingVersion: { increment: 1 } } }),
  ],
];

test.each(touches)(
  "two transactions that wait for each other's rows both get through: %s",
  async (_case, touch) => {
    const [one, other] = [await openStore(fresh.database, "one"), await openStore(fresh.database, "other")];
    let first = 0;
    const holding = Promise.withResolvers<void>();
    const inOrder = (ids: readonly [number, number]): Promise<void> =>
      transaction(fresh.database, async (statements) => {
        await touch(statements, ids[0]);
        first += 1;
        if (first === 2) holding.resolve();
        await holding.promise;
        await touch(statements, ids[1]);
      });
    await Promise.all([
      inOrder([one.connectionId, other.connectionId]),
      inOrder([other.connectionId, one.connectionId]),
    ]);
    const versions = await fresh.database.connection.findMany();
    expect(versions.map(({ mappingVersion }) => mappingVersion)).toEqual([2, 2]);
    // The one that was chosen to give way began again, as often as it took.
    expect(first).toBeGreaterThanOrEqual(3);
  },
);

test("what a transaction is itself to blame for is thrown at once", async () => {
  let begun = 0;
  const broken = transaction(fresh.database, async (statements) => {
    begun += 1;
    await statements.$executeRaw`SELECT 1 / 0`;
  });
  await expect(broken).rejects.toThrow("division by zero");
  expect(begun).toBe(1);
});
