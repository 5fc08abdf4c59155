import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { UnknownRow, rowsOf } from "../../src/store/database/rows.ts";
import type { FreshDatabase } from "../support/fresh-database.ts";
import { freshDatabase } from "../support/fresh-database.ts";

const PERSON = z.object({ id: z.bigint(), email: z.string(), at: z.date().nullable() });

let fresh: FreshDatabase;

beforeAll(async () => {
  fresh = await freshDatabase();
});
afterAll(() => fresh.drop());

test("rows come as their shape says", async () => {
  const rows = await rowsOf(fresh.database, PERSON)`
    SELECT ${1n}::bigint AS id, ${"jo@example.com"}::text AS email, NULL::timestamptz AS at`;
  expect(rows).toEqual([{ id: 1n, email: "jo@example.com", at: null }]);
});

test.each([
  ["a count that is no ::int", `SELECT 1::bigint AS id, count(*) AS email, NULL::timestamptz AS at`, /email/],
  ["a column that is missing", `SELECT 1::bigint AS id, 'x' AS email`, /at/],
  ["NULL where there is always something", `SELECT NULL::bigint AS id, 'x' AS email, now() AS at`, /id/],
])("%s is said by its column and without a value", async (_case, sql, column) => {
  const strings = Object.assign([sql], { raw: [sql] });
  const requested = rowsOf(fresh.database, PERSON)(strings);
  await expect(requested).rejects.toThrow(UnknownRow);
  await expect(requested).rejects.toThrow(column);
  await expect(requested).rejects.not.toThrow(/'x'|\bx\b/);
});
