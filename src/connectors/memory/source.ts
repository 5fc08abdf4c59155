import type { Channel, EngagementKind } from "../../model/engagement.ts";
import { ENGAGEMENT_KINDS } from "../../model/engagement.ts";
import type { EngagementMetric, EngagementSource } from "../engagement-port.ts";
import type { EngagementSettings, Happened } from "./engagement-settings.ts";

/** Every kind of e-mail event is a metric from the start, one of text messages with its first event. */
export function memorySource(
  { request, now, pageSize, quirks }: EngagementSettings,
  happened: readonly Happened[],
): EngagementSource {
  /** What can be seen of a metric by now, oldest first. */
  const seen = ({ kind, channel }: Pick<EngagementMetric, "kind" | "channel">) =>
    happened
      .filter(({ engagement, seenAt }) => isOf(engagement, kind, channel) && seenAt <= now())
      .map(({ engagement }) => engagement)
      .toSorted((one, other) => (place(one) < place(other) ? -1 : 1));
  return {
    lagMs: 60_000,
    async metrics(_known, signal) {
      request("metrics", signal);
      const told = (kind: EngagementKind, channel: Channel): boolean =>
        channel === "email" || happened.some(({ engagement }) => isOf(engagement, kind, channel));
      return (["email", "sms"] as const).flatMap((channel) =>
        ENGAGEMENT_KINDS.filter((kind) => told(kind, channel)).map((kind) => ({
          id: `${kind}:${channel}`,
          name: `${kind} ${channel}`,
          kind,
          channel,
        })),
      );
    },
    async *read({ metric, from, until, cursor }, signal) {
      for (let after = cursor; ;) {
        request("events", signal);
        const refused = quirks.metricNotTold(metric.id);
        if (refused !== null) {
          yield { kind: "not_told", problem: refused };
          return;
        }
        const left = seen(metric).filter(
          (each) =>
            each.at >= from && (until === null || each.at < until) && (after === null || place(each) > after),
        );
        const page = left.slice(0, pageSize);
        const last = page.at(-1);
        const next = left.length > page.length && last !== undefined ? place(last) : null;
        yield { kind: "events", engagements: structuredClone(page), next };
        if (next === null) return;
        after = next;
      }
    },
    async countByDay(metric, from, until, signal) {
      request("counts", signal);
      const refused = quirks.metricNotTold(metric.id);
      if (refused !== null) return { kind: "not_told", problem: refused };
      const counts = new Map<string, number>();
      for (const { at } of seen(metric)) {
        const day = at.slice(0, 10);
        if (day >= from && day < until) counts.set(day, (counts.get(day) ?? 0) + 1);
      }
      return { kind: "counts", counts };
    },
  };
}

const isOf = (engagement: Happened["engagement"], kind: EngagementKind, channel: Channel): boolean =>
  engagement.kind === kind && engagement.channel === channel;

/** Where an event stands among all: by time, and among those of one time by id. */
const place = ({ at, eventId }: Happened["engagement"]): string => `${at} ${eventId}`;
