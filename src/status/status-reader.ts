import type { FailingFacets } from "../store/pages/cause-trends.ts";
import { readFacets } from "../store/pages/cause-trends.ts";
import type { UndoableConflict } from "../store/writes/conflict-undos.ts";
import { conflictOf, conflictsOf } from "../store/writes/conflict-undos.ts";
import type { ContactTimes } from "../store/people/contact-times.ts";
import { contactTimes } from "../store/people/contact-times.ts";
import type { ContactsPage, ContactsQuery } from "../store/people/contacts-list.ts";
import { addressesLike, linkOfEmail, listContacts } from "../store/people/contacts-list.ts";
import type { FailingContact, FailingPage, FailingQuery } from "../store/pages/failing-contacts.ts";
import { eachFailing, readContacts, readFailing } from "../store/pages/failing-contacts.ts";
import { readFreshness } from "../store/pages/freshness.ts";
import { readLaneEnds } from "../store/runs/lane-ends.ts";
import { holds } from "../store/runs/pauses.ts";
import type { LaneSchedule } from "./overdue-lanes.ts";
import { later, overdueLanes } from "./overdue-lanes.ts";
import { failingSince } from "../store/pages/failing-since.ts";
import type { Overview } from "../store/pages/overview.ts";
import { readOverview } from "../store/pages/overview.ts";
import type { PersonAct } from "../store/people/person-acts.ts";
import { personActs } from "../store/people/person-acts.ts";
import type { RawExchange } from "../store/writes/raw-exchange.ts";
import { rawExchanges } from "../store/writes/raw-exchange.ts";
import { reachDatabase } from "../store/database/reach-database.ts";
import type { RetryProgress } from "../store/pages/retries.ts";
import { retryProgress } from "../store/pages/retries.ts";
import type { Store } from "../store/database/store.ts";

/** Everything the pages ask for; reads only. */
export interface StatusReader {
  overview(): Promise<Overview>;
  failing(query: FailingQuery): Promise<FailingPage>;
  /** How many fail now that did not then. */
  failingSince(since: Date): Promise<number>;
  eachFailing(query: FailingQuery): AsyncIterable<FailingContact>;
  facets(): Promise<FailingFacets>;
  contacts(query: ContactsQuery): Promise<ContactsPage>;
  /** The link that has exactly this email address. */
  linkOfEmail(email: string): Promise<string | null>;
  addressesLike(beginning: string): Promise<readonly string[]>;
  /** Problems, name and whether a person left them alone, of whatever state they are. */
  contact(linkId: bigint): Promise<FailingContact | null>;
  contactTimes(linkId: bigint): Promise<ContactTimes | null>;
  /** What people did about somebody, the latest first. */
  acts(linkId: bigint): Promise<readonly PersonAct[]>;
  conflicts(linkId: bigint): Promise<readonly UndoableConflict[]>;
  conflict(id: bigint): Promise<UndoableConflict | null>;
  exchanges(linkId: bigint): Promise<readonly RawExchange[]>;
  /** Of the latest retry, while it is worth telling. */
  retryProgress(): Promise<RetryProgress | null>;
  /** Rejects where the database does not answer. */
  reach(): Promise<void>;
}

/** A retry that is older has ended, or what it waits for is told elsewhere. */
const RETRY_TOLD_MS = 60 * 60_000;

/** Of one person: more than anybody reads. */
const MOST_SHOWN = 100;
const EXCHANGES_SHOWN = 20;

/** The stored overview, and with a schedule the lanes that are overdue now. */
async function overviewWithLanes(store: Store, schedule: LaneSchedule | null, now: Date): Promise<Overview> {
  const overview = await readOverview(store);
  if (schedule === null) return overview;
  const freshness = await readFreshness(store);
  const ends = await readLaneEnds(store);
  const facts = {
    ...ends,
    freshness,
    isPaused: holds(overview.pause, now),
    resumedAt: later(ends.resumedAt, overview.pause?.until ?? null),
    waiting: overview.counters.waiting,
  };
  const overdue = overdueLanes(facts, schedule, now);
  return { ...overview, connectionProblems: [...overview.connectionProblems, ...overdue] };
}

/** The reader of one connection. */
export function statusReader(
  store: Store,
  now: () => Date = () => new Date(),
  schedule: () => LaneSchedule | null = () => null,
): StatusReader {
  return {
    overview: () => overviewWithLanes(store, schedule(), now()),
    failing: (query) => readFailing(store, query, now()),
    failingSince: (since) => failingSince(store, since),
    eachFailing: (query) => eachFailing(store, query, now()),
    facets: () => readFacets(store, now()),
    contacts: (query) => listContacts(store, query),
    linkOfEmail: (email) => linkOfEmail(store, email),
    addressesLike: (beginning) => addressesLike(store, beginning),
    contact: async (linkId) => (await readContacts(store, [linkId]))[0] ?? null,
    contactTimes: (linkId) => contactTimes(store, linkId),
    acts: (linkId) => personActs(store, linkId, MOST_SHOWN),
    conflicts: (linkId) => conflictsOf(store, linkId, MOST_SHOWN),
    conflict: (id) => conflictOf(store, id),
    exchanges: (linkId) => rawExchanges(store, linkId, EXCHANGES_SHOWN),
    retryProgress: () => retryProgress(store, new Date(now().getTime() - RETRY_TOLD_MS)),
    reach: () => reachDatabase(store.statements),
  };
}
