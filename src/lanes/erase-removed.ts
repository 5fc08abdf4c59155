import { atomically } from "../store/database/store.ts";
import { emailKey } from "../model/email.ts";
import type { ExternalId } from "../model/contact.ts";
import { SystemUnavailable } from "../model/problem.ts";
import { SIDES, SIDE_NAMES } from "../model/side.ts";
import type { Side } from "../model/side.ts";
import { existing } from "../pull/readings.ts";
import { writeAudit } from "../store/chains/audit.ts";
import { deletedContacts } from "../store/links/deleted-contacts.ts";
import { vacuum } from "../store/people/redact.ts";
import type { UnlinkedContact } from "../store/snapshots/unlinked-contacts.ts";
import { forgetUnlinked, markUnlinkedRead, unlinkedContacts } from "../store/snapshots/unlinked-contacts.ts";
import { ConnectionBusy } from "./connection-lease.ts";
import type { Opened } from "./deps.ts";
import { erasePerson } from "./erase-person.ts";
/** A deletion is seen later than it was made, so a contact that was last read near the end of the time is left alone. */
const MARGIN_MS = 10 * 86_400_000;

/** A hundred requests of a hundred: of more, the others are asked about in the next comparisons. */
const UNLINKED_AT_ONCE = 10_000;

type OfConnection = Omit<Opened, "connection">;

/** A contact that no longer exists, of somebody whose address is known. */
interface GoneContact {
  readonly link: bigint | null;
  readonly email: string;
  readonly externalId: ExternalId;
}

/**
 * Erases the people whose contact was deleted for privacy, linked or not. A system that keeps deleted contacts for a time
 * shows such a one neither there nor here. Of linked contacts only those are asked about whose deletion is settled, so the
 * limit on deletions holds here too. Keyed hashes and opt-outs stay. What Tandem stored of an unlinked contact that no
 * longer exists is removed, however it was deleted. What cannot be asked or erased now is left to the next comparison.
 *
 * @param began of the comparison: an unlinked contact that it has read need not be asked for again
 * @returns how many people were erased
 */
export async function eraseRemoved(deps: OfConnection, began: Date): Promise<number> {
  let erased = 0;
  for (const side of SIDES) {
    const unlinked = await readUnlinked(deps, side, began);
    const removed = await removedOn(deps, side, unlinked.missing);
    if (removed === null) continue;
    for (const contact of removed) {
      if (!(await eraseOne(deps, side, contact))) return erased;
      erased += 1;
    }
    await forget(deps, side, [...unlinked.missing, ...unlinked.merged]);
  }
  return erased;
}

async function forget(
  { store, database, now }: OfConnection,
  side: Side,
  contacts: readonly UnlinkedContact[],
): Promise<void> {
  if (contacts.length === 0) return;
  const ids = contacts.map(({ externalId }) => externalId);
  await atomically(store, (store) => forgetUnlinked(store, side, ids, now()));
  // PostgreSQL's planner remembers values of rows that are gone.
  await vacuum(database);
}

/** @returns `false` where another process works on one of the connections */
async function eraseOne(deps: OfConnection, side: Side, { email, link }: GoneContact): Promise<boolean> {
  const key = emailKey(email);
  if (key === null) return true;
  try {
    const { contacts } = await erasePerson(deps, key);
    const entry = {
      who: SIDE_NAMES[side],
      role: "system",
      action: "erase",
      contacts,
      about: link === null ? {} : { links: String(link) },
      reason: `deleted for privacy in ${SIDE_NAMES[side]}`,
    } as const;
    await writeAudit(deps.store, entry, deps.now());
    return true;
  } catch (error) {
    if (error instanceof ConnectionBusy) return false;
    throw error;
  }
}

/** The unlinked contacts that do not exist any more, and those that were merged into others. */
async function readUnlinked(
  { store, connectors, now, signal }: OfConnection,
  side: Side,
  began: Date,
): Promise<{ readonly missing: readonly UnlinkedContact[]; readonly merged: readonly UnlinkedContact[] }> {
  const unlinked = await unlinkedContacts(store, side, began, UNLINKED_AT_ONCE);
  const ids = unlinked.map(({ externalId }) => externalId);
  const reading =
    ids.length === 0 ? null : await unlessUnavailable(() => connectors[side].contacts.read(ids, [], signal));
  if (reading === null) return { missing: [], merged: [] };
  const { there, missing } = existing(ids, reading);
  await markUnlinkedRead(store, side, there, now());
  const [found, gone] = [new Set(there), new Set(missing)];
  return {
    missing: unlinked.filter(({ externalId }) => gone.has(externalId)),
    merged: unlinked.filter(({ externalId }) => !found.has(externalId) && !gone.has(externalId)),
  };
}

/** @returns `null` where the system did not answer */
async function removedOn(
  { store, connectors, now, signal }: OfConnection,
  side: Side,
  unlinked: readonly UnlinkedContact[],
): Promise<readonly GoneContact[] | null> {
  const { removed } = connectors[side].contacts;
  if (removed === null) return [];
  const since = new Date(now().getTime() - removed.keptMs + MARGIN_MS);
  const candidates = [
    ...(await deletedContacts(store, side, since)),
    ...unlinked.flatMap(({ email, readAt, externalId }): readonly GoneContact[] =>
      email === null || readAt <= since ? [] : [{ link: null, email, externalId }],
    ),
  ];
  if (candidates.length === 0) return [];
  const ids = candidates.map(({ externalId }) => externalId);
  const gone = await unlessUnavailable(() => removed.forGood(ids, signal));
  if (gone === null) return null;
  const removedIds = new Set(gone);
  return candidates.filter(({ externalId }) => removedIds.has(externalId));
}

async function unlessUnavailable<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof SystemUnavailable) return null;
    throw error;
  }
}
