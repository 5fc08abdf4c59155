import type { Database } from "../../src/store/database/database.ts";

/**
 * Every text and JSON value of every table, and what PostgreSQL's planner remembers of them, in lower case: what a thief
 * of the database could read.
 */
export async function databaseDump(database: Database): Promise<string> {
  return [await rowsDump(database), await plannerDump(database)].join("\n");
}

async function plannerDump(database: Database): Promise<string> {
  const known = await database.$queryRaw<{ value: string }[]>`
    SELECT lower(concat_ws(' ', tablename, attname, most_common_vals::text, histogram_bounds::text,
                           most_common_elems::text)) AS value
    FROM pg_stats WHERE schemaname = 'public'`;
  return known.map(({ value }) => `planner ${value}`).join("\n");
}

/** Every text and JSON value of every table, in lower case. */
export async function rowsDump(database: Database): Promise<string> {
  const columns = await database.$queryRaw<{ table: string; column: string }[]>`
    SELECT format('%I', table_name) AS table, format('%I', column_name) AS column
    FROM information_schema.columns
    WHERE table_schema = 'public' AND data_type IN ('text', 'character varying', 'json', 'jsonb', 'ARRAY')
    ORDER BY 1, 2`;
  if (columns.length < 50) throw new Error("the tables are not there");
  const parts: string[] = [];
  for (const { table, column } of columns) {
    const rows = await database.$queryRawUnsafe<{ value: string }[]>(
      `SELECT lower(${column}::text) AS value FROM ${table} WHERE ${column} IS NOT NULL`,
    );
    parts.push(...rows.map(({ value }) => `${table}.${column} ${value}`));
  }
  return parts.join("\n");
}

/** Every row of every table as text, and what PostgreSQL's planner remembers of them, in lower case. */
export async function tableDump(database: Database): Promise<string> {
  const tables = await database.$queryRaw<{ name: string }[]>`
    SELECT format('%I', table_name) AS name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1`;
  const parts: string[] = [];
  for (const { name } of tables) {
    const rows = await database.$queryRawUnsafe<{ value: string }[]>(
      `SELECT lower(to_jsonb(t)::text) AS value FROM ${name} AS t`,
    );
    parts.push(...rows.map(({ value }) => `${name} ${value}`));
  }
  return [...parts, await plannerDump(database)].join("\n");
}
