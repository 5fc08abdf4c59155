import type { Base, FieldBase } from "../model/base.ts";
import type { Contact } from "../model/contact.ts";
import { emailKey } from "../model/email.ts";
import type { Side } from "../model/side.ts";
import { SIDES } from "../model/side.ts";
import type { Value, Values } from "../model/value.ts";
import { sameValue } from "../model/value.ts";
import { storePeople } from "../pull/pull-side.ts";
import type { RunContext } from "../pull/run-context.ts";
import { propertiesFor, shownOnceWritten, sightingRow } from "../pull/sighting-row.ts";
import { owedTo } from "../reconcile/merge-contact.ts";
import { sameAfterNormalising } from "../reconcile/normalising.ts";
import { transaction } from "../store/database.ts";
import type { SettledEntry, UnansweredEntry } from "../store/journal.ts";
import { journalSettled, unanswered } from "../store/journal.ts";
import { markSought } from "../store/links.ts";
import { agreeFields } from "../store/settle.ts";

/**
 * How long after sending a create may still become visible, where no answer came. The wait counts from the moment of
 * sending and is kept in the journal: being killed again and again does not start it anew.
 */
const VISIBLE_AFTER_MS = 10_000;

const ENTRIES_PER_PAGE = 1_000;

/**
 * Settles by reading what was sent and never answered, before anything else of a run (contract § 3.5, recover). What
 * is found as it was asked for is agreed; everything else is planned again from what was read. Nothing is sent twice
 * without having been looked up, and nothing here writes to a vendor.
 *
 * @returns how many operations were settled
 */
export async function recoverUnanswered(context: RunContext): Promise<number> {
  const sentBefore = new Date(context.now().getTime() - VISIBLE_AFTER_MS);
  let settled = 0;
  for (;;) {
    const entries = await unanswered(context.database, context.connectionId, sentBefore, ENTRIES_PER_PAGE);
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
  await transaction(context.database, async (statements) => {
    await storePeople(context, statements, side, [...found.values()], () => false);
    const agreed = entries.map((entry) => ({
      linkId: entry.linkId,
      base: confirmed(context, entry, found.get(entry.traceId)),
    }));
    await agreeFields(statements, agreed, context.now());
    const creates = entries.filter(({ kind }) => kind === "create").map(({ linkId }) => linkId);
    await markSought(statements, side, creates, null);
    await journalSettled(
      statements,
      entries.map((entry) => settled(entry, confirmed(context, entry, found.get(entry.traceId)))),
      context.now(),
    );
  });
}

async function readTargets(
  context: RunContext,
  side: Side,
  entries: readonly UnansweredEntry[],
): Promise<ReadonlyMap<string, Contact>> {
  const { contacts } = context.connectors[side];
  const properties = propertiesFor(context.fields, side);
  const ids = entries.flatMap(({ externalId }) => (externalId === null ? [] : [externalId]));
  const emails = entries.flatMap(({ externalId, email }) =>
    externalId === null ? (emailKey(email) ?? []) : [],
  );
  const byId = ids.length > 0 ? await contacts.read([...new Set(ids)], properties, context.signal) : [];
  const byEmail =
    emails.length > 0 ? await contacts.find([...new Set(emails)], properties, context.signal) : [];
  const found = new Map<string, Contact>();
  for (const entry of entries) {
    const contact =
      entry.externalId === null
        ? byEmail.find((other) => other.email === entry.email)
        : byId.find(
            (other) => other.id === entry.externalId || other.mergedIds.includes(entry.externalId ?? ""),
          );
    if (contact !== undefined) found.set(entry.traceId, contact);
  }
  return found;
}

/** A change that is found as it was asked for was done; of anything else nobody knows, and it is planned again. */
function settled(entry: UnansweredEntry, agreed: Base): SettledEntry {
  const missing = Object.keys(entry.after).filter((field) => !Object.hasOwn(agreed, field));
  const outcome = entry.kind === "update" && missing.length === 0 ? "done" : "superseded";
  return { traceId: entry.traceId, outcome, problem: null, refusedFields: [] };
}

/** The fields that the target holds as they were asked for: written, although nobody said so. */
function confirmed(context: RunContext, entry: UnansweredEntry, contact: Contact | undefined): Base {
  if (contact === undefined || (entry.kind !== "update" && entry.kind !== "create")) return {};
  const now = sightingRow(context.fields, contact, false).fields;
  const shown = shownOnceWritten(context.fields, entry.side, entry.after);
  const base: Record<string, FieldBase> = {};
  for (const [field, asked] of Object.entries(entry.after)) {
    const value = valueOf(now, field);
    if (value === undefined || !sameAfterNormalising(valueOf(shown, field) ?? asked, value)) continue;
    const agreed = agreedOn(entry.side, value, asked, entry.source[field] ?? null);
    if (agreed !== null) base[field] = agreed;
  }
  return base;
}

/** `source` is what the other side held. Where it is not what was asked for, a joined list has its other half to go. */
function agreedOn(side: Side, value: Value, asked: Value, source: Value): FieldBase | null {
  if (!sameValue(asked, source)) return owedTo(source);
  return side === "hubspot" ? { hubspot: value, klaviyo: source } : { hubspot: source, klaviyo: value };
}

function valueOf(values: Values, field: string): Value | undefined {
  return Object.hasOwn(values, field) ? values[field] : undefined;
}
