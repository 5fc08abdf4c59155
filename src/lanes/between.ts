import type { Mapping } from "../model/mapping.ts";
import type { Leased } from "./deps.ts";

/**
 * What is done for opt-outs between the pages of a command: the dependencies that do it. The daemon carries them itself
 * (`carryingBetween`). A command that promised to write nothing lends its lease to the daemon's consent lane instead
 * (`lendingBetween`).
 */
export type Between = (leased: Leased, mapping: Mapping) => Leased;

/** Between two pages the consent lane of another process may work, if there is one that waits. */
export const lendingBetween: Between = (leased) => ({
  ...leased,
  async betweenPages() {
    await leased.lend();
    return null;
  },
});
