import type { Mapping } from "../model/mapping.ts";
import type { Lease } from "../store/runs/leases.ts";
import type { Deps } from "./deps.ts";

/**
 * What is done for opt-outs between the pages of a command: the dependencies that do it. The daemon carries them itself
 * (`carryingBetween`). A command that promised to write nothing lends its lease to the daemon's consent lane instead
 * (`lendingBetween`).
 */
export type Between = (deps: Deps, mapping: Mapping, held: Held) => Deps;

/** The lease of a command, and how it is lent. */
export interface Held {
  readonly lease: Lease;
  /** Lends the lease where a consent lane waits for it, and returns once it is back. */
  readonly lend: () => Promise<void>;
}

/** Between two pages the consent lane of another process may work, if there is one that waits. */
export const lendingBetween: Between = (deps, _mapping, { lend }) => ({
  ...deps,
  async betweenPages() {
    await lend();
    return null;
  },
});
