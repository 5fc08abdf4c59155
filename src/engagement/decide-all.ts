import { transaction } from "../store/database.ts";
import { decideAnew, saveDecisions, undecided, wakeFuture } from "../store/engagement-decisions.ts";
import { membersAmong } from "../store/engagement-members.ts";
import { readEngagementState, saveDecidingHash } from "../store/engagement-state.ts";
import type { EngagementContext } from "./context.ts";
import { decide } from "./decide.ts";
import { NIGHTLY_WINDOW_MS } from "./passes.ts";
import { pageDone } from "../pull/run-context.ts";

const EVENTS_PER_PAGE = 2_000;

/**
 * Decides of every event that nothing was decided of yet, the oldest first. Under a changed mapping, what is not shown and
 * happened in the last days is decided anew; what is older stays as it was.
 *
 * @returns how many were decided
 */
export async function decideAll(context: EngagementContext): Promise<number> {
  const { database, connectionId, rules, now } = context;
  await decideAnewWhereChanged(context);
  await wakeFuture(database, connectionId, now());
  let decided = 0;
  for (;;) {
    const page = await undecided(database, connectionId, EVENTS_PER_PAGE);
    if (page.length === 0) return decided;
    const people = page.flatMap(({ person }) => person ?? []);
    const members =
      context.collections === null
        ? null
        : await membersAmong(database, connectionId, context.collections, people);
    const rows = page.map((engagement) => {
      const isMember = members === null || (engagement.person !== null && members.has(engagement.person));
      return decide(rules, engagement, { now: now(), isMember });
    });
    await transaction(database, (statements) => saveDecisions(statements, connectionId, rows, now()));
    decided += page.length;
    if (page.length < EVENTS_PER_PAGE) return decided;
    context.progress({ step: "compare", side: null, done: decided, total: null });
    await pageDone(context);
  }
}

async function decideAnewWhereChanged({
  database,
  connectionId,
  rules,
  now,
}: EngagementContext): Promise<void> {
  const { decidingHash } = await readEngagementState(database, connectionId);
  if (decidingHash === rules.hash) return;
  await transaction(database, async (statements) => {
    if (decidingHash !== "")
      await decideAnew(statements, connectionId, new Date(now().getTime() - NIGHTLY_WINDOW_MS));
    await saveDecidingHash(statements, connectionId, rules.hash);
  });
}
