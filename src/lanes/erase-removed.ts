import { emailKey } from "../model/email.ts";
import { SystemUnavailable } from "../model/problem.ts";
import { SIDES } from "../model/side.ts";
import type { Side } from "../model/side.ts";
import { SIDE_NAMES } from "../model/side.ts";
import { writeAudit } from "../store/chains/audit.ts";
import type { DeletedContact } from "../store/links/deleted-contacts.ts";
import { deletedContacts } from "../store/links/deleted-contacts.ts";
import { ConnectionBusy } from "./connection-lease.ts";
import type { Deps } from "./deps.ts";
import { erasePerson } from "./erase-person.ts";

/** A deletion is seen later than it was made, so a contact that was last read near the end of the time is left alone. */
const MARGIN_MS = 10 * 86_400_000;

/**
 * Erases the people whose contact was deleted for privacy. A system that keeps deleted contacts for a time shows such a
 * one neither there nor here. Only contacts whose deletion is settled are asked about, so the limit on deletions holds here
 * too. Their keyed hashes and opt-outs stay. What cannot be asked or erased now is left to the next comparison.
 *
 * @returns how many people were erased
 */
export async function eraseRemoved(deps: Deps, connectionId: number): Promise<number> {
  let erased = 0;
  for (const side of SIDES) {
    for (const contact of await removedOn(deps, connectionId, side)) {
      const email = emailKey(contact.email);
      if (email === null) continue;
      try {
        const { contacts } = await erasePerson(deps, email);
        erased += 1;
        await writeAudit(
          deps.database,
          connectionId,
          {
            who: SIDE_NAMES[side],
            role: "system",
            action: "erase",
            contacts,
            about: { links: String(contact.link) },
            reason: `deleted for privacy in ${SIDE_NAMES[side]}`,
          },
          deps.now(),
        );
      } catch (error) {
        if (error instanceof ConnectionBusy) return erased;
        throw error;
      }
    }
  }
  return erased;
}

async function removedOn(
  { database, connectors, now, signal }: Deps,
  connectionId: number,
  side: Side,
): Promise<readonly DeletedContact[]> {
  const { removed } = connectors[side].contacts;
  if (removed === null) return [];
  const since = new Date(now().getTime() - removed.keptMs + MARGIN_MS);
  const deleted = await deletedContacts(database, connectionId, side, since);
  if (deleted.length === 0) return [];
  try {
    const gone = new Set(
      await removed.forGood(
        deleted.map(({ externalId }) => externalId),
        signal,
      ),
    );
    return deleted.filter(({ externalId }) => gone.has(externalId));
  } catch (error) {
    if (error instanceof SystemUnavailable) return [];
    throw error;
  }
}
