import type { Contact } from "../model/contact.ts";
import type { EmailKey } from "../model/email.ts";
import type { Side } from "../model/side.ts";
import { SIDES } from "../model/side.ts";
import { readCursor, saveCursor } from "../store/snapshots/cursors.ts";
import type { RunContext } from "../pull/run-context.ts";
import { unreadableOfKnown } from "../pull/without-erased.ts";
import { changedOptOuts, saveOptOuts } from "../store/consent/opt-outs.ts";
import { saveUnreadable } from "../store/snapshots/unreadable-contacts.ts";
import { watchFormerAddresses } from "./watch-former-addresses.ts";
import { atomically } from "../store/database/store.ts";

/** How far back the first read of opt-outs goes. Earlier ones show in the contacts themselves. */
const FIRST_READ_MS = 24 * 60 * 60_000;

/** Who refused lately. */
export interface Watched {
  /** The addresses of linked people of whom something is known now that was not before, or is not done with yet. */
  readonly changed: readonly EmailKey[];
  /** Notes how far it was looked: to be called once `changed` were seen to, so that none is lost when that fails. */
  readonly markRead: () => Promise<void>;
}

/**
 * Looks who refused e-mail lately, on both sides: one request each where nobody did and nobody left an
 * email address. Everybody's refusal goes into the
 * ledger, linked or not, so that nobody can be subscribed later who refused before they were known.
 */
export async function watchOptOuts(
  { store, connectors, now, signal }: Pick<RunContext, "store" | "connectors" | "now" | "signal">,
  runId: bigint,
): Promise<Watched> {
  const changed = new Set<EmailKey>();
  const cursors: { readonly stream: string; readonly until: number }[] = [];
  const watch = async (side: Side): Promise<void> => {
    const stream = `${side} refusals`;
    const cursor = await readCursor(store, stream);
    const begun = now().getTime();
    const since = cursor === null ? begun + connectors[side].skewMs() - FIRST_READ_MS : Number(cursor);
    for await (const { contacts, unreadable } of connectors[side].consent.optOuts(since, signal)) {
      const seen = contacts.filter(hasAddress);
      for (const email of await changedOptOuts(store, seen)) changed.add(email);
      await atomically(store, async (store) => {
        await saveOptOuts(store, runId, seen, now());
        const kept = await unreadableOfKnown(store, unreadable);
        await saveUnreadable(store, kept, now());
      });
    }
    const left = await watchFormerAddresses({ store, connectors, now, signal }, runId, side);
    for (const email of left) changed.add(email);
    // In the side's own time, which may be ahead of ours or behind: its first answer tells.
    cursors.push({ stream, until: begun + connectors[side].skewMs() });
  };
  let out: unknown = null;
  for (const side of SIDES) {
    // One side's outage does not delay the other side's opt-outs: the ledger has them before anybody is subscribed.
    await watch(side).catch((error: unknown) => void (out ??= error));
  }
  if (out !== null) throw out;
  return {
    changed: [...changed],
    async markRead() {
      for (const { stream, until } of cursors) {
        await saveCursor(store, stream, String(until), now());
      }
    },
  };
}

function hasAddress(contact: Contact): contact is Contact & { readonly email: EmailKey } {
  return contact.email !== null && contact.consent !== null;
}
