import type { Task } from "./task.ts";
import type { RandomData } from "../../random.ts";
import { randomFrom } from "../../random.ts";
import type { World } from "../../world.ts";
import type { KlaviyoSettings } from "../settings.ts";
import type { EventData, Events } from "./events.ts";
import { events } from "./events.ts";
import type { KeptList, KeptSegment, List, Segment } from "./group.ts";
import { keptGroup, listFrom, segmentFrom } from "./group.ts";
import type { Ids } from "./ids.ts";
import { ids } from "./ids.ts";
import type { ImportJob, SuppressionJob } from "./jobs.ts";
import type { Mailings } from "./mailings.ts";
import type { Metric, Metrics } from "./metrics.ts";
import { metrics } from "./metrics.ts";
import type { Profile } from "./profile.ts";
import type { ProfileTable } from "./profile-table.ts";
import { profileTable } from "./profile-table.ts";
import type { Schedule, Waiting } from "./schedule.ts";
import { schedule } from "./schedule.ts";
import type { VendorTime } from "./vendor-time.ts";
import { vendorTime } from "./vendor-time.ts";
import type { ApiKey } from "../wire/api-keys.ts";
import type { Window } from "../wire/rate-limits.ts";

/** What the next import job does instead of completing. */
export type ImportMishap = "stuck" | "cancelled";

/** Somebody who was sent a confirmation and has not answered it. */
export interface PendingOptIn {
  readonly profileId: string;
  readonly listId: string | null;
  readonly source: string | null;
}

/** What needs no table. */
interface PlainState {
  readonly settings: KlaviyoSettings;
  /** Name by id. */
  readonly tags: Map<string, string>;
  readonly importJobs: Map<string, ImportJob>;
  readonly importMishaps: ImportMishap[];
  readonly suppressionJobs: Map<string, SuppressionJob>;
  readonly pendingOptIns: PendingOptIn[];
  readonly mailings: Mailings;
}

/** All of an account as plain data, at one moment. */
export interface KlaviyoData extends PlainState {
  readonly random: RandomData;
  readonly time: { last: number };
  readonly waiting: Waiting[];
  readonly profiles: Map<string, Profile>;
  readonly lists: readonly KeptList[];
  readonly segments: readonly KeptSegment[];
  readonly metrics: Map<string, Metric>;
  readonly events: EventData;
  readonly keys: Map<string, ApiKey>;
  readonly windows: Map<string, Window[]>;
}

/** Everything this Klaviyo knows. */
export interface KlaviyoState extends PlainState {
  readonly world: World;
  readonly time: VendorTime;
  readonly schedule: Schedule;
  readonly ids: Ids;
  readonly profiles: ProfileTable;
  readonly lists: Map<string, List>;
  readonly segments: Map<string, Segment>;
  readonly metrics: Metrics;
  readonly events: Events;
  /** As it stands. Not a copy: most of it keeps changing. */
  keep(): KlaviyoData;
}

/** An account that nobody has used yet. */
export function newAccount(world: World, settings: KlaviyoSettings, keys: readonly ApiKey[]): KlaviyoData {
  return {
    settings,
    // Its own stream, so that how often somebody asks cannot change who gets which id.
    random: { state: world.random.below(2 ** 32) },
    time: { last: 0 },
    waiting: [],
    profiles: new Map(),
    lists: [],
    segments: [],
    tags: new Map(),
    metrics: new Map(),
    events: { byId: new Map(), byProfile: new Map(), seen: new Set() },
    importJobs: new Map(),
    importMishaps: [],
    suppressionJobs: new Map(),
    pendingOptIns: [],
    mailings: { campaigns: new Map(), flows: new Map() },
    keys: new Map(keys.map((key) => [key.key, key])),
    windows: new Map(),
  };
}

/** @param runTask does one scheduled piece of work */
export function klaviyoState(
  world: World,
  data: KlaviyoData,
  runTask: (state: KlaviyoState, task: Task) => void,
): KlaviyoState {
  const { settings, tags, importJobs, importMishaps, suppressionJobs, pendingOptIns, mailings } = data;
  const time = vendorTime(world.clock, data.time);
  const own = ids(randomFrom(data.random));
  const lists = new Map(data.lists.map((kept) => [kept.id, listFrom(kept)]));
  const segments = new Map(data.segments.map((kept) => [kept.id, segmentFrom(kept)]));
  const state: KlaviyoState = {
    world,
    settings,
    time,
    schedule: schedule(time, data.waiting, (task) => runTask(state, task)),
    ids: own,
    profiles: profileTable(data.profiles),
    lists,
    segments,
    tags,
    metrics: metrics(own, data.metrics),
    events: events(data.events),
    importJobs,
    importMishaps,
    suppressionJobs,
    pendingOptIns,
    mailings,
    keep: () => ({
      ...data,
      lists: [...lists.values()].map(keptGroup),
      segments: [...segments.values()].map(keptGroup),
    }),
  };
  return state;
}
