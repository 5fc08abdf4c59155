import { DELETED_KEPT_MS, removedForGood } from "./pull/removed-contacts.ts";
import type { ConnectorLog } from "../http/connector-log.ts";
import type { Connector, Schema, Cost, Work } from "../connector.ts";
import type { MadeCall } from "../../model/watch/api-health.ts";
import type { DayCount } from "../http/day-budget.ts";
import type { Timing } from "../http/rate-limiter.ts";
import { calls, BURST } from "./wire/calls.ts";
import { endpoints } from "./wire/client.ts";
import type { ApiVersion } from "./wire/put-together.ts";
import { LATEST } from "./pull/changes.ts";
import { companyReader } from "./companies/companies.ts";
import { companyDefinitions } from "./companies/company-definitions.ts";
import { BATCH } from "./contacts.ts";
import type { Account } from "./contacts.ts";
import { everyContact } from "./pull/every-contact.ts";
import { hubspotEngagement } from "./engagement/port.ts";
import type { HubSpotApp } from "./engagement/port.ts";
import { fieldSpec } from "./fields.ts";
import { formerOptOuts } from "./consent/former-opt-outs.ts";
import { sizeOf } from "./lists/list-sizes.ts";
import { missingScopes } from "./problems/missing-scopes.ts";
import { optOutTypes, typesNamed } from "./consent/opt-out-types.ts";
import { accountDetails, propertyList } from "./wire/parse.ts";
import { pullContacts } from "./pull/pull.ts";
import { findContacts, readContacts, readHistories } from "./pull/read-contacts.ts";
import { optOuts } from "./consent/opt-outs.ts";
import { searchedLists } from "./lists/search-lists.ts";
import { writeAll } from "./write/write.ts";

export interface HubSpotDeps extends Timing {
  /** A service key or private-app token, or what gives a fresh OAuth access token; asked before every call. */
  readonly token: string | (() => Promise<string>);
  /** `null`: https://api.hubapi.com. Otherwise that, or plain HTTP on loopback. */
  readonly baseUrl: string | null;
  readonly apiVersion: ApiVersion;
  /** The part of the account's quota that may be used: above 0, at most 1. */
  readonly apiShare: number;
  /** Where the calls of a day are counted. Default: in this process alone. */
  readonly dayCount?: DayCount;
  /** Whether the mapping names properties of companies, `company.NAME`: they are discovered too. Default: false. */
  readonly companies?: boolean;
  /** The subscription types, by name or id, whose opt-outs are read with every contact. Default: none. */
  readonly optOutTypes?: readonly string[];
  /** The app whose OAuth sign-in `token` is. Default: none, `token` is a key of the portal's own. */
  readonly app?: HubSpotApp | null;
  /** When a call without an answer is given up. Default 30 s: HubSpot's own gateway waits longer, nobody else should. */
  readonly timeoutMs?: number;
  readonly log: ConnectorLog;
  /** Told of each call that was made. */
  readonly told?: (call: MadeCall) => void;
}

const TIMEOUT_MS = 30_000;

/**
 * HubSpot contacts and lists. Its lists are `list` collections, whatever HubSpot's pages call them.
 * Throws RangeError for a base URL or a share that is not allowed.
 */
export function hubspot(deps: HubSpotDeps): Connector {
  const { token, baseUrl, apiVersion, timeoutMs = TIMEOUT_MS } = deps;
  const paced = calls(deps);
  const own = endpoints({ token, baseUrl, apiVersion, timeoutMs });
  const definitions = companyDefinitions(own, paced, deps.steady ?? deps.now);
  const named = deps.optOutTypes ?? [];
  /** `null` until it is known which ids the named types have. */
  let types: readonly string[] | null = named.length === 0 ? [] : null;
  const account = (): Account => ({
    endpoints: own,
    calls: paced,
    optOutTypes: types ?? [],
    log: deps.log,
    companies: companyReader(own, paced, definitions),
  });
  /** Runs learn it with everything else; refusals are looked for before that, by a process that has only begun. */
  const knowingTypes = async (signal: AbortSignal): Promise<Account> => {
    if (types === null) {
      const { body } = await paced.read(own.properties(), propertyList, signal);
      types = typesNamed(named, optOutTypes(body.results));
    }
    return account();
  };
  /** HubSpot lists its properties: nobody has to look through contacts for them. */
  const outline = async (signal: AbortSignal): Promise<Schema> => {
    const schema = await schemaOf(account(), signal);
    types = typesNamed(named, schema.optOutTypes ?? []);
    const companies = deps.companies === true ? await definitions.list(signal) : [];
    return { ...schema, fields: [...schema.fields, ...companies] };
  };
  return {
    side: "hubspot",
    async account(signal) {
      const { body } = await paced.read(own.account(), accountDetails, signal);
      const { portalId, accountType, timeZone = null, uiDomain } = body;
      paced.learnTimeZone(timeZone);
      return {
        id: portalId,
        // HubSpot's accounts have no name that the API tells.
        name: accountType === "STANDARD" ? `HubSpot ${portalId}` : `HubSpot ${portalId} (${accountType})`,
        timeZone,
        contactUrl: `https://${uiDomain}/contacts/${portalId}/record/0-1/{id}`,
      };
    },
    discover: outline,
    countMembers: ({ size }) => Promise.resolve(size),
    outline,
    missingScopes: (signal) => missingScopes(account(), signal),
    // Tandem writes to no HubSpot list that could start a workflow.
    startedBy: () => Promise.resolve(null),
    contacts: {
      pull: (scope, cursor, signal) => pullContacts(account(), scope, cursor, signal),
      everyone: (properties, signal) => everyContact(account(), properties, signal),
      read: (ids, properties, signal) => readContacts(account(), ids, properties, signal),
      removed: {
        keptMs: DELETED_KEPT_MS,
        forGood: (ids, signal) => removedForGood(account(), ids, signal),
      },
      readHistory: (ids, properties, historic, signal) =>
        readHistories(account(), ids, properties, historic, signal),
      pullLagMs: LATEST,
      find: (emails, properties, signal) => findContacts(account(), emails, properties, signal),
      write: (operations, properties, gate, signal) =>
        writeAll(account(), operations, properties, gate, signal),
      writeSize: BATCH,
      jobs: null,
      cost: (work) => cost(work, deps.apiShare),
    },
    consent: {
      async *optOuts(since, signal) {
        yield* optOuts(await knowingTypes(signal), since, signal);
      },
      optOutEvents: null,
      async formerOptOuts(left, signal) {
        return formerOptOuts(await knowingTypes(signal), left, signal);
      },
      // There is no way to subscribe anybody in this folder.
      subscribe: null,
      mayWrite: () => Promise.resolve(null),
    },
    engagement: hubspotEngagement(account, deps.app ?? null),
    requests: () => paced.requests(),
    skewMs: () => paced.skewMs(),
    quotas: () => paced.quotas(),
    health: () => paced.health(),
  };
}

/** Contact properties, and lists of contacts (HubSpot has lists of companies too). */
async function schemaOf(account: Account, signal: AbortSignal): Promise<Schema> {
  const { body } = await account.calls.read(account.endpoints.properties(), propertyList, signal);
  const lists = await searchedLists(account, signal);
  const collections = lists
    .filter(({ objectTypeId }) => objectTypeId === "0-1")
    .map((list) => ({
      id: list.listId,
      name: list.name,
      kind: "list" as const,
      writable: list.processingType === "MANUAL" || list.processingType === "SNAPSHOT",
      doubleOptIn: false,
      size: sizeOf(list),
    }));
  return { fields: body.results.map(fieldSpec), collections, optOutTypes: optOutTypes(body.results) };
}

/** Batches of a hundred: a create is one write, an update is read before it is written, a list takes its own calls. */
function cost({ creates, updates, listChanges }: Work, apiShare: number): Cost {
  const batches = (count: number) => Math.ceil(count / BATCH);
  const requests = batches(creates) + 2 * batches(updates) + batches(listChanges);
  return { requests, seconds: Math.ceil((requests * BURST.perMs) / 1_000 / (BURST.calls * apiShare)) };
}
