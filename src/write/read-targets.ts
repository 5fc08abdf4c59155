import type { Contact, ExternalId } from "../model/contact.ts";
import type { Side } from "../model/side.ts";
import type { Values } from "../model/value.ts";
import { storePeople } from "../pull/pull-side.ts";
import { existing } from "../pull/readings.ts";
import type { RunContext } from "../pull/run-context.ts";
import { propertiesFor, sightingRow } from "../pull/sighting-row.ts";
import { markMissing } from "../store/links/missing-links.ts";
import { atomically } from "../store/database/store.ts";

/** A contact as it is now, with its values by field. */
export interface ReadTarget {
  readonly contact: Contact;
  readonly values: Values;
}

/**
 * Reads what is about to be written to. What was read becomes the new sighting, so that the next plan knows.
 *
 * @returns by id; one that is gone, or is another contact's by now, is absent
 */
export async function readTargets(
  context: RunContext,
  side: Side,
  ids: readonly ExternalId[],
): Promise<ReadonlyMap<ExternalId, ReadTarget>> {
  const properties = propertiesFor(context.fields, side);
  const reading = await context.connectors[side].contacts.read(ids, properties, context.signal);
  const { missing } = existing(ids, reading);
  await atomically(context.store, async (store) => {
    await storePeople({ ...context, store }, side, reading, () => false);
    await markMissing(store, { side, ids: missing }, context.now());
  });
  return new Map(
    reading.contacts.map((contact) => [
      contact.id,
      { contact, values: sightingRow(context.fields, contact, false).fields },
    ]),
  );
}
