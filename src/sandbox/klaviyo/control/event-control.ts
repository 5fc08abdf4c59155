import { NATIVE_METRICS } from "../state/metrics.ts";
import { recordEvent } from "../state/record-event.ts";
import type { KlaviyoState } from "../state/state.ts";
import { microsFrom } from "../state/vendor-time.ts";
import { person } from "./person.ts";

export interface GivenEvent {
  /** One of Klaviyo's own names, else a metric of the API; null for an event whose metric cannot be resolved. */
  readonly metric: string | null;
  /** Id or e-mail; null for an event whose profile is gone. */
  readonly profile: string | null;
  /** ISO 8601, as far in the past or the future as one likes; now by default. */
  readonly datetime?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  /** How long after this call `get_events` shows it: an event of last week that arrives tomorrow. */
  readonly visible_after_ms?: number;
}

/** What people do with mail. */
export interface EventControl {
  /** Answers the event's id. */
  addEvent(event: GivenEvent): string;
  /** The id of a metric, made if need be. */
  metricId(name: string): string;
}

const NATIVE: ReadonlySet<string> = new Set(NATIVE_METRICS);

export function eventControl(state: KlaviyoState): EventControl {
  const metricOf = (name: string) =>
    NATIVE.has(name)
      ? state.metrics.native(name, state.time.micros())
      : state.metrics.api(name, state.time.micros());
  return {
    addEvent(event) {
      state.schedule.settle();
      const at = event.datetime === undefined ? undefined : microsFrom(event.datetime);
      if (at === null) throw new RangeError(`${event.datetime} is not an ISO 8601 time`);
      const made = recordEvent(state, "user", {
        metric: event.metric === null ? null : metricOf(event.metric),
        profile: event.profile === null ? null : person(state, event.profile),
        at,
        properties: event.properties,
        lagMs: event.visible_after_ms,
      });
      if (made === null) throw new TypeError("an event without a unique id is always new");
      return made.id;
    },
    metricId: (name) => metricOf(name).id,
  };
}
