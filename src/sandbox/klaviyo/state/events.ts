import type { SortedIndex } from "./sorted-index.ts";
import { sortedIndex } from "./sorted-index.ts";

/** Something a person did. It may lie in the future, arrive late, and outlive its profile or metric. */
export interface Event {
  readonly id: string;
  readonly uuid: string;
  readonly metricId: string | null;
  profileId: string | null;
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly properties: Readonly<Record<string, unknown>>;
  /** Milliseconds since 1970 from when `get_events` shows it. */
  readonly visibleAt: number;
}

export interface Events {
  readonly size: number;
  get(id: string): Event | undefined;
  /** By time, of one metric or of all. */
  byTime(metricId: string | null): SortedIndex;
  ofProfile(profileId: string): readonly Event[];
  /** False where the same metric and profile already have an event of that unique id: the first one wins. */
  add(event: Event, uniqueId: string | null): boolean;
  /** After a merge. */
  reassign(event: Event, profileId: string): void;
}

/** All that is known of events, as plain data; the orders by time are found from it. */
export interface EventData {
  readonly byId: Map<string, Event>;
  /** In the order they came to the profile, by a merge too. */
  readonly byProfile: Map<string, Event[]>;
  /** Profile, metric and unique id of those that had one. */
  readonly seen: Set<string>;
}

export function events({ byId, byProfile, seen }: EventData): Events {
  const all = sortedIndex();
  const byMetric = new Map<string, SortedIndex>();

  const indexOf = (metricId: string): SortedIndex => {
    let index = byMetric.get(metricId);
    if (index === undefined) byMetric.set(metricId, (index = sortedIndex()));
    return index;
  };
  const hang = (event: Event): void => {
    if (event.profileId === null) return;
    const own = byProfile.get(event.profileId);
    if (own === undefined) byProfile.set(event.profileId, [event]);
    else own.push(event);
  };
  const order = (event: Event): void => {
    all.add(event.timestamp, event.id);
    if (event.metricId !== null) indexOf(event.metricId).add(event.timestamp, event.id);
  };
  for (const event of byId.values()) order(event);

  return {
    get size() {
      return byId.size;
    },
    get: (id) => byId.get(id),
    byTime: (metricId) => (metricId === null ? all : indexOf(metricId)),
    ofProfile: (profileId) => byProfile.get(profileId) ?? [],
    add(event, uniqueId) {
      if (uniqueId !== null) {
        const key = `${event.profileId}\n${event.metricId}\n${uniqueId}`;
        if (seen.has(key)) return false;
        seen.add(key);
      }
      byId.set(event.id, event);
      order(event);
      hang(event);
      return true;
    },
    reassign(event, profileId) {
      const old = event.profileId === null ? undefined : byProfile.get(event.profileId);
      if (old !== undefined) old.splice(old.indexOf(event), 1);
      event.profileId = profileId;
      hang(event);
    },
  };
}
