import type { DayCount } from "../connectors/http/day-budget.ts";
import type { Side } from "../model/side.ts";
import { addApiCalls } from "../store/runs/api-days.ts";
import { openStore } from "../store/runs/connections.ts";
import type { Database } from "../store/database/database.ts";
import type { Store } from "../store/database/store.ts";

/** Counts the calls of a connection's day in the database. */
export function dayCount(database: Database, connection: string, side: Side): DayCount {
  let store: Promise<Store> | null = null;
  const opened = (): Promise<Store> => {
    store ??= openStore(database, connection);
    // A database that was away is asked again.
    store.catch(() => void (store = null));
    return store;
  };
  return {
    async add({ day, endsAt }, calls, allowed) {
      return addApiCalls(await opened(), side, day, {
        calls,
        allowed,
        endsAt: new Date(endsAt),
      });
    },
  };
}
