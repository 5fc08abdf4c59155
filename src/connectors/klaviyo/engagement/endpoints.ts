import { CampaignsApi, EventsApi, FlowsApi, MetricsApi } from "klaviyo-api";
import type { Channel } from "../../../model/engagement.ts";
import type { PutTogether } from "../wire/put-together.ts";
import { anyOf } from "../wire/filter.ts";

/** The largest pages of each. The prose says 200 events; the parameter takes 1,000. */
const EVENTS_PER_PAGE = 1_000;
export const CAMPAIGNS_PER_PAGE = 100;
export const FLOWS_PER_PAGE = 50;

/** Times as in a filter. */
export interface EventQuery {
  readonly metric: string;
  readonly from: string;
  readonly before: string | null;
  readonly cursor: string | null;
}

/** Klaviyo's endpoints of events and of what is sent; nothing here changes anything. */
export function engagementEndpoints(call: PutTogether) {
  const page = (cursor: string | null) => (cursor === null ? {} : { pageCursor: cursor });
  return {
    metrics: (cursor: string | null) =>
      call("get_metrics", MetricsApi, (api) =>
        api.getMetrics({ fieldsMetric: ["name", "integration"], ...page(cursor) }),
      ),
    events: ({ metric, from, before, cursor }: EventQuery) =>
      call("get_events", EventsApi, (api) =>
        api.getEvents({
          filter: [
            `equals(metric_id,${JSON.stringify(metric)})`,
            `greater-or-equal(datetime,${from})`,
            ...(before === null ? [] : [`less-than(datetime,${before})`]),
          ].join(","),
          sort: "datetime",
          include: ["profile"],
          fieldsProfile: ["email"],
          fieldsEvent: ["datetime", "event_properties"],
          pageSize: EVENTS_PER_PAGE,
          ...page(cursor),
        }),
      ),
    /** Days as `yyyy-mm-dd`, in UTC; at most a year. */
    countsByDay: (metric: string, from: string, before: string) =>
      call("query_metric_aggregates", MetricsApi, (api) =>
        api.queryMetricAggregates({
          data: {
            type: "metric-aggregate",
            attributes: {
              metricId: metric,
              measurements: ["count"],
              interval: "day",
              timezone: "UTC",
              pageSize: 500,
              filter: [
                `greater-or-equal(datetime,${from}T00:00:00)`,
                `less-than(datetime,${before}T00:00:00)`,
              ],
            },
          },
        }),
      ),
    /** A list of campaigns is always one of a channel. */
    campaigns: (ids: readonly string[], channel: Channel) =>
      call("get_campaigns", CampaignsApi, (api) =>
        api.getCampaigns(`equals(messages.channel,'${channel}'),${anyOf("id", ids)}`, {
          fieldsCampaign: ["name"],
        }),
      ),
    flows: (ids: readonly string[]) =>
      call("get_flows", FlowsApi, (api) =>
        api.getFlows({ filter: anyOf("id", ids), fieldsFlow: ["name"], pageSize: FLOWS_PER_PAGE }),
      ),
  };
}
