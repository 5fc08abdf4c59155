import type { MadeCall } from "../../model/watch/api-health.ts";
import { fromIndex } from "../../model/contact.ts";
import type { Account, Connector, Cost, Work } from "../connector.ts";
import type { Timing } from "../http/rate-limiter.ts";
import type { ConnectorLog } from "../http/connector-log.ts";
import type { Calls } from "./wire/calls.ts";
import { calls as makeCalls } from "./wire/calls.ts";
import { endpoints } from "./wire/client.ts";
import type { Endpoints } from "./wire/client.ts";
import { contactsOf } from "./contacts.ts";
import { discover, outline } from "./discover.ts";
import { engagementSource } from "./engagement/source.ts";
import { asksForPredictions } from "./fields.ts";
import { followedJobs } from "./write/followed-jobs.ts";
import { flowsStartedBy } from "./flows.ts";
import { findByEmails, readByIds } from "./pull/lookup.ts";
import { missingScopes } from "./problems/missing-scopes.ts";
import { pages } from "./wire/pages.ts";
import { CHANGES_OVERLAP, pull } from "./pull/pull.ts";
import { optOutEvents } from "./consent/opt-out-events.ts";
import { mayWriteSubscriptions, optOuts } from "./consent/opt-outs.ts";
import { subscribe } from "./consent/subscribe.ts";
import { accountPage, groupAnswer, profilePage } from "./wire/wire.ts";
import { write, MOST_SINGLES } from "./write/write.ts";
import { LARGEST_JOB } from "./write/import-job.ts";
import { LARGEST_BATCH } from "./write/membership.ts";
import { OPERATIONS } from "./wire/operations.ts";

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
  /** Told of each call that was made. */
  readonly told?: (call: MadeCall) => void;
  /** How long a call may take. Milliseconds. */
  readonly timeoutMs?: number;
  /** How long an import job is waited for; after that a later run follows it. Milliseconds. */
  readonly importBudgetMs?: number;
}

const TIMEOUT_MS = 30_000;
/** A slower job continues without us: no lane waits for it. */
const IMPORT_BUDGET_MS = 45_000;
/** The largest import job: every job is asked about until it is done, so few large ones take the fewest requests. */
const WRITE_SIZE = 10_000;

/**
 * Klaviyo as a system to keep in step. Throws RangeError for a base URL that is neither Klaviyo nor loopback.
 * It carries refusals to Klaviyo, subscribes only with a `Clearance`, and suppresses and unsuppresses nobody.
 */
export function klaviyo(deps: KlaviyoDeps): Connector {
  const { now, steady = now, sleep, apiShare, log, told, timeoutMs = TIMEOUT_MS } = deps;
  const client = endpoints({ ...deps, timeoutMs });
  const calls = makeCalls({ now, steady, sleep, share: apiShare, log, told });

  return {
    side: "klaviyo",
    account: (signal) => account(calls, client, signal),
    discover: (signal) => discover(calls, client, signal),
    outline: (signal) => outline(calls, client, signal),
    missingScopes: (signal) => missingScopes(calls, client, signal),
    async countMembers({ kind, id }, signal) {
      const { data } = await calls.read(client.count(kind, id), groupAnswer, signal);
      return data.data.attributes.profile_count ?? null;
    },
    startedBy: (list, signal) => flowsStartedBy(calls, client, list, signal),
    consent: {
      optOuts: (since, signal) => optOuts({ calls, client, log }, since, signal),
      optOutEvents: (since, signal) => optOutEvents({ calls, client }, since, signal),
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
    health: () => calls.health(),
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

/** What a lookup by id takes at once. */
const LOOKUP = 100;
/** An import job is started, asked about until it is done, and its errors are read. */
const CALLS_PER_JOB = 8;
/** How long Klaviyo takes is documented nowhere. */
const SECONDS_PER_JOB = 10;

/**
 * Creates, and updates that empty nothing, are imported where they are many. What empties something is written one by one:
 * there is no other way. Updates are read in hundreds before.
 */
function cost({ creates, updates, clears, listChanges }: Work, apiShare: number): Cost {
  const emptying = Math.min(clears, updates);
  const kinds = [creates, updates - emptying];
  const imported = kinds.filter((count) => count > MOST_SINGLES);
  const jobs = imported.reduce((sum, count) => sum + Math.ceil(count / LARGEST_JOB), 0);
  const singles = emptying + kinds.reduce((sum, count) => sum + (count > MOST_SINGLES ? 0 : count), 0);
  const lookups = Math.ceil(updates / LOOKUP);
  const listing = Math.ceil(listChanges / LARGEST_BATCH);
  const requests = singles + lookups + jobs * CALLS_PER_JOB + listing;
  const aMinute = OPERATIONS.update_profile.steady * apiShare;
  return { requests, seconds: Math.ceil(((singles + lookups) * 60) / aMinute) + jobs * SECONDS_PER_JOB };
}
