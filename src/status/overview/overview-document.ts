import type { Freshness } from "../../store/pages/freshness.ts";
import type { Overview } from "../../store/pages/overview.ts";
import type { Health } from "../health.ts";

/** The overview as a program reads it: from `/` and from `tandem status --json` alike. Times are ISO, UTC. */
export interface OverviewDocument extends Omit<Overview, "name" | "lastContactRuns"> {
  readonly connection: string;
  readonly health: Health;
  /** When each lane last came to its end. */
  readonly freshness: Freshness;
  /** When this was read. */
  readonly at: Date;
}

/** Puts the document together. Its keys are depended on by scripts. */
export function overviewDocument(
  overview: Overview,
  freshness: Freshness,
  health: Health,
  now: Date,
): OverviewDocument {
  const { name, lastContactRuns: _only, ...rest } = overview;
  return { connection: name, at: now, health, freshness, ...rest };
}
