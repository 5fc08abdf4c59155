import type { Call, Route } from "../../route.ts";
import type { Metric } from "../state/metrics.ts";
import { NATIVE_METRICS } from "../state/metrics.ts";
import { sortedIndex } from "../state/sorted-index.ts";
import type { KlaviyoState } from "../state/state.ts";
import { inSeconds } from "../state/vendor-time.ts";
import { relation, resourceLink, selfLink } from "../wire/document.ts";
import type { FilterFields } from "../wire/filter.ts";
import { filterOf, holds } from "../wire/filter.ts";
import { operation } from "../wire/operation.ts";
import { pageOf } from "../wire/page.ts";
import { noSuch } from "../wire/vendor-error.ts";
import { fieldsOf, includesOf, sparse } from "../wire/requested-fields.ts";
import { withIncluded } from "./group-page.ts";

const FILTERS: FilterFields = {
  "integration.name": { operators: ["equals"], type: "text" },
  "integration.category": { operators: ["equals"], type: "text" },
};
const INTEGRATIONS = {
  klaviyo: { object: "integration", id: "0rG4eQ", key: "klaviyo", name: "Klaviyo", category: "Internal" },
  api: { object: "integration", id: "7FtS4J", key: "api", name: "API", category: "API" },
} as const;

export function metricRoutes(state: KlaviyoState): readonly Route[] {
  return [
    operation("get_metrics", "GET", "/api/metrics", (call) => {
      const includes = includesOf(call, ["flow-triggers"]);
      const conditions = filterOf(call, FILTERS);
      if (state.settings.native_metrics === "all") {
        for (const name of NATIVE_METRICS) state.metrics.native(name, state.time.micros());
      }
      const index = sortedIndex();
      for (const { id, integration } of state.metrics.all()) {
        // The category is documented as a filter, and finds nothing.
        const kept = conditions.every(
          (condition) =>
            condition.field === "integration.name" && holds(condition, INTEGRATIONS[integration].name),
        );
        if (kept) index.add(id, id);
      }
      const { rows, links } = pageOf(call, {
        index,
        descending: false,
        sizes: { standard: 200, max: null },
        pick: ({ id }) => {
          const metric = state.metrics.get(id);
          return metric && metricResource(call, metric, includes.has("flow-triggers"));
        },
      });
      return withIncluded({ status: 200, body: { data: rows, links } }, includes, []);
    }),
    operation("get_metric", "GET", "/api/metrics/:id", (call) => {
      const includes = includesOf(call, ["flow-triggers"]);
      const id = call.params["id"] ?? "";
      const metric = state.metrics.get(id);
      if (metric === undefined) throw noSuch("metric", id);
      const data = metricResource(call, metric, includes.has("flow-triggers"));
      return withIncluded({ status: 200, body: { data, links: { self: selfLink(call) } } }, includes, []);
    }),
  ];
}

export function metricResource(call: Call, metric: Metric, withFlows = false): object {
  const created = inSeconds(metric.created);
  return {
    type: "metric",
    id: metric.id,
    attributes: sparse(
      { name: metric.name, created, updated: created, integration: INTEGRATIONS[metric.integration] },
      fieldsOf(call, "metric"),
    ),
    relationships: {
      "flow-triggers": relation(call, "metrics", metric.id, "flow-triggers", withFlows ? [] : undefined),
    },
    links: { self: resourceLink(call, "metrics", metric.id) },
  };
}
