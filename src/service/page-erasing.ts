import type { Erasing } from "../lanes/erasing.ts";
import { ConnectionBusy } from "../lanes/connection-lease.ts";
import type { Deps } from "../lanes/deps.ts";
import { erasePerson, knownOf } from "../lanes/erase-person.ts";

/** What the page needs to erase somebody: the same as `tandem erase`, told where a run is in its way. */
export function pageErasing(deps: Pick<Deps, "database" | "now" | "newId">): Erasing {
  return {
    known: (email) => knownOf(deps, email),
    async erase(email) {
      try {
        const { contacts, addresses } = await erasePerson(deps, email);
        return { kind: "erased", contacts, addresses };
      } catch (error) {
        if (error instanceof ConnectionBusy) return { kind: "busy" };
        throw error;
      }
    },
  };
}
