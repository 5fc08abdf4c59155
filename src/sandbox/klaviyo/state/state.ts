import { seededRandom } from "../../random.ts";
import type { World } from "../../world.ts";
import type { KlaviyoSettings } from "../settings.ts";
import type { Events } from "./events.ts";
import { events } from "./events.ts";
import type { List, Segment } from "./group.ts";
import type { Ids } from "./ids.ts";
import { ids } from "./ids.ts";
import type { ImportJob, SuppressionJob } from "./jobs.ts";
import type { Metrics } from "./metrics.ts";
import { metrics } from "./metrics.ts";
import type { ProfileTable } from "./profile-table.ts";
import { profileTable } from "./profile-table.ts";
import type { Schedule } from "./schedule.ts";
import { schedule } from "./schedule.ts";
import type { VendorTime } from "./vendor-time.ts";
import { vendorTime } from "./vendor-time.ts";

/** What the next import job does instead of completing. */
export type ImportMishap = "stuck" | "cancelled";

/** Somebody who was sent a confirmation and has not answered it. */
export interface PendingOptIn {
  readonly profileId: string;
  readonly listId: string | null;
  readonly source: string | null;
}

/** Everything this Klaviyo knows. */
export interface KlaviyoState {
  readonly world: World;
  readonly settings: KlaviyoSettings;
  readonly time: VendorTime;
  readonly schedule: Schedule;
  readonly ids: Ids;
  readonly profiles: ProfileTable;
  readonly lists: Map<string, List>;
  readonly segments: Map<string, Segment>;
  /** Name by id. */
  readonly tags: Map<string, string>;
  readonly metrics: Metrics;
  readonly events: Events;
  readonly importJobs: Map<string, ImportJob>;
  readonly importMishaps: ImportMishap[];
  readonly suppressionJobs: Map<string, SuppressionJob>;
  readonly pendingOptIns: PendingOptIn[];
}

export function klaviyoState(world: World, settings: KlaviyoSettings): KlaviyoState {
  const time = vendorTime(world.clock);
  // A stream of its own, so that how often somebody asks cannot change who gets which id.
  const own = ids(seededRandom(world.random.below(2 ** 32)));
  return {
    world,
    settings,
    time,
    schedule: schedule(time),
    ids: own,
    profiles: profileTable(),
    lists: new Map(),
    segments: new Map(),
    tags: new Map(),
    metrics: metrics(own),
    events: events(),
    importJobs: new Map(),
    importMishaps: [],
    suppressionJobs: new Map(),
    pendingOptIns: [],
  };
}
