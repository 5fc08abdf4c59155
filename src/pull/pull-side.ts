import { createHash } from "node:crypto";
import type { PullPage } from "../connectors/connector.ts";
import type { IndexReading, RecordReading } from "../model/contact.ts";
import { fromIndex } from "../model/contact.ts";
import type { Problem } from "../model/problem.ts";
import type { Side } from "../model/side.ts";
import { compareRead } from "../store/snapshots/comparisons.ts";
import { forgetCursor, readCursor, saveCursor } from "../store/snapshots/cursors.ts";
import type { CollectionKey } from "../store/snapshots/members.ts";
import { noteAbsences, saveMembers, unknownContacts } from "../store/snapshots/members.ts";
import { heirsOfLinked, relinkMerged } from "../store/links/merged.ts";
import { markFound, markMissing, markShown } from "../store/links/missing-links.ts";
import { erasedAmong, traceOf } from "../store/people/erased.ts";
import { saveMergedOptOuts } from "../store/consent/merged-opt-outs.ts";
import { saveOptOuts } from "../store/consent/opt-outs.ts";
import { saveSightings } from "../store/snapshots/sightings.ts";
import { forgetUnreadable, saveUnreadable, unreadIds } from "../store/snapshots/unreadable-contacts.ts";
import { existing, idsAndMerged, namelessProblems, NOBODY_READ } from "./readings.ts";
import { beginPull, endPull, timingOf } from "./pull-times.ts";
import type { RunContext } from "./run-context.ts";
import { collectionsOf, pageDone } from "./run-context.ts";
import { propertiesFor, sightingRow } from "./sighting-row.ts";
import { unreadableOfKnown, withoutErased } from "./without-erased.ts";
import { NO_RUN } from "../store/runs/runs.ts";
import { atomically } from "../store/database/store.ts";

/** Result of one pull. */
export interface PullReport {
  readonly contacts: number;
  /** Lists, segments and properties that could not be read: nobody left, nothing was emptied, somebody must look. */
  readonly problems: readonly Problem[];
}

/**
 * Sees: reads what changed on one side since its cursor and stores it, a page and its cursor in one transaction. Decides
 * nothing; a page read twice changes nothing.
 */
export async function pullSide(context: RunContext, side: Side): Promise<PullReport> {
  const inUse = collectionsOf(context.scope, side);
  const collections = [...new Set([...inUse, ...context.candidates[side]])].sort();
  const stream = streamOf(side, collections);
  const cursor = await readCursor(context.store, stream);
  const full = await fullScan(context, stream, cursor);
  const scope = { collections, properties: propertiesFor(context.fields, side) };
  await beginPull(context, side);
  await readUnreadAgain(context, side);
  const report = { contacts: 0, problems: [] as Problem[] };
  /** Collections that were not read whole: of these, absence says nothing. */
  const frozen = new Set<string>();
  for await (const page of context.connectors[side].contacts.pull(scope, cursor, context.signal)) {
    switch (page.kind) {
      case "contacts":
        await storeContacts(context, side, stream, page, full);
        report.contacts += page.contacts.length;
        report.problems.push(...namelessProblems(page.unreadable));
        break;
      case "roster":
        await storeRoster(context, side, stream, page);
        break;
      case "collection_gone":
      case "properties_gone":
        if (page.kind === "collection_gone") frozen.add(page.collection);
        report.problems.push(page.problem);
        await saveCursor(context.store, stream, page.cursor, context.now());
        break;
    }
    context.progress({ step: "read", side, done: report.contacts, total: null });
    await pageDone(context);
  }
  if (full !== null) await closeFullScan(context, side, stream, full, collections, frozen);
  await endPull(context, side, full === null);
  return report;
}

function streamOf(side: Side, collections: readonly string[]): string {
  const which = createHash("sha256").update(JSON.stringify(collections)).digest("hex").slice(0, 12);
  return `${side} contacts ${which}`;
}

/** A pull from the beginning sees every member, so it is a roster of each collection too; its scan survives a kill. */
async function fullScan(context: RunContext, stream: string, cursor: string | null): Promise<string | null> {
  const { store } = context;
  const going = await readCursor(store, `${stream} full`);
  if (going !== null || cursor !== null) return going;
  const scan = context.newId();
  await saveCursor(store, `${stream} full`, scan, context.now());
  return scan;
}

async function closeFullScan(
  context: RunContext,
  side: Side,
  stream: string,
  scan: string,
  collections: readonly string[],
  frozen: ReadonlySet<string>,
): Promise<void> {
  const { store } = context;
  for (const collection of collections) {
    if (!frozen.has(collection)) await noteAbsences(store, { side, collection }, scan);
  }
  await forgetCursor(store, `${stream} full`);
}

async function storeContacts(
  context: RunContext,
  side: Side,
  stream: string,
  page: Extract<PullPage, { kind: "contacts" }>,
  scan: string | null,
): Promise<void> {
  const members = new Set([...page.members.values()].flat());
  await atomically(context.store, async (store) => {
    const erased = await storePeople({ ...context, store }, side, fromIndex(page), (id) => members.has(id));
    for (const [collection, ids] of page.members) {
      await saveMembers(
        store,
        { side, collection },
        ids.filter((id) => !erased.has(id)),
        scan,
        context.now(),
      );
    }
    await saveCursor(store, stream, page.cursor, context.now());
  });
}

async function storeRoster(
  context: RunContext,
  side: Side,
  stream: string,
  page: Extract<PullPage, { kind: "roster" }>,
): Promise<void> {
  const key: CollectionKey = { side, collection: page.collection };
  const unknown = await unknownContacts(context.store, { side, ids: page.ids });
  const gone = await erasedAmong(
    context.store,
    unknown.map((id) => traceOf(side, id)),
  );
  const toRead = unknown.filter((id) => !gone.has(traceOf(side, id)));
  const met = toRead.length > 0 ? await readAgain(context, side, toRead) : NOBODY_READ;
  await atomically(context.store, async (store) => {
    const erased = await storePeople({ ...context, store }, side, met, () => true);
    const ids = page.ids.filter((id) => !erased.has(id) && !gone.has(traceOf(side, id)));
    await saveMembers(store, key, ids, page.scan, context.now());
    await saveCursor(store, stream, page.cursor, context.now());
  });
  if (page.last) await noteAbsences(context.store, key, page.scan);
}

/** How many that could not be read are tried again in a run: ten requests. */
const MOST_AGAIN = 1_000;

/**
 * A cursor that has passed a contact does not show it again before it changes. So those that could not be read are read
 * by id in every run, until they can be or no longer exist.
 */
async function readUnreadAgain(context: RunContext, side: Side): Promise<void> {
  const unread = await unreadIds(context.store, side, MOST_AGAIN);
  if (unread.length === 0) return;
  const members = new Set(unread.flatMap(({ id, isMember }) => (isMember ? [id] : [])));
  await readMissing(
    context,
    side,
    unread.map(({ id }) => id),
    (id) => members.has(id),
  );
}

/**
 * Reads contacts by id and stores them; one that no longer exists, and was not merged, is marked as missing. Only this
 * tells that a missing one is there: a page of changes may come from an index that lags.
 */
export async function readMissing(
  context: RunContext,
  side: Side,
  ids: readonly string[],
  wanted: (id: string) => boolean = () => false,
): Promise<void> {
  const { now } = context;
  const still = await readAgain(context, side, ids);
  const { there, missing } = existing(ids, still);
  await atomically(context.store, async (store) => {
    const erased = await storePeople({ ...context, store }, side, still, wanted);
    const found = there.filter((id) => !erased.has(id));
    await markFound(store, { side, ids: found }, now());
    await markMissing(store, { side, ids: missing }, now());
    await forgetUnreadable(store, side, missing, now());
  });
}

async function readAgain(context: RunContext, side: Side, ids: readonly string[]): Promise<RecordReading> {
  return context.connectors[side].contacts.read(ids, propertiesFor(context.fields, side), context.signal);
}

/** How long before a pull a change must have been made for that pull to have shown it: by the side's own clock. */
function lagOf({ connectors }: RunContext, side: Side): number {
  return connectors[side].contacts.pullLagMs - connectors[side].skewMs();
}

/**
 * Stores contacts, and moves the links of merged ones to the contact that is left. Of erased people only a refusal is
 * kept, in the ledger; a link that has become an erased person's is nobody's any more, and nothing is made from it. The
 * reading itself says whether it shows the records or an index that may lag.
 *
 * @returns the ids of erased people's contacts, which were not stored, and of contacts that were merged into them
 */
export async function storePeople(
  context: RunContext,
  side: Side,
  { from, contacts: shown, unreadable }: RecordReading | IndexReading,
  wanted: (id: string) => boolean,
): Promise<ReadonlySet<string>> {
  const { store } = context;
  const { kept: contacts, erased } = await withoutErased(store, shown);
  const merged = contacts.filter((contact) => contact.mergedIds.length > 0);
  const heirs = await heirsOfLinked(store, side, merged);
  const rows = contacts.map((contact) =>
    sightingRow(context.fields, contact, wanted(contact.id) || heirs.has(contact.id)),
  );
  const timing = await timingOf(context, side);
  const { comparison } = context;
  if (comparison !== null) await compareRead(store, rows, comparison, lagOf(context, side), context.now());
  const reading = { shape: context.shapes[side], from };
  await saveSightings(store, rows, context.now(), reading, timing);
  const shownIds = contacts.map(({ id }) => id);
  await markShown(store, { side, ids: shownIds }, context.now());
  await forgetUnreadable(store, side, idsAndMerged(contacts), context.now());
  await saveUnreadable(store, await unreadableOfKnown(store, unreadable), context.now());
  await saveMergedOptOuts(store, side, merged, context.consent, context.now());
  await relinkMerged(store, side, merged, context.now());
  const gone = idsAndMerged(erased);
  await markMissing(store, { side, ids: gone }, context.now());
  const refusing = erased.filter(({ email, consent }) => email !== null && consent !== null);
  await saveOptOuts(store, NO_RUN, refusing, context.now());
  return new Set(gone);
}
