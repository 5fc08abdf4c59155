import { chunks } from "../model/chunks.ts";
import type { EmailKey } from "../model/email.ts";
import { SIDES } from "../model/side.ts";
import { storePeople } from "../pull/pull-side.ts";
import { existing } from "../pull/readings.ts";
import type { RunContext } from "../pull/run-context.ts";
import { pageDone } from "../pull/run-context.ts";
import { propertiesFor } from "../pull/sighting-row.ts";
import { addressesToCome, contestedContacts } from "../store/links/contested.ts";
import { markMissing } from "../store/links/missing-links.ts";
import { forgetUnlinked } from "../store/snapshots/unlinked-contacts.ts";
import { atomically } from "../store/database/store.ts";

/** Ids and addresses in one call: both systems take a hundred. */
const AT_ONCE = 100;

/**
 * Reads the contacts once more that dispute an email address, and finds the holder of an address that somebody is about to
 * get. Linking, and what Tandem says about it, rests on what both contacts show now.
 */
export async function confirmContested(context: RunContext): Promise<void> {
  const { store, connectors, now, signal } = context;
  for (const side of SIDES) {
    const properties = propertiesFor(context.fields, side);
    for (const emails of chunks(await addressesToCome(store, side), AT_ONCE)) {
      const found = await connectors[side].contacts.find(emails as EmailKey[], properties, signal);
      await atomically(store, (store) => storePeople({ ...context, store }, side, found, () => true));
    }
  }
  const contested = await contestedContacts(store);
  for (const side of SIDES) {
    const own = contested.filter((one) => one.side === side).map(({ id }) => id);
    for (const ids of chunks(own, AT_ONCE)) {
      const properties = propertiesFor(context.fields, side);
      const found = await connectors[side].contacts.read(ids, properties, signal);
      const { missing: gone } = existing(ids, found);
      await atomically(store, async (store) => {
        await storePeople({ ...context, store }, side, found, () => false);
        await forgetUnlinked(store, side, gone, now());
        await markMissing(store, { side, ids: gone }, now());
      });
      await pageDone(context);
    }
  }
}
