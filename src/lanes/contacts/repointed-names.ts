import type { Schema } from "../../connectors/connector.ts";
import type { RepointedRef } from "../../mapping/accounts/resolve-scope.ts";
import { chunks } from "../../model/chunks.ts";
import type { ResolvedRule } from "../../model/scope.ts";
import type { PerSide } from "../../model/side.ts";
import type { Change } from "../../plan/changes.ts";
import { changesOf } from "../../plan/changes.ts";
import { planContact } from "../../plan/plan-contact.ts";
import type { RunContext } from "../../pull/run-context.ts";
import { knownLinks } from "../../store/links/known-links.ts";
import type { Moved } from "../../store/links/repointings.ts";
import { countMembers, movedBetween, putOn } from "../../store/links/repointings.ts";
import type { Guarded } from "./guarded.ts";
import { together } from "./guarded.ts";
import type { Store } from "../../store/database/store.ts";

/** People planned at a time. */
const PEOPLE_PER_PAGE = 2_000;

/** A list with a deleted list's name and at least this share of its members is that list, created again. */
const SAME_LIST_SHARE = 0.5;

/** The one change that an approval is about; the rest of what is held follows from it. */
export function repointing({ side, ref, from, to }: RepointedRef): Change {
  return {
    side,
    action: "repointed",
    words: JSON.stringify([ref.nameOrId, side, "repoint", `${from} -> ${to}`]),
  };
}

/** Whether the list or segment that took a deleted one's name has at least half of its members. */
export async function isMadeAgain(
  store: Store,
  schemas: PerSide<Schema>,
  { side, role, from, to, gone }: RepointedRef,
): Promise<boolean> {
  if (!gone) return false;
  const before =
    role === "target" ? (await putOn(store, from)).length : await countMembers(store, side, from);
  const told = schemas[side].collections.find(({ id }) => id === to)?.size ?? null;
  const now = told ?? (await countMembers(store, side, to));
  return before > 0 && now >= before * SAME_LIST_SHARE;
}

/**
 * Holds every name that stands for another list or segment than the one in use, with who would enter and who would
 * leave. What leaving would do to people is held with it, so that one approval is of all of it.
 *
 * @param scope the rules as they would be
 */
export async function holdRepointed(
  context: RunContext,
  repointed: readonly RepointedRef[],
  scope: readonly ResolvedRule[],
): Promise<Guarded> {
  const all: Guarded[] = [];
  for (const one of repointed) {
    const moved = await movedBy(context, one);
    const { side, from, to, gone, ref } = one;
    const people = (kind: string, collection: string, who: readonly string[]): readonly Change[] =>
      who.map((each) => ({
        side,
        action: "repointed",
        words: JSON.stringify([each, side, kind, collection]),
      }));
    const [enters, leaves] = [moved.enters.length, moved.leaves.length];
    all.push({
      exceeded: [
        {
          side,
          action: "repointed",
          planned: enters + leaves,
          allowed: 0,
          collection: ref.nameOrId,
          repointed: { from, to, gone, enters, leaves },
        },
      ],
      held: [
        repointing(one),
        ...people("leave", from, moved.leaves),
        ...people("enter", to, moved.enters),
        ...(await whatLeavingDoes(context, scope, moved.leaves)),
      ],
    });
  }
  return together(all);
}

async function movedBy({ store }: RunContext, { side, role, from, to }: RepointedRef): Promise<Moved> {
  if (role === "source") return movedBetween(store, side, from, to);
  // Nobody is removed from the list that was in use. Tandem only adds people to the new one.
  return { enters: await putOn(store, from), leaves: [] };
}

async function whatLeavingDoes(
  context: RunContext,
  scope: readonly ResolvedRule[],
  emails: readonly string[],
): Promise<readonly Change[]> {
  const { store } = context;
  const changes: Change[] = [];
  for (const page of chunks(emails, PEOPLE_PER_PAGE)) {
    const filter = { kind: "emails", emails: page } as const;
    const links = await knownLinks(store, scope, filter, 0n, page.length, context.now());
    for (const known of links) changes.push(...changesOf(planContact({ ...context, scope }, known)));
  }
  return changes.filter(({ action }) => action === "removals" || action === "unsubscribes");
}
