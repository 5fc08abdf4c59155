import { resolveConsent } from "../../mapping/accounts/resolve-consent.ts";
import { NOTHING_ACCEPTED, resolveScope } from "../../mapping/accounts/resolve-scope.ts";
import { accountPart, snapshotShape } from "../../values/snapshot-shape.ts";
import type { Mapping } from "../../model/mapping.ts";
import type { ResolvedConsent, ResolvedRule } from "../../model/scope.ts";
import type { PerSide } from "../../model/side.ts";
import { perSide } from "../../model/side.ts";
import { readCursors } from "../../store/snapshots/cursors.ts";
import { FOUND, SHAPE } from "./prepare-run.ts";
import type { Store } from "../../store/database/store.ts";

/** The scope of the last run, and the shapes of this mapping in the accounts as they were then. */
export interface Remembered {
  readonly scope: readonly ResolvedRule[];
  readonly consent: ResolvedConsent;
  readonly shapes: PerSide<string>;
}

/** The rules with the ids under which what they name was last found: without asking either system. */
export async function resolveRemembered(store: Store, mapping: Mapping): Promise<Remembered> {
  const earlier = await readCursors(store, FOUND);
  const nothing = { fields: [], collections: [] };
  const names = resolveScope(mapping.rules, { hubspot: nothing, klaviyo: nothing }, earlier);
  const shapes = perSide((side) =>
    snapshotShape(mapping, side, accountPart(earlier.get(SHAPE + side) ?? "")),
  );
  return {
    scope: names.rules(NOTHING_ACCEPTED),
    consent: resolveConsent(mapping.consent, [], earlier).consent,
    shapes,
  };
}
