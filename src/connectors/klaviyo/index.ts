import { fromIndex } from "../../model/contact.ts";
import type { Account, Connector } from "../connector.ts";
import type { Timing } from "../http/governor.ts";
import type { ConnectorLog } from "../http/connector-log.ts";
import type { Calls } from "./wire/calls.ts";
import { calls as makeCalls } from "./wire/calls.ts";
import { endpoints } from "./wire/client.ts";
import type { Endpoints } from "./wire/client.ts";
import { contactsOf } from "./contacts.ts";
import { cost } from "./cost.ts";
import { discover, outline } from "./discover.ts";
import { engagementSource } from "./engagement/source.ts";
import { asksForPredictions } from "./fields.ts";
import { followedJobs } from "./write/followed-jobs.ts";
import { flowsStartedBy } from "./flows.ts";
import { findByEmails, readByIds } from "./pull/lookup.ts";
import { missingScopes } from "./problems/missing-scopes.ts";
import { pages } from "./wire/pages.ts";
import { CHANGES_OVERLAP, pull } from "./pull/pull.ts";
import { refusalEvents } from "./consent/refusal-events.ts";
import { mayWriteSubscriptions, refusals } from "./consent/refusals.ts";
import { subscribe } from "./consent/subscribe.ts";
import { accountPage, profilePage } from "./wire/wire.ts";
import { write } from "./write/write.ts";

export interface KlaviyoDeps extends Timing {
  /** A private key, `pk_…`. It should have `subscriptions:write` only where the mapping carries opt-outs or subscribes. */
  readonly key: string;
  /** `null` is Klaviyo's own host; otherwise that host or a loopback address, as in a rehearsal. */
  readonly baseUrl: string | null;
  /** `2026-07-15` */
  readonly revision: string;
  /** The part of the account's quota that may be used, 0–1. */
  readonly apiShare: number;
  readonly log: ConnectorLog;
  /** How long a call may take. Milliseconds. */
  readonly timeoutMs?: number;
  /** How long an import job is waited for; after that a later run follows it. Milliseconds. */
  readonly importBudgetMs?: number;
}

const TIMEOUT_MS = 30_000;
/** A slower job goes on without us: no lane waits for it. */
const IMPORT_BUDGET_MS = 45_000;
/** The largest import job: every job is asked about until it is done, so few large ones take the fewest requests. */
const WRITE_SIZE = 10_000;

/**
 * Klaviyo as a system to keep in step. Throws RangeError for a base URL that is neither Klaviyo nor loopback.
 * It carries refusals to Klaviyo, subscribes only with a `Clearance`, and suppresses and unsuppresses nobody.
 */
export function klaviyo(deps: KlaviyoDeps): Connector {
  const { now, steady = now, sleep, apiShare, log, timeoutMs = TIMEOUT_MS } = deps;
  const client = endpoints({ ...deps, timeoutMs });
  const calls = makeCalls({ now, steady, sleep, share: apiShare, log });

  return {
    side: "klaviyo",
    can: { create: true, writeLists: true, consent: true, reportsStored: false },
    account: (signal) => account(calls, client, signal),
    discover: (signal) => discover(calls, client, signal),
    outline: (signal) => outline(calls, client, signal),
    missingScopes: (signal) => missingScopes(calls, client, signal),
    startedBy: (list, signal) => flowsStartedBy(calls, client, list, signal),
    consent: {
      refusals: (since, signal) => refusals({ calls, client, log }, since, signal),
      refusalEvents: (since, signal) => refusalEvents({ calls, client }, since, signal),
      formerOptOuts: null,
      subscribe: (clearances, gate, signal) => subscribe({ calls, client, signal }, gate, clearances),
      mayWrite: (signal) => mayWriteSubscriptions({ calls, client }, signal),
    },
    engagement: {
      source: engagementSource({ calls, client, now, log }),
      // Klaviyo's own pages show what Klaviyo sent.
      sink: () => null,
      makeProperties: null,
    },
    requests: () => calls.requests(),
    skewMs: () => calls.skewMs(),
    quotas: () => calls.quotas(),
    contacts: {
      pull: (scope, cursor, signal) => pull({ calls, client, log }, scope, cursor, signal),
      async *everyone(properties, signal) {
        const predictions = asksForPredictions(properties);
        const call = (cursor: string | null) => client.profiles({ sort: "id", cursor, predictions });
        for await (const { data } of pages(calls, client.origin, profilePage, call, null, signal)) {
          yield fromIndex(contactsOf(data, properties, log));
        }
      },
      read: (ids, properties, signal) => readByIds({ calls, client, log, properties, signal }, ids),
      // Klaviyo knows one time for a whole profile.
      readHistory: null,
      removed: null,
      pullLagMs: CHANGES_OVERLAP,
      find: (emails, properties, signal) => findByEmails({ calls, client, log, properties, signal }, emails),
      write: (operations, properties, gate, signal) =>
        write(
          {
            calls,
            client,
            properties,
            gate,
            signal,
            now,
            sleep,
            steady,
            budgetMs: deps.importBudgetMs ?? IMPORT_BUDGET_MS,
          },
          operations,
        ),
      writeSize: WRITE_SIZE,
      jobs: followedJobs({ calls, client }, () => calls.skewMs()),
      cost: (work) => cost(work, apiShare),
    },
  };
}

async function account(calls: Calls, client: Endpoints, signal: AbortSignal): Promise<Account> {
  const { data } = await calls.read(client.accounts(), accountPage, signal);
  const [found] = data.data;
  return {
    id: found?.id ?? "",
    name: found?.attributes.contact_information?.organization_name ?? "",
    timeZone: found?.attributes.timezone ?? null,
    contactUrl: "https://www.klaviyo.com/profile/{id}",
  };
}
