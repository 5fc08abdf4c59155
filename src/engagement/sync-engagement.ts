import type { Problem } from "../model/problem.ts";
import { saveEngagementProblems } from "../store/engagement-problems.ts";
import { refreshEngagementStatistics } from "../store/engagement-rows.ts";
import type { RunCounts } from "../store/runs.ts";
import type { EngagementContext } from "./context.ts";
import { decideAll } from "./decide-all.ts";
import { lookAtMembers } from "./look-at-members.ts";
import { look } from "./look.ts";
import { ofEngagement, together } from "./problems.ts";
import { recordAll } from "./record.ts";
import { writeRollUps } from "./write-roll-ups.ts";

/** What a run of the lane came to. */
export interface EngagementReport {
  readonly counts: RunCounts;
  readonly problems: readonly Problem[];
}

/**
 * One cycle: see what happened, decide what is shown, show it, and stamp whom it is about. Each step is stored before the
 * next begins, so being killed anywhere costs nothing but doing the last page again.
 *
 * @param undecidable why nobody can tell now what is in scope; what is read waits
 */
export async function syncEngagement(
  context: EngagementContext,
  undecidable: readonly Problem[],
): Promise<EngagementReport> {
  const { database, connectionId, now } = context;
  const { read, added, widest, problems: untold } = await look(context);
  await refreshEngagementStatistics(database, added);
  const unread: Problem[] = [];
  if (undecidable.length === 0) {
    unread.push(...(await lookAtMembers(context)));
    await refreshEngagementStatistics(database, await decideAll(context));
  }
  const lookAgain = widest === "nightly" || widest === "weekly";
  const { problems: unshown, ...shown } = await recordAll(context, lookAgain);
  const { problems: unstamped, stamped } = await writeRollUps(context);
  await saveEngagementProblems(database, connectionId, now());
  const failing = await database.engagement.count({ where: { connectionId, fate: "failed" } });
  return {
    counts: { read, added, ...shown, stamped, failing },
    problems: together([...untold, ...undecidable, ...unread, ...unshown, ...unstamped].map(ofEngagement)),
  };
}
