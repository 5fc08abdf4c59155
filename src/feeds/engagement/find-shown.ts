import type { EntryGroup } from "../../connectors/engagement-port.ts";
import { knownReferences, saveOthers, shownUnder } from "../../store/feeds/engagement-found.ts";
import type { QueuedEngagement } from "../../store/feeds/engagement-queue.ts";
import type { ShownContact } from "../../store/feeds/engagement-roll-ups.ts";
import type { EngagementContext } from "./context.ts";
import type { Group } from "./groups.ts";
import { asItHappened, entryOf } from "./groups.ts";

/**
 * The groups, each with the entry that the sink shows of it already and our database does not know of: an answer was
 * lost, the database was restored from a backup or lost, or the contact was merged into this one. No age of the last run
 * proves that nothing was made since, so this is asked each time before anything is made.
 */
export async function withFound(
  context: EngagementContext,
  groups: readonly Group[],
  contacts: readonly ShownContact[],
): Promise<readonly Group[]> {
  const { store, sink, signal } = context;
  const open = groups.filter(({ reference }) => reference === null);
  if (sink.find === null || open.length === 0) return groups;
  const ids = [...new Set(open.map(({ contact }) => contact))];
  const passed = await knownReferences(store, ids);
  const { references, others } = await sink.find(open, passed, signal);
  const emails = new Map(contacts.map(({ contact, email }) => [contact, email]));
  const seen = [...others].flatMap(([contact, read]) => {
    const email = emails.get(contact);
    return email === undefined || read.length === 0 ? [] : [{ contact, email, others: read }];
  });
  await saveOthers(store, seen);
  const shown = await shownUnder(store, [...references.values()]);
  return groups.map((group) => asFound(group, references.get(group) ?? null, shown));
}

function asFound(group: Group, reference: string | null, shown: readonly QueuedEngagement[]): Group {
  if (reference === null) return group;
  const under = shown.filter((one) => one.reference === reference).toSorted(asItHappened);
  const fresh = new Set(group.fresh.map(({ id }) => id));
  const before: EntryGroup["shown"] = under.map(entryOf).filter(({ id }) => !fresh.has(id));
  return { ...group, reference, shown: [...group.shown, ...before] };
}
