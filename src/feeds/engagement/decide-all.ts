import type { Engagement } from "../../model/engagement.ts";
import { decideAnew, saveDecisions, undecided, wakeFuture } from "../../store/feeds/engagement-decisions.ts";
import { membersAmong } from "../../store/feeds/engagement-members.ts";
import { readEngagementState, saveDecidingHash } from "../../store/feeds/engagement-state.ts";
import type { EngagementContext } from "./context.ts";
import { decide } from "./decide.ts";
import type { AfterUndecided } from "../../store/feeds/engagement-decisions.ts";
import { NIGHTLY_WINDOW_MS } from "./passes.ts";
import { pageDone } from "../../pull/run-context.ts";
import { atomically } from "../../store/database/store.ts";

const EVENTS_PER_PAGE = 2_000;

/**
 * Decides of every event that nothing was decided of yet, the oldest first. Under a changed mapping, what is not shown and
 * happened in the last days is decided again; what is older stays as it was. While a list that decides is not known, an event
 * that only it could let in stays undecided.
 *
 * @returns how many were decided
 */
export async function decideAll(context: EngagementContext): Promise<number> {
  const { store, rules, now } = context;
  await decideAnewWhereChanged(context);
  await wakeFuture(store, now());
  let decided = 0;
  let after: AfterUndecided | null = null;
  for (;;) {
    const page = await undecided(store, after, EVENTS_PER_PAGE);
    if (page.length === 0) return decided;
    const isMember = await membership(context, page);
    const sure = context.counting?.incomplete === true ? page.filter(isMember) : page;
    const rows = sure.map((one) => decide(rules, one, { now: now(), isMember: isMember(one) }));
    await atomically(store, (store) => saveDecisions(store, rows, now()));
    decided += rows.length;
    if (page.length < EVENTS_PER_PAGE) return decided;
    after = page.at(-1) ?? null;
    context.progress({ step: "compare", side: null, done: decided, total: null });
    await pageDone(context);
  }
}

/** Is the person of an event in one of the lists and segments that count? */
async function membership(
  { store, counting }: EngagementContext,
  page: readonly Engagement[],
): Promise<(engagement: Engagement) => boolean> {
  if (counting === null) return () => true;
  const people = page.flatMap(({ person }) => person ?? []);
  const members = await membersAmong(store, counting.collections, people);
  return ({ person }) => person !== null && members.has(person);
}

async function decideAnewWhereChanged({ store, rules, now }: EngagementContext): Promise<void> {
  const { decidingHash } = await readEngagementState(store);
  if (decidingHash === rules.hash) return;
  await atomically(store, async (store) => {
    if (decidingHash !== "") await decideAnew(store, new Date(now().getTime() - NIGHTLY_WINDOW_MS));
    await saveDecidingHash(store, rules.hash);
  });
}
