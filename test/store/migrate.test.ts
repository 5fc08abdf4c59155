import { expect, test } from "vitest";
import { migrate } from "../../src/store/database/migrate.ts";
import { freshDatabase } from "../support/fresh-database.ts";

test("a migrated database has nothing left to migrate", async () => {
  const fresh = await freshDatabase();
  expect(await migrate(fresh.url)).toEqual([]);
  await fresh.drop();
});

test("two links never share an email address, whatever writes them (P10)", async () => {
  const fresh = await freshDatabase();
  const connection = await fresh.database.connection.create({ data: { name: "one" } });
  const link = { connectionId: connection.id, emailKey: "jo@example.com" };
  await fresh.database.link.create({ data: link });
  await expect(fresh.database.link.create({ data: link })).rejects.toThrow(/Unique constraint/);
  await fresh.drop();
});
