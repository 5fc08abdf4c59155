import type { Change } from "../../plan/changes.ts";
import type { ExceededLimit } from "../../model/hold.ts";

/** What a limit or a guard held back, for a person to look at. */
export interface Guarded {
  readonly exceeded: readonly ExceededLimit[];
  readonly held: readonly Change[];
}

export const NOTHING_GUARDED: Guarded = { exceeded: [], held: [] };

export function together(all: readonly Guarded[]): Guarded {
  return {
    exceeded: all.flatMap(({ exceeded }) => exceeded),
    held: all.flatMap(({ held }) => held),
  };
}
