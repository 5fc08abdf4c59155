import type { OptOutEvent } from "../../consent-port.ts";
import type { Calls } from "../wire/calls.ts";
import type { Endpoints } from "../wire/client.ts";
import { eventPage, metricPage } from "../engagement/wire.ts";
import { filterTime } from "../wire/filter.ts";
import { pages } from "../wire/pages.ts";

/** Klaviyo's own metrics of refusals, the ones that a person of the company made for somebody too. */
const OPT_OUT_METRICS: ReadonlySet<string> = new Set([
  "Unsubscribed from Email Marketing",
  "Unsubscribed from List",
  "Marked Email as Spam",
  "Manually Suppressed from Email Marketing",
]);

/** Refusals that happened since; what Klaviyo's subscribe call took away stands here still. See `ConsentPort`. */
export async function* optOutEvents(
  { calls, client }: { readonly calls: Calls; readonly client: Endpoints },
  since: number,
  signal: AbortSignal,
): AsyncIterable<OptOutEvent> {
  for await (const { data } of pages(calls, client.origin, metricPage, client.metrics, null, signal)) {
    for (const metric of data.data) {
      const known =
        metric?.attributes.integration?.name === "Klaviyo" && OPT_OUT_METRICS.has(metric.attributes.name);
      if (metric === null || !known) continue;
      const query = { metric: metric.id, from: filterTime(since), before: null };
      const call = (cursor: string | null) => client.events({ ...query, cursor });
      for await (const page of pages(calls, client.origin, eventPage, call, null, signal)) {
        for (const event of page.data.data) {
          const person = event?.relationships?.profile?.data?.id ?? null;
          const at = Date.parse(String(event?.attributes.datetime));
          if (event !== null && person !== null && !Number.isNaN(at)) yield { id: event.id, person, at };
        }
      }
    }
  }
}
