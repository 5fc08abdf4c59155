import type { Mapping } from "../model/mapping.ts";
import { beginComparison, lastPulls } from "../store/comparisons.ts";
import { openConnection } from "../store/connections.ts";
import { forgetCursors } from "../store/cursors.ts";
import { transaction } from "../store/database.ts";
import { markAllDirty } from "../store/links.ts";
import type { Deps } from "./deps.ts";
import { FOUND } from "./prepare-run.ts";
import type { ContactRun } from "./run-contacts.ts";
import { runContacts } from "./run-contacts.ts";

/**
 * The full comparison: the members of the rules' collections are read from the beginning, then every other linked contact
 * of both sides, whichever leads, and plans everybody, failing contacts too. It counts what earlier pulls had missed.
 */
export async function runReconcile(deps: Deps, mapping: Mapping, trigger: string): Promise<ContactRun> {
  const { database, now } = deps;
  const { id } = await openConnection(database, mapping.name);
  await transaction(database, async (statements) => {
    const pulled = await lastPulls(statements, id);
    await forgetCursors(statements, id, FOUND);
    await beginComparison(statements, id, { began: now(), pulled });
    await markAllDirty(statements, id, now());
  });
  return runContacts(deps, mapping, { trigger });
}
