import type { Engagement } from "../../../model/engagement.ts";
import type {
  DayCounts,
  EngagementMetric,
  EngagementPage,
  EngagementSource,
  EventWindow,
  NotTold,
} from "../../engagement-port.ts";
import { filterTime } from "../wire/filter.ts";
import { pages } from "../wire/pages.ts";
import { knownMetric } from "./known-metrics.ts";
import { mailingNames } from "./mailing-names.ts";
import type { NamesDeps } from "./mailing-names.ts";
import { notTold } from "./not-told.ts";
import { readEvent } from "./read-event.ts";
import { aggregateAnswer, eventPage, metricPage } from "./wire.ts";
import type { EventPage } from "./wire.ts";

/** "Up to a few minutes", says Klaviyo of events; later ones are found by reading further back. */
const LAG_MS = 10 * 60_000;
/** A bound this close to now has been seen refused. */
const TOO_CLOSE_MS = 10_000;
const DAY_MS = 86_400_000;
/** At most a year in one query of counts. */
const LONGEST_QUERY_MS = 365 * DAY_MS;

/** What people did with Klaviyo's mail and text messages. */
export function engagementSource(deps: NamesDeps): EngagementSource {
  const withNames = mailingNames(deps);
  return {
    lagMs: LAG_MS,
    metrics: (known, signal) => metrics(deps, known, signal),
    async *read(window, signal) {
      const isInside = insideOf(window);
      const events = eventPages(deps, window, signal);
      for (;;) {
        const page = await toldOr(events.next(), window.metric, "events");
        if ("kind" in page) {
          yield page;
          return;
        }
        if (page.done === true) return;
        const { data, next } = page.value;
        const found = engagementsOf(data, window.metric, deps).filter(isInside);
        const engagements = await withNames(found, signal);
        yield { kind: "events", engagements, next } satisfies EngagementPage;
      }
    },
    countByDay: (metric, from, until, signal) =>
      toldOr(countByDay(deps, metric, from, until, signal), metric, "counts"),
  };
}

/** What Klaviyo tells; or that it does not tell it of this metric. */
async function toldOr<T>(
  asking: Promise<T>,
  metric: EngagementMetric,
  what: "events" | "counts",
): Promise<T | NotTold> {
  try {
    return await asking;
  } catch (error) {
    const problem = notTold(error, metric, what);
    if (problem === null) throw error;
    return problem;
  }
}

async function metrics(
  { calls, client }: NamesDeps,
  before: Parameters<EngagementSource["metrics"]>[0],
  signal: AbortSignal,
): Promise<readonly EngagementMetric[]> {
  const found: EngagementMetric[] = [];
  for await (const { data } of pages(calls, client.origin, metricPage, client.metrics, null, signal)) {
    for (const metric of data.data) {
      if (metric === null) continue;
      const { name, integration } = metric.attributes;
      const known = before.get(metric.id) ?? knownMetric(name, integration?.name ?? "");
      if (known !== null) found.push({ id: metric.id, name, kind: known.kind, channel: known.channel });
    }
  }
  return found;
}

/** Events have whole seconds, so both bounds may be rounded outwards; what is outside all the same is left out after. */
async function* eventPages({ calls, client, now }: NamesDeps, window: EventWindow, signal: AbortSignal) {
  const { metric, from, until, cursor } = window;
  const latest = now() - TOO_CLOSE_MS;
  const end = until === null ? null : Date.parse(until);
  const query = {
    metric: metric.id,
    from: filterTime(Math.min(Date.parse(from), latest)),
    before: end === null || Math.abs(end - now()) < TOO_CLOSE_MS ? null : filterTime(end + 999),
  };
  const call = (after: string | null) => client.events({ ...query, cursor: after });
  yield* pages(calls, client.origin, eventPage, call, cursor, signal, { refusable: true });
}

function insideOf({ from, until }: EventWindow): (engagement: Engagement) => boolean {
  const start = Date.parse(from);
  const end = until === null ? Number.POSITIVE_INFINITY : Date.parse(until);
  return ({ at }) => Date.parse(at) >= start && Date.parse(at) < end;
}

/** The events of a page. One that cannot be read costs itself only, and is said without a word of whom it is about. */
function engagementsOf(
  { data, included }: EventPage,
  metric: EngagementMetric,
  { log }: NamesDeps,
): readonly Engagement[] {
  const emails = new Map(
    (included ?? []).flatMap((resource) =>
      resource?.type === "profile" ? [[resource.id, resource.attributes?.email ?? null] as const] : [],
    ),
  );
  return data.flatMap((event) => {
    const profile = event?.relationships?.profile?.data?.id;
    const email = profile === undefined ? null : (emails.get(profile) ?? null);
    const engagement = event === null ? null : readEvent(event, metric, email);
    if (engagement !== null) return [engagement];
    log("an event of Klaviyo's could not be read", { metric: metric.name, event: event?.id ?? null });
    return [];
  });
}

async function countByDay(
  { calls, client }: NamesDeps,
  metric: EngagementMetric,
  from: string,
  until: string,
  signal: AbortSignal,
): Promise<DayCounts> {
  const counts = new Map<string, number>();
  const end = Date.parse(`${until}T00:00:00Z`);
  for (let start = Date.parse(`${from}T00:00:00Z`); start < end; start += LONGEST_QUERY_MS) {
    const before = Math.min(end, start + LONGEST_QUERY_MS);
    const call = client.countsByDay(metric.id, dayOf(start), dayOf(before));
    const { data } = await calls.read(call, aggregateAnswer, signal, [400, 404]);
    const { dates, data: rows } = data.data.attributes;
    for (const [place, date] of dates.entries()) {
      const count = rows.reduce((sum, { measurements }) => sum + (measurements.count[place] ?? 0), 0);
      counts.set(date.slice(0, 10), count);
    }
  }
  return { kind: "counts", counts };
}

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
