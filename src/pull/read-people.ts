import type { EmailKey } from "../model/email.ts";
import { SIDES } from "../model/side.ts";
import { contactsUnder } from "../store/links/links-under.ts";
import { readMissing, storePeople } from "./pull-side.ts";
import { idsAndMerged } from "./readings.ts";
import type { RunContext } from "./run-context.ts";
import { propertiesFor } from "./sighting-row.ts";
import { atomically } from "../store/database/store.ts";

/**
 * Reads these people on both sides, by their addresses, now or formerly, and stores what is there.
 *
 * @returns how many contacts were read
 */
export async function readPeople(context: RunContext, emails: readonly EmailKey[]): Promise<number> {
  let read = 0;
  for (const side of SIDES) {
    const properties = propertiesFor(context.fields, side);
    const { contacts } = context.connectors[side];
    const found = await contacts.find(emails, properties, context.signal);
    await atomically(context.store, (store) => storePeople({ ...context, store }, side, found, () => false));
    read += found.contacts.length;
    // Neither system finds a contact by a former email address, so these are read by id.
    const shown = new Set(idsAndMerged(found.contacts));
    const ids = (await contactsUnder(context.store, side, emails)).filter((id) => !shown.has(id));
    if (ids.length > 0) await readMissing(context, side, ids);
    read += ids.length;
  }
  return read;
}
