import type { Actor } from "../../ground-truth.ts";
import type { Event } from "./events.ts";
import type { Metric } from "./metrics.ts";
import type { Profile } from "./profile.ts";
import type { KlaviyoState } from "./state.ts";
import { inSeconds, secondsOf } from "./vendor-time.ts";

/** Records that a profile did something; null where the same unique id was there first. */
export function recordEvent(
  state: KlaviyoState,
  actor: Actor,
  given: {
    readonly metric: Metric | null;
    readonly profile: Profile | null;
    /** Microseconds; now by default. */
    readonly at?: number | undefined;
    readonly properties?: Readonly<Record<string, unknown>> | undefined;
    readonly uniqueId?: string | undefined;
    /** From arrival until `get_events` shows it; the account's lag by default. */
    readonly lagMs?: number | undefined;
    /** False leaves no trace in the truth, for what was there before the story begins. */
    readonly noted?: boolean;
  },
): Event | null {
  const { metric, profile } = given;
  const timestamp = secondsOf(given.at ?? state.time.micros());
  const event: Event = {
    id: state.ids.event(),
    uuid: state.ids.uuid(),
    metricId: metric?.id ?? null,
    profileId: profile?.id ?? null,
    timestamp,
    properties: given.properties ?? {},
    visibleAt: state.time.millis() + (given.lagMs ?? state.settings.event_lag_ms),
  };
  if (!state.events.add(event, given.uniqueId ?? null)) return null;
  const datetime = inSeconds(timestamp * 1_000_000);
  if (profile !== null && (profile.last_event_date ?? 0) < timestamp * 1_000_000) {
    profile.last_event_date = timestamp * 1_000_000;
  }
  if (given.noted === false) return event;
  state.world.truth.applied({
    actor,
    action: "event.create",
    id: event.id,
    before: null,
    after: { metric: metric?.name ?? null, profile: event.profileId, datetime },
  });
  return event;
}

/** What an event of Klaviyo's own comes from. */
export interface Cause {
  /** Microseconds; now by default. */
  readonly at?: number | undefined;
  readonly lagMs?: number | undefined;
  readonly properties?: Readonly<Record<string, unknown>>;
}

/** One of Klaviyo's own events about a profile. */
export function emit(state: KlaviyoState, metricName: string, profile: Profile, cause: Cause = {}): Event {
  const metric = state.metrics.native(metricName, state.time.micros());
  const event = recordEvent(state, "system", { metric, profile, ...cause });
  if (event === null) throw new TypeError("an event without a unique id is always new");
  return event;
}
