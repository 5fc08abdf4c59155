import type { Base, FieldBase } from "../model/base.ts";
import type { Contact, ExternalId, IndexReading, RecordReading } from "../model/contact.ts";
import { emailKey } from "../model/email.ts";
import type { Side } from "../model/side.ts";
import { SIDES } from "../model/side.ts";
import type { Value, Values } from "../model/value.ts";
import { sameValue } from "../model/value.ts";
import { storePeople } from "../pull/pull-side.ts";
import { NOBODY_FOUND, NOBODY_READ } from "../pull/readings.ts";
import type { RunContext } from "../pull/run-context.ts";
import { propertiesFor, shownOnceWritten, sightingRow } from "../pull/sighting-row.ts";
import { owedTo } from "../reconcile/merge-contact.ts";
import { sameAfterNormalising } from "../reconcile/normalising.ts";
import { followAddresses } from "../store/links/follow-addresses.ts";
import type { SettledEntry, UnansweredEntry } from "../store/writes/journal.ts";
import { journalSettled, unanswered } from "../store/writes/journal.ts";
import { knownLinks } from "../store/links/known-links.ts";
import { markSought } from "../store/links/links.ts";
import type { ConflictRow } from "../store/writes/settle.ts";
import { agreeFields, saveConflicts } from "../store/writes/settle.ts";
import { followJobs } from "./follow-jobs.ts";
import type { DoneUpdate } from "./replaced-edits.ts";
import { replacedEdits, withLater } from "./replaced-edits.ts";
import { atomically } from "../store/database/store.ts";

/**
 * How long after sending a create may still become visible, where no answer came. The wait counts from the moment of
 * sending and is kept in the journal: repeated kills do not restart it.
 */
const VISIBLE_AFTER_MS = 10_000;

const ENTRIES_PER_PAGE = 1_000;

/**
 * Settles by reading what was sent and never answered, before anything else of a run (CONTRACT.md, Write). What
 * is found as it was asked for is agreed; everything else is planned again from what was read. Nothing is sent twice
 * without having been looked up, and nothing here writes to a vendor.
 *
 * @returns how many operations were settled
 */
export async function recoverUnanswered(context: RunContext): Promise<number> {
  const sentBefore = new Date(context.now().getTime() - VISIBLE_AFTER_MS);
  const waiting = await followJobs(context);
  let settled = 0;
  for (;;) {
    const entries = await unanswered(context.store, sentBefore, waiting, ENTRIES_PER_PAGE);
    for (const side of SIDES)
      await recoverSide(
        context,
        side,
        entries.filter((entry) => entry.side === side),
      );
    settled += entries.length;
    if (entries.length < ENTRIES_PER_PAGE) return settled;
  }
}

async function recoverSide(
  context: RunContext,
  side: Side,
  entries: readonly UnansweredEntry[],
): Promise<void> {
  if (entries.length === 0) return;
  const found = await readTargets(context, side, entries);
  const proved = entries.map((entry): ProvedEntry => {
    const contact = found.targets.get(entry.traceId);
    const shown = contact === undefined ? {} : sightingRow(context.fields, contact, false).fields;
    return { entry, id: contact?.id ?? null, shown, agreed: confirmed(context, entry, shown) };
  });
  const conflicts = await conflictsOf(context, proved);
  await atomically(context.store, async (store) => {
    for (const reading of found.readings)
      await storePeople({ ...context, store }, side, reading, () => false);
    const bases = proved.map(({ entry, agreed }) => ({ linkId: entry.linkId, base: agreed }));
    await agreeFields(store, bases, context.now());
    const ids = entries.map(({ linkId }) => linkId);
    await followAddresses(store, ids, context.now());
    const creates = entries.filter(({ kind }) => kind === "create").map(({ linkId }) => linkId);
    await markSought(store, side, creates, null);
    await journalSettled(store, proved.map(settled), context.now());
    await saveConflicts(store, conflicts, context.now());
  });
}

/** An operation with the fields of it that are known now to have been written. */
interface ProvedEntry {
  readonly entry: UnansweredEntry;
  readonly id: ExternalId | null;
  /** What the target holds now of the fields that the mapping has now. */
  readonly shown: Values;
  readonly agreed: Base;
}

/** The edits that a history shows were written over, and what lost by each operation, as its answer would have had it kept. */
async function conflictsOf(
  context: RunContext,
  proved: readonly ProvedEntry[],
): Promise<readonly (ConflictRow & { readonly linkId: bigint; readonly runId: bigint })[]> {
  const changed = proved.filter(({ entry }) => entry.kind === "update");
  if (changed.length === 0) return [];
  const ids = changed.map(({ entry }) => entry.linkId);
  const { store, scope, now } = context;
  const links = await knownLinks(store, scope, { kind: "ids", ids }, 0n, ids.length, now());
  const knownBy = new Map(links.map((known) => [known.link.id, known]));
  const updates = changed.flatMap(({ entry, id, agreed }): readonly DoneUpdate[] => {
    const known = knownBy.get(entry.linkId);
    const stored = Object.fromEntries(
      Object.entries(agreed).map(([field, values]) => [field, values[entry.side]]),
    );
    return known === undefined || id === null ? [] : [{ known, entry, id, stored, agreed }];
  });
  const replaced = await replacedEdits(context, updates);
  return changed.flatMap((operation) => {
    const { linkId, runId } = operation.entry;
    return withLater(lostBy(operation), replaced.get(linkId)).map((row) => ({ ...row, linkId, runId }));
  });
}

/**
 * The values that an unanswered operation may have replaced: all but those that still stand. Where the mapping leaves a
 * field out by now, or somebody has typed something else since, nobody can tell whether it was written.
 */
function lostBy({ entry, shown, agreed }: ProvedEntry): readonly ConflictRow[] {
  const stands = (field: string, lost: Value): boolean => {
    const value = valueOf(shown, field);
    return !Object.hasOwn(agreed, field) && value !== undefined && sameValue(value, lost);
  };
  return Object.entries(entry.lost)
    .filter(([field, { lost }]) => !stands(field, lost))
    .map(([field, value]) => ({ field, ...value, putBack: false }));
}

/** The contact of each operation by its trace id, and all that was read to find it. */
interface Found {
  readonly targets: ReadonlyMap<string, Contact>;
  readonly readings: readonly [RecordReading, IndexReading];
}

async function readTargets(
  context: RunContext,
  side: Side,
  entries: readonly UnansweredEntry[],
): Promise<Found> {
  const { contacts } = context.connectors[side];
  const properties = propertiesFor(context.fields, side);
  const ids = entries.flatMap(({ externalId }) => (externalId === null ? [] : [externalId]));
  const emails = entries.flatMap(({ externalId, email }) =>
    externalId === null ? (emailKey(email) ?? []) : [],
  );
  const byId =
    ids.length > 0 ? await contacts.read([...new Set(ids)], properties, context.signal) : NOBODY_READ;
  const byEmail =
    emails.length > 0 ? await contacts.find([...new Set(emails)], properties, context.signal) : NOBODY_FOUND;
  const found = new Map<string, Contact>();
  for (const entry of entries) {
    const contact =
      entry.externalId === null
        ? byEmail.contacts.find((other) => other.email === entry.email)
        : byId.contacts.find(
            (other) => other.id === entry.externalId || other.mergedIds.includes(entry.externalId ?? ""),
          );
    if (contact !== undefined) found.set(entry.traceId, contact);
  }
  const targets = new Set(found.values());
  const ofTargets = <T extends Found["readings"][number]>(reading: T): T => ({
    ...reading,
    contacts: reading.contacts.filter((contact) => targets.has(contact)),
  });
  return { targets: found, readings: [ofTargets(byId), ofTargets(byEmail)] };
}

/** A change that is found as it was asked for was done; of anything else nobody knows, and it is planned again. */
function settled({ entry, agreed }: ProvedEntry): SettledEntry {
  const missing = Object.keys(entry.after).filter((field) => !Object.hasOwn(agreed, field));
  const outcome = entry.kind === "update" && missing.length === 0 ? "done" : "superseded";
  return { traceId: entry.traceId, outcome, problem: null, refusedFields: [] };
}

/** The fields that the target holds as they were asked for: written, although nobody said so. */
function confirmed(context: RunContext, entry: UnansweredEntry, shown: Values): Base {
  if (entry.kind !== "update" && entry.kind !== "create") return {};
  const wanted = shownOnceWritten(context.fields, entry.side, entry.after);
  const base: Record<string, FieldBase> = {};
  for (const [field, sent] of Object.entries(entry.after)) {
    const value = valueOf(shown, field);
    if (value === undefined || !sameAfterNormalising(valueOf(wanted, field) ?? sent, value)) continue;
    const agreed = agreedOn(entry.side, value, sent, entry.source[field] ?? null);
    if (agreed !== null) base[field] = agreed;
  }
  return base;
}

/** `source` is what the other side held. Where it is not what was asked for, a joined list has its other half to go. */
function agreedOn(side: Side, value: Value, sent: Value, source: Value): FieldBase | null {
  if (!sameValue(sent, source)) return owedTo(source);
  return side === "hubspot" ? { hubspot: value, klaviyo: source } : { hubspot: source, klaviyo: value };
}

function valueOf(values: Values, field: string): Value | undefined {
  return Object.hasOwn(values, field) ? values[field] : undefined;
}
