import type { Contact } from "../model/contact.ts";
import type { EmailKey } from "../model/email.ts";
import { SIDES } from "../model/side.ts";
import { readCursor, saveCursor } from "../store/cursors.ts";
import { transaction } from "../store/database.ts";
import type { RunContext } from "../pull/run-context.ts";
import { changedRefusals, saveRefusals } from "../store/refusals.ts";

/** Before the first look, so far back: whoever refused earlier is seen with everything else of them. */
const FIRST_LOOK_MS = 24 * 60 * 60_000;

/**
 * Looks who refused e-mail lately, on both sides: one request each where nobody did. Everybody's refusal goes into the
 * ledger, linked or not, so that nobody can be subscribed later who refused before they were known.
 *
 * @returns the addresses of linked people of whom something is known now that was not before
 */
export async function watchRefusals(
  { database, connectors, now, signal }: Pick<RunContext, "database" | "connectors" | "now" | "signal">,
  connectionId: number,
  runId: bigint,
): Promise<readonly EmailKey[]> {
  const changed = new Set<EmailKey>();
  for (const side of SIDES) {
    const stream = `${side} refusals`;
    const cursor = await readCursor(database, connectionId, stream);
    // In the side's own time, which may be ahead of ours or behind.
    const begun = now().getTime() + connectors[side].skewMs();
    const since = cursor === null ? begun - FIRST_LOOK_MS : Number(cursor);
    for await (const contacts of connectors[side].consent.refusals(since, signal)) {
      const seen = contacts.filter(hasAddress);
      for (const email of await changedRefusals(database, connectionId, seen)) changed.add(email);
      await transaction(database, (statements) => saveRefusals(statements, connectionId, runId, seen, now()));
    }
    await saveCursor(database, connectionId, stream, String(begun), now());
  }
  return [...changed];
}

function hasAddress(contact: Contact): contact is Contact & { readonly email: EmailKey } {
  return contact.email !== null && contact.consent !== null;
}
