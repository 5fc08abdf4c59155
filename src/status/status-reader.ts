import type { FailingFacets } from "../store/pages/cause-trends.ts";
import { readFacets } from "../store/pages/cause-trends.ts";
import type { UndoableConflict } from "../store/writes/conflict-undos.ts";
import { conflictOf, conflictsOf } from "../store/writes/conflict-undos.ts";
import type { ContactTimes } from "../store/people/contact-times.ts";
import { contactTimes } from "../store/people/contact-times.ts";
import type { ContactsPage, ContactsQuery } from "../store/people/contacts-list.ts";
import { addressesLike, linkOfEmail, listContacts } from "../store/people/contacts-list.ts";
import type { Database } from "../store/database/database.ts";
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
async function overviewWithLanes(
  database: Database,
  connectionId: number,
  schedule: LaneSchedule | null,
  now: Date,
): Promise<Overview> {
  const overview = await readOverview(database, connectionId);
  if (schedule === null) return overview;
  const freshness = await readFreshness(database, connectionId);
  const ends = await readLaneEnds(database, connectionId);
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
  database: Database,
  connectionId: number,
  now: () => Date = () => new Date(),
  schedule: () => LaneSchedule | null = () => null,
): StatusReader {
  return {
    overview: () => overviewWithLanes(database, connectionId, schedule(), now()),
    failing: (query) => readFailing(database, connectionId, query, now()),
    failingSince: (since) => failingSince(database, connectionId, since),
    eachFailing: (query) => eachFailing(database, connectionId, query, now()),
    facets: () => readFacets(database, connectionId, now()),
    contacts: (query) => listContacts(database, connectionId, query),
    linkOfEmail: (email) => linkOfEmail(database, connectionId, email),
    addressesLike: (beginning) => addressesLike(database, connectionId, beginning),
    contact: async (linkId) => (await readContacts(database, connectionId, [linkId]))[0] ?? null,
    contactTimes: (linkId) => contactTimes(database, connectionId, linkId),
    acts: (linkId) => personActs(database, connectionId, linkId, MOST_SHOWN),
    conflicts: (linkId) => conflictsOf(database, connectionId, linkId, MOST_SHOWN),
    conflict: (id) => conflictOf(database, connectionId, id),
    exchanges: (linkId) => rawExchanges(database, connectionId, linkId, EXCHANGES_SHOWN),
    retryProgress: () => retryProgress(database, connectionId, new Date(now().getTime() - RETRY_TOLD_MS)),
    reach: () => reachDatabase(database),
  };
}
