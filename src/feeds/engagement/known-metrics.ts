import type { EngagementMetric } from "../../connectors/engagement-port.ts";
import type { Problem } from "../../model/problem.ts";
import { readCursors, saveCursor } from "../../store/snapshots/cursors.ts";
import { readStreams } from "../../store/feeds/engagement-streams.ts";
import type { EngagementContext } from "./context.ts";
import { metricRepointed } from "./problems.ts";

/** What a metric's name was first found as, kept as the ids of lists are. */
const FOUND_METRIC = "found metric ";

/**
 * The metrics that the mapping selects. A name resolves to a metric once, and from then on that metric is meant: renamed,
 * it is read on. Another one that takes the name is told and not read while the first one exists.
 */
export async function knownMetrics(
  context: EngagementContext,
): Promise<{ readonly metrics: readonly EngagementMetric[]; readonly problems: readonly Problem[] }> {
  const { database, connectionId, source, rules, signal, now } = context;
  const streams = await readStreams(database, connectionId);
  const all = await source.metrics(streams, signal);
  const earlier = await readCursors(database, connectionId, FOUND_METRIC);
  const remembered = new Set(earlier.values());
  const metrics: EngagementMetric[] = [];
  const problems: Problem[] = [];
  for (const metric of all) {
    if (rules.metrics[metric.kind] === undefined) continue;
    const name = metric.name.toLowerCase();
    const first = earlier.get(name);
    const isTaken = first !== undefined && first !== metric.id && !remembered.has(metric.id);
    if (isTaken && all.some(({ id }) => id === first)) {
      problems.push(metricRepointed(metric.name, first, metric.id));
      continue;
    }
    metrics.push(metric);
    if (first === undefined ? !remembered.has(metric.id) : isTaken)
      await saveCursor(database, connectionId, FOUND_METRIC + name, metric.id, now());
  }
  return { metrics, problems };
}
