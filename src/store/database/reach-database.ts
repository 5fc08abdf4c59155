import type { Statements } from "./database.ts";

/** Asks the database for nothing; rejects where it does not answer. */
export async function reachDatabase(statements: Statements): Promise<void> {
  await statements.$queryRaw`SELECT 1`;
}
