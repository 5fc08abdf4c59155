import type { Route } from "../../route.ts";
import { bucketStart, nextBucket } from "../state/buckets.ts";
import type { Event } from "../state/events.ts";
import type { KlaviyoState } from "../state/state.ts";
import { aggregateQuery } from "../wire/aggregate-query.ts";
import type { AggregateQuery } from "../wire/aggregate-query.ts";
import { resourceLink, selfLink } from "../wire/document.ts";
import { operation } from "../wire/operation.ts";
import { noSuch } from "../wire/vendor-error.ts";
import { fieldsOf, sparse } from "../wire/requested-fields.ts";

/**
 * Counts of events by time. They count what `get_events` shows at the same moment: an event that arrives late is missing
 * here until then too, and machine opens and bot clicks are counted unless they are asked for apart.
 */
export function aggregateRoutes(state: KlaviyoState): readonly Route[] {
  const route = operation("query_metric_aggregates", "POST", "/api/metric-aggregates", (call) => {
    const query = aggregateQuery(call);
    if (state.metrics.get(query.metricId) === undefined) throw noSuch("metric", query.metricId);
    const id = state.ids.uuid();
    const attributes = sparse(aggregate(state, query), fieldsOf(call, "metric-aggregate"));
    const links = { self: resourceLink(call, "metric-aggregates", id) };
    const data = { type: "metric-aggregate", id, attributes, links };
    return { status: 200, body: { data, links: { self: selfLink(call) } } };
  });
  return [{ ...route, mutating: false }];
}

function aggregate(state: KlaviyoState, query: AggregateQuery): Readonly<Record<string, unknown>> {
  const starts: number[] = [];
  for (
    let at = bucketStart(query.from, query.interval, query.timeZone);
    at < query.to;
    at = nextBucket(at, query.interval, query.timeZone)
  )
    starts.push(at);
  const rows = new Map<string, Row>();
  const rowOf = (dimensions: readonly string[]): Row => {
    const key = JSON.stringify(dimensions);
    const known = rows.get(key) ?? newRow(dimensions, starts.length);
    rows.set(key, known);
    return known;
  };
  if (query.by.length === 0) rowOf([]);
  let at = 0;
  // They come in the order of time, and so do the buckets.
  for (const event of eventsOf(state, query)) {
    while ((starts[at + 1] ?? Number.POSITIVE_INFINITY) <= event.timestamp * 1_000) at += 1;
    const row = rowOf(query.by.map((name) => dimensionOf(event, name)));
    row.count[at] = (row.count[at] ?? 0) + 1;
    row.sum_value[at] = (row.sum_value[at] ?? 0) + Number(event.properties["$value"] ?? 0);
    row.who[at]?.add(event.profileId ?? "");
  }
  const data = [...rows.values()].slice(0, query.pageSize).map(({ dimensions, count, sum_value, who }) => {
    const all = { count, sum_value, unique: who.map(({ size }) => size) };
    const wanted = query.measurements.map((name) => [name, all[name]] as const);
    return { dimensions, measurements: Object.fromEntries(wanted) };
  });
  return { dates: starts.map(dateText), data };
}

interface Row {
  readonly dimensions: readonly string[];
  readonly count: number[];
  readonly sum_value: number[];
  readonly who: Set<string>[];
}

function newRow(dimensions: readonly string[], length: number): Row {
  const zeros = (): number[] => Array.from({ length }, () => 0);
  const who = Array.from({ length }, () => new Set<string>());
  return { dimensions, count: zeros(), sum_value: zeros(), who };
}

function* eventsOf(state: KlaviyoState, query: AggregateQuery): Iterable<Event> {
  const now = state.time.millis();
  const from = { key: query.from / 1_000, id: "" };
  for (const { id, key } of state.events.byTime(query.metricId).walk(false, from)) {
    if (Number(key) * 1_000 >= query.to) return;
    const event = state.events.get(id);
    if (event === undefined || event.visibleAt > now) continue;
    if (query.equal.every(({ name, value }) => dimensionOf(event, name) === value)) yield event;
  }
}

function dimensionOf({ properties }: Event, name: string): string {
  const value = properties[name === "$message_send_cohort" ? "$_cohort$message_send_cohort" : name];
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : "";
}

/** In UTC, also where the query asks for the days of another zone (recorded). */
function dateText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}+00:00`;
}
