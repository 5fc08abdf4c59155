import type { Statements } from "./database.ts";

/** What an upgrade did to one connection. */
export interface UpgradeNote {
  readonly connection: string;
  readonly note: string;
}

/** What upgrades did that nobody was told yet; the process that takes it tells it, and no other. */
export async function takeUpgradeNotes(statements: Statements): Promise<readonly UpgradeNote[]> {
  return statements.$queryRaw<UpgradeNote[]>`
    UPDATE run SET untold = false FROM connection
    WHERE untold AND connection.id = run.connection_id
    RETURNING connection.name AS connection, run.note`;
}
