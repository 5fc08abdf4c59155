import { z } from "zod";
import type { Statements } from "./database.ts";
import { rowsOf } from "./rows.ts";

const UPGRADE_NOTE_ROW = z.object({ connection: z.string(), note: z.string() });

/** What an upgrade did to one connection. */
export type UpgradeNote = z.infer<typeof UPGRADE_NOTE_ROW>;

/** What upgrades did that nobody was told yet; the process that takes it tells it, and no other. */
export async function takeUpgradeNotes(statements: Statements): Promise<readonly UpgradeNote[]> {
  return rowsOf(statements, UPGRADE_NOTE_ROW)`
    UPDATE run SET untold = false FROM connection
    WHERE untold AND connection.id = run.connection_id
    RETURNING connection.name AS connection, run.note`;
}
