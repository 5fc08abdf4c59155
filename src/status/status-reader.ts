import type { FailingFacets } from "../store/cause-trends.ts";
import { readFacets } from "../store/cause-trends.ts";
import type { Database } from "../store/database.ts";
import type { FailingContact, FailingPage, FailingQuery } from "../store/failing-contacts.ts";
import { eachFailing, readFailing } from "../store/failing-contacts.ts";
import type { Overview } from "../store/overview.ts";
import { readOverview } from "../store/overview.ts";
import { reachDatabase } from "../store/reach-database.ts";
import type { RetryProgress } from "../store/retries.ts";
import { retryProgress } from "../store/retries.ts";

/** Everything the pages ask for; reads only. */
export interface StatusReader {
  overview(): Promise<Overview>;
  failing(query: FailingQuery): Promise<FailingPage>;
  eachFailing(query: FailingQuery): AsyncIterable<FailingContact>;
  facets(): Promise<FailingFacets>;
  /** Of the latest retry, while it is worth telling. */
  retryProgress(): Promise<RetryProgress | null>;
  /** Rejects where the database does not answer. */
  reach(): Promise<void>;
}

/** A retry that is older has ended, or what it waits for is told elsewhere. */
const RETRY_TOLD_MS = 60 * 60_000;

/** The reader of one connection. */
export function statusReader(
  database: Database,
  connectionId: number,
  now: () => Date = () => new Date(),
): StatusReader {
  return {
    overview: () => readOverview(database, connectionId),
    failing: (query) => readFailing(database, connectionId, query, now()),
    eachFailing: (query) => eachFailing(database, connectionId, query, now()),
    facets: () => readFacets(database, connectionId, now()),
    retryProgress: () => retryProgress(database, connectionId, new Date(now().getTime() - RETRY_TOLD_MS)),
    reach: () => reachDatabase(database),
  };
}
