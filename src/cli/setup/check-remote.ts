import type { Connector, Schema } from "../../connectors/connector.ts";
import { guardAccount } from "../../lanes/guard-account.ts";
import type { TargetList } from "../../mapping/accounts/check-access.ts";
import { flowFindings, scopeFindings } from "../../mapping/accounts/check-access.ts";
import { checkAgainst } from "../../mapping/accounts/check-against.ts";
import { checkData } from "../../mapping/accounts/check-data.ts";
import { subscribingFindings } from "../../mapping/accounts/check-subscribing.ts";
import type { Diagnostic } from "../../mapping/diagnostics/diagnostic.ts";
import { findCollections } from "../../mapping/accounts/find-collection.ts";
import type { SavedSchema } from "../../mapping/accounts/schema-file.ts";
import type { MappingText } from "../../mapping/diagnostics/tell-at.ts";
import type { Mapping } from "../../model/mapping.ts";
import { SystemUnavailable } from "../../model/problem.ts";
import type { PerSide } from "../../model/side.ts";
import { perSide } from "../../model/side.ts";
import type { App } from "../app.ts";
import { checkEngagementRemote } from "./check-engagement-remote.ts";
import { loadSecrets } from "../load-mapping.ts";
import { sampleContacts } from "./sample-contacts.ts";

/** What both accounts say of a mapping. `saved` is null where a key may not see enough. */
export interface RemoteCheck {
  readonly diagnostics: readonly Diagnostic[];
  readonly saved: SavedSchema | null;
}

/** Contacts of each side that values are counted on: five requests. */
const SAMPLE = 500;

/**
 * Asks both accounts about every name of a mapping and looks at some contacts; reads only.
 *
 * @throws SystemUnavailable where a side is out or refuses the key; a key that merely lacks scopes is a diagnostic
 */
export async function checkRemote(app: App, mapping: Mapping, origin: MappingText): Promise<RemoteCheck> {
  const connectors = await app.connect(mapping, loadSecrets(app, mapping), null);
  try {
    return await checkAccounts(app, connectors, mapping, origin);
  } catch (error) {
    if (!(error instanceof SystemUnavailable) || !LACKS_SCOPE.has(error.problem.code)) throw error;
    // One scope refused the call; a person wants to hear of all of them at once.
    const missing = await askBoth(connectors, (each) => each.missingScopes(app.signal));
    if (missing.hubspot.length + missing.klaviyo.length === 0) throw error;
    return { diagnostics: scopeFindings(mapping, missing, origin), saved: null };
  }
}

const LACKS_SCOPE: ReadonlySet<string> = new Set(["HS-SCOPE", "KL-SCOPE"]);

async function checkAccounts(
  app: App,
  connectors: PerSide<Connector>,
  mapping: Mapping,
  origin: MappingText,
): Promise<RemoteCheck> {
  const accounts = await askBoth(connectors, (each) => each.account(app.signal));
  guardAccount("hubspot", accounts.hubspot, mapping.hubspot.portalId);
  guardAccount("klaviyo", accounts.klaviyo, mapping.klaviyo.accountId);
  const schemas = await askBoth(connectors, (each) => each.discover(app.signal));
  const named = checkAgainst(mapping, schemas, origin);
  const samples = await askBoth(connectors, (each) => {
    const known = new Set(schemas[each.side].fields.map(({ property }) => property));
    const wanted = mapping.fields.map(({ property, propertyType }) => ({
      property: property[each.side],
      type: propertyType[each.side],
    }));
    return sampleContacts(
      each,
      wanted.filter(({ property }) => known.has(property)),
      SAMPLE,
      app.signal,
    );
  });
  const counted = checkData(mapping, schemas, samples, origin);
  const started = flowFindings(mapping, await targetLists(app, connectors, mapping, schemas), origin);
  const subscribing = subscribingFindings(
    mapping,
    await connectors.klaviyo.consent.mayWrite(app.signal),
    origin,
  );
  const shown = await checkEngagementRemote(app, connectors, mapping, schemas, origin);
  return {
    diagnostics: [...named, ...counted, ...started, ...subscribing, ...shown],
    saved: { accounts: perSide((side) => accounts[side].id), schemas },
  };
}

/** The lists that rules add people to, each asked about once. */
async function targetLists(
  app: App,
  { klaviyo }: PerSide<Connector>,
  { rules }: Mapping,
  schemas: PerSide<Schema>,
): Promise<readonly TargetList[]> {
  const wanted = new Map<string, readonly string[] | null>();
  const lists: TargetList[] = [];
  for (const [rule, { addToLists }] of rules.entries()) {
    for (const [item, ref] of addToLists.entries()) {
      const [list, ...more] = findCollections(schemas.klaviyo.collections, "klaviyo", ref);
      if (list === undefined || more.length > 0) continue;
      const starts = wanted.has(list.id)
        ? (wanted.get(list.id) ?? null)
        : await klaviyo.startedBy(list.id, app.signal);
      wanted.set(list.id, starts);
      lists.push({ rule, item, name: list.name, starts });
    }
  }
  return lists;
}

/** Both sides at once. */
export async function askBoth<T>(
  connectors: PerSide<Connector>,
  ask: (connector: Connector) => Promise<T>,
): Promise<PerSide<T>> {
  const [hubspot, klaviyo] = await Promise.all([ask(connectors.hubspot), ask(connectors.klaviyo)]);
  return { hubspot, klaviyo };
}
