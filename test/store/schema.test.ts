import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { freshDatabase } from "../support/fresh-database.ts";

/** Every `table.column` that schema.prisma names. */
function named(): readonly string[] {
  const text = readFileSync(new URL("../../prisma/schema.prisma", import.meta.url), "utf8");
  const models = [...text.matchAll(/^model (\w+) \{\n([\s\S]*?)\n\}/gm)].map(([, name = "", body = ""]) => ({
    name,
    body,
    table: /@@map\("(\w+)"\)/.exec(body)?.[1] ?? name,
  }));
  const types = new Set(models.map(({ name }) => name));
  return models.flatMap(({ body, table }) =>
    body.split("\n").flatMap((line) => {
      const [, field = "", type = ""] = /^ {2}(\w+)\s+(\w+)/.exec(line) ?? [];
      if (field === "" || types.has(type)) return [];
      return [`${table}.${/@map\("(\w+)"\)/.exec(line)?.[1] ?? field}`];
    }),
  );
}

test("schema.prisma names every table and column that the migrations make, and no other", async () => {
  const fresh = await freshDatabase();
  try {
    const rows = await fresh.database.$queryRaw<{ column: string }[]>`
      SELECT table_name || '.' || column_name AS column FROM information_schema.columns
      WHERE table_schema = 'public' AND table_name NOT LIKE '\\_prisma%'`;
    expect(named().toSorted()).toEqual(rows.map(({ column }) => column).toSorted());
  } finally {
    await fresh.drop();
  }
});
