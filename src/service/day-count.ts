import type { DayCount } from "../connectors/http/day-budget.ts";
import type { Side } from "../model/side.ts";
import { addApiCalls } from "../store/runs/api-days.ts";
import { openConnection } from "../store/runs/connections.ts";
import type { Database } from "../store/database/database.ts";

/** Counts the calls of a connection's day in the database. */
export function dayCount(database: Database, connection: string, side: Side): DayCount {
  let id: Promise<number> | null = null;
  const connectionId = (): Promise<number> => {
    id ??= openConnection(database, connection).then((opened) => opened.id);
    // A database that was away is asked again.
    id.catch(() => void (id = null));
    return id;
  };
  return {
    async add({ day, endsAt }, calls, allowed) {
      return addApiCalls(database, await connectionId(), side, day, {
        calls,
        allowed,
        endsAt: new Date(endsAt),
      });
    },
  };
}
