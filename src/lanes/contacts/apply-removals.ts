import type { Side } from "../../model/side.ts";
import type { Change } from "../../plan/changes.ts";
import { removalsAllowed } from "../../plan/guards.ts";
import { readMissing } from "../../pull/pull-side.ts";
import type { RunContext } from "../../pull/run-context.ts";
import type { LeftCollection } from "../../store/snapshots/members.ts";
import { leftCollections, removeMembers } from "../../store/snapshots/members.ts";
import type { Guarded } from "./guarded.ts";
import { together } from "./guarded.ts";
import { atomically } from "../../store/database/store.ts";

/**
 * How often in a row a member must be missing from a whole roster to have left. HubSpot's memberships are read
 * directly; a Klaviyo segment may be under recalculation, so one absence proves nothing (facts: 15 min to 1 h).
 */
const ABSENCES_NEEDED: Readonly<Record<Side, number>> = { hubspot: 1, klaviyo: 2 };

/** Who left, and the lists that so many left at once that a person must approve. */
export interface Removals extends Guarded {
  readonly left: number;
}

/**
 * Lets those go who left their list or segment. Where too many did at once, or all, they stay members until somebody
 * approves or they come back (CONTRACT.md, Guards): an emptied list is more often a mistake than intended.
 *
 * @param nameOf what people call a list or segment
 */
export async function applyRemovals(
  context: RunContext,
  side: Side,
  isApproved: (change: Change) => boolean,
  nameOf: (collection: string) => string,
): Promise<Removals> {
  const { store } = context;
  const all: Removals[] = [];
  for (const one of await leftCollections(store, side, ABSENCES_NEEDED[side])) {
    const { collection, members, leavers } = one;
    const surprising = leavers.filter((id) => !isApproved(leaving(side, collection, id)));
    const allowed = removalsAllowed(members);
    const isHeld = surprising.length > allowed;
    const gone = isHeld ? leavers.filter((id) => !surprising.includes(id)) : leavers;
    await removeConfirmed(context, side, one, gone);
    const limit = {
      side,
      action: "leavers" as const,
      planned: surprising.length,
      allowed,
      collection: nameOf(collection),
    };
    all.push({
      left: gone.length,
      exceeded: isHeld ? [limit] : [],
      held: isHeld ? surprising.map((id) => leaving(side, collection, id)) : [],
    });
  }
  return { ...together(all), left: all.reduce((sum, { left }) => sum + left, 0) };
}

function leaving(side: Side, collection: string, id: string): Change {
  return { side, action: "leavers", words: JSON.stringify([id, side, "leave", collection]) };
}

/** Each is read once more before it is forgotten as a member: left the list, or left the account? */
async function removeConfirmed(
  context: RunContext,
  side: Side,
  { collection }: LeftCollection,
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return;
  await readMissing(context, side, ids);
  const key = { side, collection };
  await atomically(context.store, (store) => removeMembers(store, key, ids, context.now()));
}
