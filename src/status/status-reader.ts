import type { Database } from "../store/database.ts";
import type { FailingPage, FailingQuery } from "../store/failing-contacts.ts";
import { readFailing } from "../store/failing-contacts.ts";
import type { Overview } from "../store/overview.ts";
import { readOverview } from "../store/overview.ts";
import { reachDatabase } from "../store/reach-database.ts";

/** Everything the pages ask for; reads only. */
export interface StatusReader {
  overview(): Promise<Overview>;
  failing(query: FailingQuery): Promise<FailingPage>;
  /** Rejects where the database does not answer. */
  reach(): Promise<void>;
}

/** The reader of one connection. */
export function statusReader(database: Database, connectionId: number): StatusReader {
  return {
    overview: () => readOverview(database, connectionId),
    failing: (query) => readFailing(database, connectionId, query),
    reach: () => reachDatabase(database),
  };
}
