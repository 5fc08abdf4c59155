import { FolderInUse } from "../../sandbox/rehearsal/folder-lock.ts";
import { PortTaken } from "../../sandbox/rehearsal/listen.ts";
import type { Rehearsal, RehearsalOptions } from "../../sandbox/rehearsal/rehearsal.ts";
import { startRehearsal } from "../../sandbox/rehearsal/rehearsal.ts";
import { UnusableSnapshot } from "../../sandbox/rehearsal/snapshot.ts";
import type { App } from "../app.ts";
import { CommandFailure, EXIT } from "../exit-code.ts";

/**
 * Starts the rehearsal servers for a command.
 *
 * @throws CommandFailure with what to do: 75 where another process runs from the folder, 69 where a port is taken or
 *   what was kept cannot be continued from
 */
export async function rehearse(app: App, options: RehearsalOptions): Promise<Rehearsal> {
  try {
    const notKept = (error: unknown): void =>
      app.talk(
        `The rehearsal could not be kept: ${error instanceof Error ? error.message : String(error)}\n`,
      );
    return await startRehearsal({ ...options, notKept });
  } catch (error) {
    if (error instanceof FolderInUse)
      throw new CommandFailure(EXIT.tryLater, `${error.message}\n  fix: stop that one first (Ctrl-C there)`);
    if (error instanceof UnusableSnapshot)
      throw new CommandFailure(EXIT.unavailable, `${error.message}\n  fix: start over with --fresh`);
    if (error instanceof PortTaken)
      throw new CommandFailure(
        EXIT.unavailable,
        `${error.message}\n  fix: choose another one with --${error.vendor}-port; 0 takes any that is free`,
      );
    throw error;
  }
}
