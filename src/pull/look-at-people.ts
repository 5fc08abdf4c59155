import type { EmailKey } from "../model/email.ts";
import { SIDES } from "../model/side.ts";
import { transaction } from "../store/database.ts";
import { storePeople } from "./pull-side.ts";
import type { RunContext } from "./run-context.ts";
import { propertiesFor } from "./sighting-row.ts";

/**
 * Reads these people on both sides, by their addresses, and stores what is there.
 *
 * @returns how many contacts were read
 */
export async function lookAtPeople(context: RunContext, emails: readonly EmailKey[]): Promise<number> {
  let read = 0;
  for (const side of SIDES) {
    const properties = propertiesFor(context.fields, side);
    const found = await context.connectors[side].contacts.find(emails, properties, context.signal);
    await transaction(context.database, (statements) =>
      storePeople(context, statements, side, found, () => false),
    );
    read += found.contacts.length;
  }
  return read;
}
