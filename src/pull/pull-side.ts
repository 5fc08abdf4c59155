import { createHash } from "node:crypto";
import type { PullPage } from "../connectors/connector.ts";
import type { Contact } from "../model/contact.ts";
import type { Problem } from "../model/problem.ts";
import type { Side } from "../model/side.ts";
import { forgetCursor, readCursor, saveCursor } from "../store/cursors.ts";
import type { Statements } from "../store/database.ts";
import { transaction } from "../store/database.ts";
import { markDeleted } from "../store/links.ts";
import type { CollectionKey } from "../store/members.ts";
import { closeRoster, saveMembers, unknownContacts } from "../store/members.ts";
import { relinkMerged } from "../store/merged.ts";
import { saveSightings } from "../store/sightings.ts";
import type { RunContext } from "./run-context.ts";
import { collectionsOf } from "./run-context.ts";
import { propertiesFor, sightingRow } from "./sighting-row.ts";

/**
 * How often in a row a member must be missing from a whole roster to have left. HubSpot's memberships are read
 * directly; a Klaviyo segment may be under recalculation, so one absence proves nothing (facts: 15 min to 1 h).
 */
const ABSENCES_NEEDED: Readonly<Record<Side, number>> = { hubspot: 1, klaviyo: 2 };

/** What a pull came to. */
export interface PullReport {
  readonly contacts: number;
  readonly left: number;
  /** Lists and segments that could not be read: nobody left them, somebody must look. */
  readonly problems: readonly Problem[];
}

/**
 * Sees: reads what changed on one side since its cursor and stores it, a page and its cursor in one transaction. Decides
 * nothing; a page read twice changes nothing.
 */
export async function pullSide(context: RunContext, side: Side): Promise<PullReport> {
  const collections = collectionsOf(context.scope, side);
  const stream = streamOf(side, collections);
  const cursor = await readCursor(context.database, context.connectionId, stream);
  const full = await fullScan(context, stream, cursor);
  const scope = { collections, properties: propertiesFor(context.fields, side) };
  const report = { contacts: 0, left: 0, problems: [] as Problem[] };
  for await (const page of context.connectors[side].contacts.pull(scope, cursor, context.signal)) {
    switch (page.kind) {
      case "contacts":
        await storeContacts(context, side, stream, page, full);
        report.contacts += page.contacts.length;
        break;
      case "roster":
        report.left += await storeRoster(context, side, stream, page);
        break;
      case "collection_gone":
        report.problems.push(page.problem);
        await saveCursor(context.database, context.connectionId, stream, page.cursor, context.now());
        break;
    }
    context.progress({ step: "read", side, done: report.contacts, total: null });
    context.stopping.throwIfAborted();
  }
  const frozen = new Set(report.problems.map(({ field }) => field));
  if (full !== null) report.left += await closeFullScan(context, side, stream, full, collections, frozen);
  return report;
}

function streamOf(side: Side, collections: readonly string[]): string {
  const which = createHash("sha256").update(JSON.stringify(collections)).digest("hex").slice(0, 12);
  return `${side} contacts ${which}`;
}

/** A pull from the beginning sees every member, so it is a roster of each collection too; its scan survives a kill. */
async function fullScan(context: RunContext, stream: string, cursor: string | null): Promise<string | null> {
  const { database, connectionId } = context;
  const going = await readCursor(database, connectionId, `${stream} full`);
  if (going !== null || cursor !== null) return going;
  const scan = context.newId();
  await saveCursor(database, connectionId, `${stream} full`, scan, context.now());
  return scan;
}

async function closeFullScan(
  context: RunContext,
  side: Side,
  stream: string,
  scan: string,
  collections: readonly string[],
  frozen: ReadonlySet<string | null>,
): Promise<number> {
  let left = 0;
  for (const collection of collections) {
    if (frozen.has(collection)) continue;
    left += (await closeMembers(context, { connectionId: context.connectionId, side, collection }, scan))
      .length;
  }
  await forgetCursor(context.database, context.connectionId, `${stream} full`);
  return left;
}

async function storeContacts(
  context: RunContext,
  side: Side,
  stream: string,
  page: Extract<PullPage, { kind: "contacts" }>,
  scan: string | null,
): Promise<void> {
  const members = new Set([...page.members.values()].flat());
  await transaction(context.database, async (statements) => {
    await storePeople(context, statements, side, page.contacts, (id) => members.has(id));
    for (const [collection, ids] of page.members) {
      await saveMembers(
        statements,
        { connectionId: context.connectionId, side, collection },
        ids,
        scan,
        context.now(),
      );
    }
    await saveCursor(statements, context.connectionId, stream, page.cursor, context.now());
  });
}

async function storeRoster(
  context: RunContext,
  side: Side,
  stream: string,
  page: Extract<PullPage, { kind: "roster" }>,
): Promise<number> {
  const key: CollectionKey = { connectionId: context.connectionId, side, collection: page.collection };
  const unknown = await unknownContacts(context.database, context.connectionId, side, page.ids);
  const met = unknown.length > 0 ? await readAgain(context, side, unknown) : [];
  await transaction(context.database, async (statements) => {
    await storePeople(context, statements, side, met, () => true);
    await saveMembers(statements, key, page.ids, page.scan, context.now());
    await saveCursor(statements, context.connectionId, stream, page.cursor, context.now());
  });
  return page.last ? (await closeMembers(context, key, page.scan)).length : 0;
}

/** Whoever left is read once more: left the list, or left the account? */
async function closeMembers(
  context: RunContext,
  key: CollectionKey,
  scan: string,
): Promise<readonly string[]> {
  const left = await transaction(context.database, (statements) =>
    closeRoster(statements, key, scan, ABSENCES_NEEDED[key.side], context.now()),
  );
  if (left.length > 0) await lookAtMissing(context, key.side, left);
  return left;
}

/** Reads contacts by id and stores them; one that no longer exists, and was not merged, is marked deleted. */
export async function lookAtMissing(context: RunContext, side: Side, ids: readonly string[]): Promise<void> {
  const still = await readAgain(context, side, ids);
  const found = new Set(still.flatMap((contact) => [contact.id, ...contact.mergedIds]));
  const deleted = ids.filter((id) => !found.has(id));
  await transaction(context.database, async (statements) => {
    await storePeople(context, statements, side, still, () => false);
    await markDeleted(statements, context.connectionId, side, deleted, context.now());
  });
}

async function readAgain(
  context: RunContext,
  side: Side,
  ids: readonly string[],
): Promise<readonly Contact[]> {
  return context.connectors[side].contacts.read(ids, propertiesFor(context.fields, side), context.signal);
}

/** Stores contacts, and moves the links of merged ones to the contact that is left. */
export async function storePeople(
  context: RunContext,
  statements: Statements,
  side: Side,
  contacts: readonly Contact[],
  wanted: (id: string) => boolean,
): Promise<void> {
  const merged = contacts.filter((contact) => contact.mergedIds.length > 0);
  const rows = contacts.map((contact) => sightingRow(context.fields, contact, wanted(contact.id)));
  await saveSightings(statements, context.connectionId, rows, context.now());
  await relinkMerged(statements, context.connectionId, side, merged, context.now());
}
