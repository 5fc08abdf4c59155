import type { Database } from "../../src/store/database/database.ts";

/** The database as it is now, put by, so that it can be as it was: what an operator does who restores a backup. */
export interface Backup {
  restore(): Promise<void>;
}

export async function backup(database: Database): Promise<Backup> {
  const tables = await database.$queryRaw<{ name: string }[]>`
    SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`;
  const all = (each: (name: string) => string): string[] => tables.map(({ name }) => each(`"${name}"`));
  await run(database, [
    "DROP SCHEMA IF EXISTS put_by CASCADE",
    "CREATE SCHEMA put_by",
    ...all((name) => `CREATE TABLE put_by.${name} AS TABLE public.${name}`),
  ]);
  return {
    restore: () =>
      run(database, [
        // A restore asks no trigger, the ledger's neither.
        "SET LOCAL session_replication_role = replica",
        ...all((name) => `DELETE FROM public.${name}`),
        ...all((name) => `INSERT INTO public.${name} OVERRIDING SYSTEM VALUE SELECT * FROM put_by.${name}`),
      ]),
  };
}

async function run(database: Database, statements: readonly string[]): Promise<void> {
  const one = `DO $do$ BEGIN ${statements.map((text) => `EXECUTE $x$${text}$x$;`).join(" ")} END $do$`;
  await database.$executeRaw(rawOf(one));
}

/** Names of tables cannot be parameters. */
function rawOf(text: string): TemplateStringsArray {
  return Object.assign([text], { raw: [text] });
}
