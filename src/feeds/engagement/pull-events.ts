import type { EngagementMetric } from "../../connectors/engagement-port.ts";
import type { Problem } from "../../model/problem.ts";
import { saveDayCounts } from "../../store/feeds/engagement-days.ts";
import { latestSeen, saveEngagements } from "../../store/feeds/engagement-rows.ts";
import type { EngagementStream, OpenPass, Pass } from "../../store/feeds/engagement-streams.ts";
import { engagementBegins, readStreams, saveStream } from "../../store/feeds/engagement-streams.ts";
import type { EngagementContext } from "./context.ts";
import { isTurnOver } from "./context.ts";
import { kept } from "./kept.ts";
import { afterPass, firstFloor, nextPass, wholeDays } from "./passes.ts";
import { pageDone } from "../../pull/run-context.ts";
import { readCursors, saveCursor } from "../../store/snapshots/cursors.ts";
import { metricRepointed } from "./problems.ts";
import { atomically } from "../../store/database/store.ts";

/** Result of reading events. */
export interface EventsPulled {
  /** Events that were read, and those of them that were not known before. */
  readonly read: number;
  readonly added: number;
  /** The widest pass that was read to its end over any metric. */
  readonly widest: Pass | null;
  /** Metrics that the source does not tell of. The others were read. */
  readonly problems: readonly Problem[];
  /** What the mapping selects of the source's metrics. */
  readonly metrics: readonly EngagementMetric[];
  /** Ids of the metrics that were not told of. */
  readonly untold: ReadonlySet<string>;
}

const WIDTH: readonly Pass[] = ["fast", "hourly", "nightly", "weekly", "backfill"];

/**
 * Sees: reads a window of every metric that the mapping selects and stores its events, a page and its cursor in one
 * transaction. Decides nothing; a window read twice adds nothing.
 */
export async function pullEvents(context: EngagementContext): Promise<EventsPulled> {
  const { store, rules, now } = context;
  // Before the metrics are asked for: what shows with its first event, shows with one that happened since.
  const first = firstFloor(rules.backfillDays, now());
  const begins = await engagementBegins(store, Object.keys(rules.metrics), first);
  const { metrics, problems } = await knownMetrics(context);
  const streams = await readStreams(store);
  let report: EventsPulled = { read: 0, added: 0, widest: null, problems, metrics, untold: new Set() };
  for (const metric of metrics) {
    if (isTurnOver(context)) break;
    const stream = streams.get(metric.id) ?? firstStream(metric, begins.get(metric.kind) ?? first);
    report = await readMetric(context, metric, stream, report);
  }
  return report;
}

function firstStream({ id, name, kind, channel }: EngagementMetric, floor: Date): EngagementStream {
  const never = {
    watermark: null,
    hourlyAt: null,
    nightlyAt: null,
    weeklyAt: null,
    open: null,
    older: null,
  };
  return { metricId: id, name, kind, channel, floor, ...never };
}

async function readMetric(
  context: EngagementContext,
  metric: EngagementMetric,
  known: EngagementStream,
  before: EventsPulled,
): Promise<EventsPulled> {
  const { store, source, signal, now } = context;
  const pass = nextPass(known, now());
  const stream = { ...known, name: metric.name, open: pass };
  const counted = pass.pass === "fast" ? null : await countDays(context, metric, stream, pass);
  const total = typeof counted === "number" ? counted : null;
  const window = { metric, from: pass.from.toISOString(), until: null, cursor: pass.cursor?.value ?? null };
  let { read, added } = before;
  for await (const page of source.read(window, signal)) {
    // Not told now: the pass stays as it is, and the next run asks for the same.
    if (page.kind === "not_told")
      return {
        ...before,
        read,
        added,
        problems: [...before.problems, page.problem],
        untold: new Set([...before.untold, metric.id]),
      };
    const { engagements, next } = page;
    if (engagements.length === 0 && next === null) break;
    added += await atomically(store, async (store) => {
      const open: OpenPass = { ...pass, cursor: next === null ? null : { at: now(), value: next } };
      if (next !== null) await saveStream(store, { ...stream, open });
      return saveEngagements(store, metric.id, engagements.map(kept), now());
    });
    read += engagements.length;
    context.progress({ step: "read", side: "klaviyo", done: read - before.read, total });
    if (next === null) break;
    await pageDone(context);
    if (isTurnOver(context)) return { ...before, read, added };
  }
  const settled = new Date(now().getTime() - source.lagMs);
  const latest = await latestSeen(store, metric.id, settled);
  const done = afterPass(stream, pass, latest);
  const isSame = pass.pass === "fast" && known.open === null && sameTime(done.watermark, known.watermark);
  if (!isSame) await saveStream(store, done);
  const uncounted = counted !== null && typeof counted !== "number" ? [counted] : [];
  return {
    ...before,
    read,
    added,
    widest: wider(before.widest, pass.pass),
    problems: [...before.problems, ...uncounted],
  };
}

/**
 * Asks the source how many there are, before they are read: what is counted and not seen afterwards is missing. Days that
 * the window only touches are left out.
 *
 * @returns how many, for a progress bar; `null` where the window has no whole day; a problem where it is not told
 */
async function countDays(
  { store, source, signal, now }: EngagementContext,
  metric: EngagementMetric,
  stream: EngagementStream,
  pass: OpenPass,
): Promise<number | Problem | null> {
  const days = wholeDays(stream, pass.from, now());
  if (days === null) return null;
  const told = await source.countByDay(metric, days.from, days.until, signal);
  if (told.kind === "not_told") return told.problem;
  const { counts } = told;
  await saveDayCounts(store, metric.id, counts, now());
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

function sameTime(one: Date | null, other: Date | null): boolean {
  return one?.getTime() === other?.getTime();
}

function wider(one: Pass | null, other: Pass): Pass {
  return one !== null && WIDTH.indexOf(one) > WIDTH.indexOf(other) ? one : other;
}

/** What a metric's name was first found as, kept as the ids of lists are. */
const FOUND_METRIC = "found metric ";

/**
 * The metrics that the mapping selects. A name resolves to a metric once, and from then on that metric is meant: renamed,
 * it is read on. Another one that takes the name is told and not read while the first one exists.
 */
async function knownMetrics(
  context: EngagementContext,
): Promise<{ readonly metrics: readonly EngagementMetric[]; readonly problems: readonly Problem[] }> {
  const { store, source, rules, signal, now } = context;
  const streams = await readStreams(store);
  const all = await source.metrics(streams, signal);
  const earlier = await readCursors(store, FOUND_METRIC);
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
      await saveCursor(store, FOUND_METRIC + name, metric.id, now());
  }
  return { metrics, problems };
}
