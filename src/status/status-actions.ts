import type { AuditEntry } from "../store/audit.ts";
import { writeAudit } from "../store/audit.ts";
import type { Database } from "../store/database.ts";

/** What people do on the page; everything with its row in the audit. */
export interface StatusActions {
  readonly database: Database;
  readonly connectionId: number;
  readonly audit: (entry: AuditEntry) => Promise<void>;
  /** Something waits to be done: a run may begin at once. */
  readonly wake: () => void;
}

/** The actions of one connection. */
export function statusActions(
  database: Database,
  connectionId: number,
  now: () => Date,
  wake: () => void = () => {},
): StatusActions {
  return {
    database,
    connectionId,
    audit: (entry) => writeAudit(database, connectionId, entry, now()),
    wake,
  };
}
