import type { World } from "../pull/run-context.ts";
import type { Database } from "../store/database/database.ts";
import type { Store } from "../store/database/store.ts";
import type { StoredConnection } from "../store/runs/connections.ts";
import type { Lease } from "../store/runs/leases.ts";
import type { LaneTimes } from "./watchdog.ts";

/** Everything a lane needs from outside: made in `main.ts`, owned by tests. */
export interface Deps extends World {
  readonly database: Database;
  /** This installation's key for saved plans; read when a plan is saved or applied. */
  readonly fileKey: () => Uint8Array;
  /** Called once a run has begun, under its lease. A lane that was busy or paused has not begun. */
  readonly began?: () => Promise<void>;
  /** How long a run may be without progress; for tests. */
  readonly times?: LaneTimes;
}

/** The same, with a connection opened. */
export type Opened<D = Deps> = D & { readonly store: Store; readonly connection: StoredConnection };

/** The same, alone on its connection's contacts. */
export type Leased<D = Deps> = Opened<D> & {
  readonly lease: Lease;
  /** Lends the lease where a consent lane waits for it, and returns once it is back: for work that writes to no vendor. */
  readonly lend: () => Promise<void>;
};
