import type { EngagementMetric } from "../../connectors/engagement-port.ts";
import type { Problem } from "../../model/problem.ts";
import { pageDone } from "../../pull/run-context.ts";
import { saveDayCounts } from "../../store/feeds/engagement-days.ts";
import { seenOlder } from "../../store/feeds/engagement-older.ts";
import { saveEngagements } from "../../store/feeds/engagement-rows.ts";
import type { EngagementStream, OlderPass } from "../../store/feeds/engagement-streams.ts";
import { engagementKeptFrom, readStreams, saveStream } from "../../store/feeds/engagement-streams.ts";
import type { EngagementContext } from "./context.ts";
import { isTurnOver } from "./context.ts";
import { kept } from "./kept.ts";
import type { EventsPulled } from "./pull-events.ts";
import { nextOlder, olderDays } from "./passes.ts";
import { atomically } from "../../store/database/store.ts";

/** Result of one slice of the older events. */
export interface OlderReport {
  /** Events read, and those of them that were not known before. */
  readonly read: number;
  readonly added: number;
  /** Pages read; none: there is nothing older to read now. */
  readonly pages: number;
  /** Metrics whose reading the mapping no longer asks for. What was read stays. */
  readonly dropped: number;
  /** Metrics that the source does not tell of. The others were read. */
  readonly problems: readonly Problem[];
}

const NOTHING: OlderReport = { read: 0, added: 0, pages: 0, dropped: 0, problems: [] };

/**
 * What is read before it is shown, and before new events are looked for again. Small enough that a new event does not wait
 * long, large enough that looking for new ones costs little beside it.
 */
const PAGES_PER_SLICE = 10;

/**
 * Reads a slice of what a larger `engagement.backfill` asks for: the events before those that the first back-fill read,
 * oldest first, a page and its cursor in one transaction. Once all of a metric are read, its floor moves back, so that
 * they are read once. A smaller back-fill ends a reading under way and deletes nothing.
 *
 * @param seen what this run has seen of the newer events
 */
export async function pullOlder(
  context: EngagementContext,
  { metrics, untold }: Pick<EventsPulled, "metrics" | "untold">,
): Promise<OlderReport> {
  const { store, rules, now } = context;
  const streams = await readStreams(store);
  const kept = await engagementKeptFrom(store);
  let report = NOTHING;
  for (const metric of metrics) {
    const stream = streams.get(metric.id);
    // What the ordinary pass has not read yet comes first.
    if (stream === undefined || stream.watermark === null || untold.has(metric.id)) continue;
    const older = nextOlder(stream, rules.backfillDays, kept.get(metric.kind) ?? null, now());
    if (older !== null) {
      report = await readSlice(context, metric, stream, older, report);
      if (report.pages >= PAGES_PER_SLICE || isTurnOver(context)) return report;
    } else if (stream.older !== null) {
      await saveStream(store, { ...stream, older: null });
      report = { ...report, dropped: report.dropped + 1 };
    }
  }
  return report;
}

async function readSlice(
  context: EngagementContext,
  metric: EngagementMetric,
  stream: EngagementStream,
  older: OlderPass,
  before: OlderReport,
): Promise<OlderReport> {
  const { store, source, signal, now } = context;
  const isNew = stream.older?.since.getTime() !== older.since.getTime();
  const problem = isNew ? await begin(context, metric, stream, older) : null;
  if (problem !== null) return { ...before, problems: [...before.problems, problem] };
  const { seen, counted } = await seenOlder(store, metric.id);
  const window = {
    metric,
    from: older.from.toISOString(),
    until: stream.floor.toISOString(),
    cursor: older.cursor?.value ?? null,
  };
  let [{ read, added, pages }, done] = [before, seen];
  for await (const page of source.read(window, signal)) {
    if (page.kind === "not_told")
      return { ...before, read, added, pages, problems: [...before.problems, page.problem] };
    const { engagements, next } = page;
    const reached: EngagementStream =
      next === null
        ? { ...stream, floor: older.from, older: null }
        : { ...stream, older: { ...older, cursor: { at: now(), value: next } } };
    const fresh = await atomically(store, async (store) => {
      await saveStream(store, reached);
      return saveEngagements(store, metric.id, engagements.map(kept), now());
    });
    read += engagements.length;
    added += fresh;
    done += fresh;
    pages += 1;
    context.progress({ step: "read", side: "klaviyo", done, total: counted });
    if (next === null) return { ...before, read, added, pages };
    await pageDone(context);
    if (pages >= PAGES_PER_SLICE || isTurnOver(context)) return { ...before, read, added, pages };
  }
  await saveStream(store, { ...stream, floor: older.from, older: null });
  return { ...before, read, added, pages };
}

/** Counts what there is to read, for the progress, and remembers that it was asked for. */
async function begin(
  { store, source, signal, now }: EngagementContext,
  metric: EngagementMetric,
  stream: EngagementStream,
  older: OlderPass,
): Promise<Problem | null> {
  const days = olderDays(stream, older);
  const told = await source.countByDay(metric, days.from, days.until, signal);
  if (told.kind === "not_told") return told.problem;
  await atomically(store, async (store) => {
    await saveDayCounts(store, metric.id, told.counts, now());
    await saveStream(store, { ...stream, older });
  });
  return null;
}
