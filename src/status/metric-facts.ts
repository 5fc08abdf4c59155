import type { Store } from "../store/database/store.ts";
import type { Mapping } from "../model/mapping.ts";
import type { Side } from "../model/side.ts";
import { SIDES, perSide } from "../model/side.ts";
import type { MetricFacts } from "../service/metrics/metric-facts.ts";
import { openAlerts } from "../store/alerts/alerts.ts";
import { readFreshness } from "../store/pages/freshness.ts";
import { waitingHold } from "../store/runs/holds.ts";
import { mappingVersions } from "../store/runs/mapping-versions.ts";
import { endedWork } from "../store/runs/run-totals.ts";
import { readSideHealth } from "../store/runs/side-health.ts";
import type { ToldSideNote } from "../store/runs/side-notes.ts";
import { readSideNotes } from "../store/runs/side-notes.ts";
import type { HealthWord } from "../words/health-words.ts";
import { healthOf } from "./health.ts";
import type { StatusReader } from "./status-reader.ts";

export interface MetricsFrom {
  readonly store: Store;
  readonly mapping: () => Mapping;
  readonly read: Pick<StatusReader, "overview">;
  readonly now: () => Date;
  /** How often contacts are pulled; `Infinity` in a quiet time. */
  readonly intervalMs: () => number;
}

const HEALTH: Readonly<Record<HealthWord, number>> = {
  healthy: 0,
  empty: 0,
  attention: 1,
  degraded: 1,
  held: 1,
  delayed: 2,
  paused: 3,
  stopped: 4,
};

/** The reader of a connection's metrics: each reading counts what ended since the one before it. */
export function metricFacts(from: MetricsFrom): () => Promise<MetricFacts> {
  const { store } = from;
  let since = from.now();
  return async () => {
    const now = from.now();
    const overview = await from.read.overview();
    const freshness = await readFreshness(store);
    const health = await readSideHealth(store);
    const notes = await readSideNotes(store);
    const [version] = await mappingVersions(store, 1);
    const open = await openAlerts(store);
    const held = (await waitingHold(store)) !== null;
    const { contacts, consent, engagement, reconcile } = freshness;
    const mapping = from.mapping();
    // Last: what is counted here is counted once, so nothing after it may fail.
    const ended = await endedWork(store, since, now);
    since = ended.until;
    return {
      health: HEALTH[healthOf(overview, now, from.intervalMs()).word],
      contacts: overview.counters,
      failing: overview.causes.map(({ code, contacts: count }) => ({ code, contacts: count })),
      lastSuccess: { contacts, consent, engagement, reconcile },
      // A contact run ends well only where it has pulled both sides.
      lastPoll: perSide(() => contacts),
      oldestWaiting: overview.oldestWaiting,
      held,
      configValid: !overview.connectionProblems.some(({ code }) => code === "SK-MAPPING"),
      configLoaded: version?.loadedAt ?? null,
      tokenExpires: perSide((side) => mapping[side].tokenExpires),
      quotas: SIDES.flatMap((side) => quotasOf(side, notes[side])),
      breakersOpen: perSide((side) => {
        const names = (health[side]?.endpoints ?? []).filter(({ breaker }) => breaker.state === "open");
        return names.length;
      }),
      alerts: open.map(({ type }) => type),
      ended,
    };
  };
}

/** The windows that limits are told for, by the end of their name. Shorter ones are used up and full again all the time. */
const WINDOWS: readonly (readonly [end: string, window: string])[] = [
  ["per minute", "minute"],
  ["share per day", "share_of_day"],
  ["per day", "day"],
];

function quotasOf(side: Side, note: ToldSideNote | null): MetricFacts["quotas"] {
  const least = new Map<string, number>();
  for (const { name, limit, left } of note?.quotas ?? []) {
    const window = WINDOWS.find(([end]) => name.endsWith(end))?.[1];
    if (window === undefined || limit <= 0) continue;
    least.set(window, Math.min(least.get(window) ?? 1, left / limit));
  }
  return [...least].map(([window, left]) => ({ side, window, left }));
}
