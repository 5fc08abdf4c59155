import type { Side } from "../../model/side.ts";
import { SIDES } from "../../model/side.ts";
import type { Change } from "../../plan/changes.ts";
import { deletionsAllowed } from "../../plan/guards.ts";
import { readMissing } from "../../pull/pull-side.ts";
import type { RunContext } from "../../pull/run-context.ts";
import { countLinks } from "../../store/links/links.ts";
import type { MissingLink } from "../../store/links/missing-links.ts";
import { markDeleted, missingLinks } from "../../store/links/missing-links.ts";
import type { Guarded } from "./guarded.ts";
import { NOTHING_GUARDED } from "./guarded.ts";
import { atomically } from "../../store/database/store.ts";

/**
 * Decides of the linked contacts that were not found, by asking for each once more: deleted, there after all (as one is
 * that was deleted and restored), or too many at once to be plausible (CONTRACT.md, Guards). What is not plausible is looked for
 * again in every run, and waits.
 */
export async function confirmDeletions(
  context: RunContext,
  isApproved: (change: Change) => boolean,
): Promise<Guarded> {
  const { store } = context;
  const linked = await countLinks(store, "live");
  const allowed = deletionsAllowed(linked);
  const isSurprising = (link: MissingLink) => !isApproved(deletion(link));
  await readAgain(context, await missingLinks(store));
  const missing = await missingLinks(store);
  const surprising = missing.filter(isSurprising);
  const isHeld = surprising.length > allowed;
  const gone = isHeld ? missing.filter((link) => !isSurprising(link)) : missing;
  await atomically(store, (store) =>
    markDeleted(
      store,
      gone.map(({ id }) => id),
      context.now(),
    ),
  );
  await readPartners(context, gone);
  if (!isHeld) return NOTHING_GUARDED;
  const planned = surprising.length;
  return {
    exceeded: [{ side: onlySide(surprising), action: "deaths", planned, allowed, collection: null }],
    held: surprising.map(deletion),
  };
}

async function readAgain(context: RunContext, missing: readonly MissingLink[]): Promise<void> {
  for (const side of SIDES) {
    const ids = missing.filter((link) => link.side === side).map(({ externalId }) => externalId);
    if (ids.length > 0) await readMissing(context, side, ids);
  }
}

/** A link remembers one missing contact. Where both were deleted at once, nothing else asks for the second before the night. */
async function readPartners(context: RunContext, deleted: readonly MissingLink[]): Promise<void> {
  for (const side of SIDES) {
    const ids = deleted.flatMap((link) => (link.side === side ? [] : (link.partner ?? [])));
    if (ids.length > 0) await readMissing(context, side, ids);
  }
}

function deletion({ email, side, externalId }: MissingLink): Change {
  return { side, action: "deaths", words: JSON.stringify([email, side, "gone", externalId]) };
}

function onlySide(links: readonly MissingLink[]): Side | null {
  return SIDES.find((side) => links.every((link) => link.side === side)) ?? null;
}
