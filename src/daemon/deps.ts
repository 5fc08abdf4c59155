import type { Connector } from "../connectors/connector.ts";
import type { SystemUnavailable } from "../model/problem.ts";
import type { PerSide } from "../model/side.ts";
import type { Progress } from "../pull/run-context.ts";
import type { Database } from "../store/database.ts";
import type { LaneTimes } from "./watchdog.ts";

/** Everything a lane needs from outside: made in `main.ts`, owned by tests. */
export interface Deps {
  readonly database: Database;
  readonly connectors: PerSide<Connector>;
  readonly now: () => Date;
  /** Milliseconds that only go forward, whatever is done to the clock; default: the process's own. */
  readonly monotonic?: (() => number) | undefined;
  readonly newId: () => string;
  /** This installation's key for saved plans; read when a plan is saved or applied. */
  readonly fileKey: () => Uint8Array;
  readonly progress: (step: Progress) => void;
  /** Asks to stop at the next page: what is under way is finished and settled. */
  readonly stopping: AbortSignal;
  /** Ends calls under way; what they were about is settled by reading in the next run. */
  readonly signal: AbortSignal;
  /**
   * Called between pages of reading, comparing and writing: what must not wait for the end of a run is done there.
   * Tells of the side that kept it from being done, if one did.
   */
  readonly betweenPages?: () => Promise<SystemUnavailable | null>;
  /** Told once a run has begun, under its lease; a lane that was busy or paused has not. */
  readonly began?: () => Promise<void>;
  /** How long a run may be without progress; for tests. */
  readonly times?: LaneTimes;
}
