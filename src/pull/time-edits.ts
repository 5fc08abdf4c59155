import type { ContactPort } from "../connectors/connector.ts";
import type { ContactHistory } from "../model/history/contact-history.ts";
import { fromRecords } from "../model/contact.ts";
import type { Side } from "../model/side.ts";
import { SIDES } from "../model/side.ts";
import { planContact } from "../plan/plan-contact.ts";
import { hangsOnTimes } from "../plan/hangs-on-times.ts";
import type { SetTime } from "../store/snapshots/edit-times.ts";
import { saveSetTimes } from "../store/snapshots/edit-times.ts";
import type { LinkFilter } from "../store/links/known-links.ts";
import { knownLinkPages } from "../store/links/known-link-pages.ts";
import { storePeople } from "./pull-side.ts";
import type { RunContext } from "./run-context.ts";
import { pageDone } from "./run-context.ts";
import { propertiesFor, sightingRow } from "./sighting-row.ts";
import { atomically } from "../store/database/store.ts";

/**
 * Asks the sides that know when a property was set, for the people of whom it decides who wins: their newest field was
 * changed on both sides. The times are kept with the sightings, so that a plan derived again, by this run, by the next
 * or by `explain`, is the same; a value that changes loses its time with it.
 */
export async function timeEdits(context: RunContext, filter: LinkFilter): Promise<void> {
  if (!context.fields.some(({ newest }) => newest)) return;
  const { store, scope } = context;
  for await (const page of knownLinkPages(store, scope, filter, context.now)) {
    const undecided = page.map((known) => planContact(context, known)).filter(hangsOnTimes);
    for (const side of SIDES) {
      const ids = undecided.flatMap(({ known }) => known.sightings[side]?.id ?? []);
      const { readHistory } = context.connectors[side].contacts;
      if (ids.length > 0 && readHistory !== null) await ask(context, side, ids, readHistory);
    }
    await pageDone(context);
  }
}

async function ask(
  context: RunContext,
  side: Side,
  ids: readonly string[],
  readHistory: NonNullable<ContactPort["readHistory"]>,
): Promise<void> {
  const newest = context.fields.filter((rule) => rule.newest).map(({ property }) => property[side]);
  const properties = propertiesFor(context.fields, side);
  const { histories, unreadable } = await readHistory(ids, properties, newest, context.signal);
  const contacts = histories.map(({ contact }) => contact);
  await atomically(context.store, async (store) => {
    await storePeople({ ...context, store }, side, fromRecords({ contacts, unreadable }), () => false);
    const times = histories.flatMap((one) => setTimes(context, side, one));
    await saveSetTimes(store, times);
  });
}

function setTimes(context: RunContext, side: Side, { contact, past }: ContactHistory): readonly SetTime[] {
  const { fields } = sightingRow(context.fields, contact, false);
  const skewMs = context.connectors[side].skewMs();
  return context.fields.flatMap(({ key, property, newest }): readonly SetTime[] => {
    const [at, value] = [past[property[side]]?.[0]?.at, fields[key]];
    if (!newest || at === undefined || value === undefined) return [];
    return [{ side, id: contact.id, field: key, value, at, skewMs }];
  });
}
