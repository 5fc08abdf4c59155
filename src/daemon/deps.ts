import type { Connector } from "../connectors/connector.ts";
import type { PerSide } from "../model/side.ts";
import type { Progress } from "../pull/run-context.ts";
import type { Database } from "../store/database.ts";

/** Everything a lane needs from outside: made in `main.ts`, owned by tests. */
export interface Deps {
  readonly database: Database;
  readonly connectors: PerSide<Connector>;
  readonly now: () => Date;
  /** Milliseconds that only go forward, whatever is done to the clock; default: the process's own. */
  readonly monotonic?: (() => number) | undefined;
  readonly newId: () => string;
  readonly progress: (step: Progress) => void;
  /** Asks to stop at the next page: what is under way is finished and settled. */
  readonly stopping: AbortSignal;
  /** Ends calls under way; what they were about is settled by reading in the next run. */
  readonly signal: AbortSignal;
}
