import { resolveConsent } from "../mapping/resolve-consent.ts";
import { resolveScope } from "../mapping/resolve-scope.ts";
import type { Mapping } from "../model/mapping.ts";
import type { ResolvedConsent, ResolvedRule } from "../model/scope.ts";
import { readCursors } from "../store/cursors.ts";
import type { Database } from "../store/database.ts";
import { FOUND } from "./prepare-run.ts";

/** The rules with the ids under which what they name was last found: without asking either system. */
export async function resolveRemembered(
  database: Database,
  connectionId: number,
  mapping: Mapping,
): Promise<{ readonly scope: readonly ResolvedRule[]; readonly consent: ResolvedConsent }> {
  const earlier = await readCursors(database, connectionId, FOUND);
  const nothing = { fields: [], collections: [] };
  const { rules } = resolveScope(mapping.rules, { hubspot: nothing, klaviyo: nothing }, earlier);
  return { scope: rules, consent: resolveConsent(mapping.consent, [], earlier).consent };
}
