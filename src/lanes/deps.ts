import type { RunDeps } from "../pull/run-context.ts";
import type { LaneTimes } from "./watchdog.ts";

/** Everything a lane needs from outside: made in `main.ts`, owned by tests. */
export interface Deps extends RunDeps {
  /** This installation's key for saved plans; read when a plan is saved or applied. */
  readonly fileKey: () => Uint8Array;
  /** Called once a run has begun, under its lease. A lane that was busy or paused has not begun. */
  readonly began?: () => Promise<void>;
  /** How long a run may be without progress; for tests. */
  readonly times?: LaneTimes;
}
