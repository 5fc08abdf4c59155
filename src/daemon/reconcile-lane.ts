import type { Mapping } from "../model/mapping.ts";
import { openConnection } from "../store/connections.ts";
import { forgetCursors } from "../store/cursors.ts";
import { markAllDirty } from "../store/links.ts";
import type { Deps } from "./deps.ts";
import { FOUND } from "./prepare-run.ts";
import type { ContactRun } from "./run-contacts.ts";
import { runContacts } from "./run-contacts.ts";

/** The whole compare: both sides are read from the beginning and everybody is planned anew, the failing ones too. */
export async function runReconcile(deps: Deps, mapping: Mapping, trigger: string): Promise<ContactRun> {
  const { id } = await openConnection(deps.database, mapping.name);
  await forgetCursors(deps.database, id, FOUND);
  await markAllDirty(deps.database, id, deps.now());
  return runContacts(deps, mapping, { trigger });
}
