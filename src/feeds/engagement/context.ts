import type { EngagementSink, EngagementSource } from "../../connectors/engagement-port.ts";
import type { EngagementMapping, Mapping } from "../../model/mapping.ts";
import type { World } from "../../pull/run-context.ts";
import type { Store } from "../../store/database/store.ts";
import type { Lease } from "../../store/runs/leases.ts";
import type { ReadAges } from "../../write/read-ages.ts";

/**
 * What a run of the engagement lane stands on. This room takes Klaviyo's events to HubSpot's timeline, each exactly once:
 * see (`look.ts`), decide (`decide.ts`), do (`record.ts`).
 */
export interface EngagementContext extends Omit<World, "betweenPages"> {
  readonly store: Store;
  readonly mapping: Mapping;
  readonly rules: EngagementMapping;
  readonly source: EngagementSource;
  readonly sink: EngagementSink;
  /** Who has to be in which lists and segments; `null`: everybody counts. */
  readonly counting: Counting | null;
  readonly runId: bigint;
  readonly lease: Lease;
  readonly ages: ReadAges;
  /** When the other lane is to have its turn; the next run continues. */
  readonly turnEnds: Date | null;
}

/** The lists and segments of `only_from`, by id. */
export interface Counting {
  /** People in one of these count. One that was deleted keeps the members that it was last seen with. */
  readonly collections: readonly string[];
  /** Those of them that exist now, and can be read. */
  readonly readable: readonly string[];
  /** A name was never found: of people in none of the others nobody can tell whether they count. */
  readonly incomplete: boolean;
}

/** Is it time to let the other lane work? */
export function isTurnOver({ turnEnds, now }: EngagementContext): boolean {
  return turnEnds !== null && now() >= turnEnds;
}
