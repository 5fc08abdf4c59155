import type { Problem } from "../../model/problem.ts";
import { saveEngagementProblems } from "../../store/feeds/engagement-problems.ts";
import { refreshEngagementStatistics } from "../../store/feeds/engagement-rows.ts";
import type { RunCounts } from "../../store/runs/runs.ts";
import type { EngagementContext } from "./context.ts";
import { isTurnOver } from "./context.ts";
import { decideAll } from "./decide-all.ts";
import { pullMembers } from "./pull-members.ts";
import type { EventsPulled } from "./pull-events.ts";
import { pullEvents } from "./pull-events.ts";
import { pullOlder } from "./pull-older.ts";
import { ofEngagement, together } from "./problems.ts";
import { recordAll } from "./record.ts";
import { writeRollUps } from "./write-roll-ups.ts";

/** Result of one run of the lane. */
export interface EngagementReport {
  readonly counts: RunCounts;
  readonly problems: readonly Problem[];
}

/** While older events are read, new ones are looked for as often as this. */
const FRESH_MS = 60_000;

/**
 * One cycle: see what happened, decide what is shown, show it, and stamp whom it is about. Each step is stored before the
 * next begins, so being killed anywhere costs nothing but doing the last page again. Older events that a larger back-fill
 * asks for are read a slice at a time afterwards, each shown before the next, so that new events never wait for them.
 *
 * @param unfound lists and segments that decide who counts, and that are not there
 */
export async function syncEngagement(
  context: EngagementContext,
  unfound: readonly Problem[],
): Promise<EngagementReport> {
  const { store, now } = context;
  let seen = await pullEvents(context);
  let pulledAt = now();
  let step = await showNew(context, seen);
  let counts = plus(step.counts, { ...NOTHING, read: seen.read, added: seen.added });
  let unread: readonly Problem[] = [];
  while (!isTurnOver(context)) {
    const { read, added, pages, dropped, problems } = await pullOlder(context, seen);
    unread = problems;
    counts = plus(counts, { ...NOTHING, read, added, older: added, dropped });
    if (pages === 0) break;
    let fresh = 0;
    if (now().getTime() - pulledAt.getTime() >= FRESH_MS) {
      seen = await pullEvents(context);
      pulledAt = now();
      fresh = seen.added;
      counts = plus(counts, { ...NOTHING, read: seen.read, added: fresh });
    }
    step = await showNew(context, { added: added + fresh, widest: null });
    counts = plus(counts, step.counts);
  }
  await saveEngagementProblems(store, now());
  const failing = await store.statements.engagement.count({
    where: { connectionId: store.connectionId, fate: "failed" },
  });
  const problems = [...seen.problems, ...unread, ...unfound, ...step.problems];
  return { counts: { ...counts, failing }, problems: together(problems.map(ofEngagement)) };
}

const NOTHING = {
  read: 0,
  added: 0,
  /** Of those added, the ones that a larger back-fill asked for. */
  older: 0,
  /** Metrics of which no older events are read any more. */
  dropped: 0,
  recorded: 0,
  refused: 0,
  unanswered: 0,
  unknown: 0,
  created: 0,
  stamped: 0,
};

type Totals = typeof NOTHING;

function plus(one: Totals, other: Totals): Totals {
  const sum = { ...one };
  for (const key of Object.keys(sum) as (keyof Totals)[]) sum[key] += other[key];
  return sum;
}

/** Decides and shows what was read. */
async function showNew(
  context: EngagementContext,
  { added, widest }: Pick<EventsPulled, "added" | "widest">,
): Promise<{ readonly counts: Totals; readonly problems: readonly Problem[] }> {
  const { store } = context;
  await refreshEngagementStatistics(store, added);
  const unread = await pullMembers(context);
  await refreshEngagementStatistics(store, await decideAll(context));
  const findAgain = widest === "nightly" || widest === "weekly";
  const { problems: unshown, ...shown } = await recordAll(context, findAgain);
  const { problems: unstamped, stamped } = await writeRollUps(context);
  return { counts: { ...NOTHING, ...shown, stamped }, problems: [...unread, ...unshown, ...unstamped] };
}
