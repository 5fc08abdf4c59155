import type { Statements } from "./database.ts";
import { z } from "zod";
import { rowsOf } from "./rows.ts";

/** What an upgrade did to one connection. */
export interface UpgradeNote {
  readonly connection: string;
  readonly note: string;
}

const UPGRADE_NOTE: z.ZodType<UpgradeNote> = z.object({ connection: z.string(), note: z.string() });

/** What upgrades did that nobody was told yet; the process that takes it tells it, and no other. */
export async function takeUpgradeNotes(statements: Statements): Promise<readonly UpgradeNote[]> {
  return rowsOf(statements, UPGRADE_NOTE)`
    UPDATE run SET untold = false FROM connection
    WHERE untold AND connection.id = run.connection_id
    RETURNING connection.name AS connection, run.note`;
}
