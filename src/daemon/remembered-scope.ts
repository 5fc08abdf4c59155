import { resolveScope } from "../mapping/resolve-scope.ts";
import type { Mapping } from "../model/mapping.ts";
import type { ResolvedRule } from "../model/scope.ts";
import { readCursors } from "../store/cursors.ts";
import type { Database } from "../store/database.ts";
import { FOUND } from "./prepare-run.ts";

/** The rules with the ids under which their lists were last found: without asking either system. */
export async function resolveRemembered(
  database: Database,
  connectionId: number,
  mapping: Mapping,
): Promise<readonly ResolvedRule[]> {
  const earlier = await readCursors(database, connectionId, FOUND);
  const nothing = { fields: [], collections: [] };
  return resolveScope(mapping.rules, { hubspot: nothing, klaviyo: nothing }, earlier).rules;
}
