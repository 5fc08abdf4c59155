import type { Call, Reply, Route } from "../../route.ts";
import type { Event } from "../state/events.ts";
import type { KlaviyoState } from "../state/state.ts";
import { inSeconds } from "../state/vendor-time.ts";
import { relation, resourceLink, selfLink } from "../wire/document.ts";
import type { Condition, FilterFields } from "../wire/filter.ts";
import { filterOf, FOUR_COMPARISONS, holds, rangeOf } from "../wire/filter.ts";
import { operation } from "../wire/operation.ts";
import { pageOf } from "../wire/page.ts";
import { profileResource } from "../wire/profile-resource.ts";
import { invalid, noSuch } from "../wire/vendor-error.ts";
import { fieldsOf, includesOf, sparse } from "../wire/requested-fields.ts";
import { sortOf } from "../wire/sort.ts";
import { withIncluded } from "./group-page.ts";
import { metricResource } from "./metric-routes.ts";

const FILTERS: FilterFields = {
  metric_id: { operators: ["equals"], type: "text" },
  profile_id: { operators: ["equals"], type: "text" },
  profile: { operators: ["has"], type: "presence" },
  metric: { operators: ["has"], type: "presence" },
  datetime: { operators: FOUR_COMPARISONS, type: "seconds" },
  timestamp: { operators: FOUR_COMPARISONS, type: "number" },
};
const INCLUDES = ["attributions", "metric", "profile"];
const EVENT_ID = /^[0-9A-Za-z]{11}$/;

export function eventReadRoutes(state: KlaviyoState): readonly Route[] {
  return [
    operation("get_events", "GET", "/api/events", (call) => {
      const includes = includesOf(call, INCLUDES);
      const conditions = filterOf(call, FILTERS);
      // In which order the real one answers without a sort is not known; this one goes by time.
      const { descending } = sortOf(call, ["datetime", "timestamp"], "datetime");
      const metric = conditions.find(({ field }) => field === "metric_id");
      const now = state.time.millis();
      const [byDate, byStamp] = [rangeOf(conditions, "datetime"), rangeOf(conditions, "timestamp")];
      const { rows, links } = pageOf(call, {
        index: state.events.byTime(metric === undefined ? null : String(metric.values[0])),
        descending,
        sizes: { standard: 200, max: 1_000 },
        range: { min: Math.max(byDate.min, byStamp.min), max: Math.min(byDate.max, byStamp.max) },
        pick: ({ id }) => {
          const event = state.events.get(id);
          if (event === undefined || event.visibleAt > now) return undefined;
          return conditions.every((condition) => eventHolds(state, condition, event)) ? event : undefined;
        },
      });
      const data = rows.map((event) => eventResource(call, state, event, includes));
      const reply: Reply = { status: 200, body: { data, links } };
      return withIncluded(reply, includes, included(call, state, rows, includes));
    }),
    operation("get_event", "GET", "/api/events/:id", (call) => {
      const includes = includesOf(call, INCLUDES);
      const id = call.params["id"] ?? "";
      if (!EVENT_ID.test(id)) throw invalid(`Invalid Event ID: '${id}'`, "/data/id");
      const event = state.events.get(id);
      if (event === undefined || event.visibleAt > state.time.millis()) throw noSuch("event", id);
      const data = eventResource(call, state, event, includes);
      const reply: Reply = { status: 200, body: { data, links: { self: selfLink(call) } } };
      return withIncluded(reply, includes, included(call, state, [event], includes));
    }),
  ];
}

function eventHolds(state: KlaviyoState, condition: Condition, event: Event): boolean {
  switch (condition.field) {
    case "metric_id":
      return holds(condition, event.metricId);
    case "profile_id":
      return holds(condition, event.profileId);
    case "datetime":
    case "timestamp":
      return holds(condition, event.timestamp);
    case "profile":
      return event.profileId !== null && state.profiles.get(event.profileId) !== undefined;
    case "metric":
      return event.metricId !== null;
    default:
      return false;
  }
}

function eventResource(call: Call, state: KlaviyoState, event: Event, includes: ReadonlySet<string>): object {
  const { profileId, metricId } = event;
  const known = profileId !== null && state.profiles.get(profileId) !== undefined;
  const to = (name: string, data?: unknown): object => relation(call, "events", event.id, name, data);
  return {
    type: "event",
    id: event.id,
    attributes: sparse(
      {
        timestamp: event.timestamp,
        event_properties: event.properties,
        datetime: inSeconds(event.timestamp * 1_000_000),
        uuid: event.uuid,
      },
      fieldsOf(call, "event"),
    ),
    relationships: {
      profile: to("profile", known ? { type: "profile", id: profileId } : undefined),
      metric: to("metric", metricId === null ? undefined : { type: "metric", id: metricId }),
      ...(includes.has("attributions") ? { attributions: to("attributions", []) } : {}),
    },
    links: { self: resourceLink(call, "events", event.id) },
  };
}

/** Each metric and profile of the page once. */
function included(
  call: Call,
  state: KlaviyoState,
  page: readonly Event[],
  includes: ReadonlySet<string>,
): readonly object[] {
  const metrics = includes.has("metric") ? new Set(page.map(({ metricId }) => metricId)) : [];
  const profiles = includes.has("profile") ? new Set(page.map(({ profileId }) => profileId)) : [];
  const resources: object[] = [];
  for (const id of metrics) {
    const metric = id === null ? undefined : state.metrics.get(id);
    if (metric !== undefined) resources.push(metricResource(call, metric));
  }
  for (const id of profiles) {
    const profile = id === null ? undefined : state.profiles.get(id);
    if (profile !== undefined) resources.push(profileResource(call, profile, { times: "read" }));
  }
  return resources;
}
