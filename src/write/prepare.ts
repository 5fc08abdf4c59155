import type { WriteResult } from "../connectors/connector.ts";
import { propertiesOf } from "../mapping/field-codec.ts";
import type { Contact } from "../model/contact.ts";
import type { Operation } from "../model/operation.ts";
import type { Problem } from "../model/problem.ts";
import { SIDES, otherSide } from "../model/side.ts";
import type { Values } from "../model/value.ts";
import { sameValue } from "../model/value.ts";
import { lostValues } from "../plan/lost-values.ts";
import type { ContactPlan, PlannedOperation } from "../plan/plan-contact.ts";
import { storePeople } from "../pull/pull-side.ts";
import { existing } from "../pull/readings.ts";
import type { RunContext } from "../pull/run-context.ts";
import { propertiesFor, sightingRow } from "../pull/sighting-row.ts";
import { transaction } from "../store/database.ts";
import type { JournalEntry } from "../store/journal.ts";
import { markMissing } from "../store/missing-links.ts";

/** A planned operation in the target's own words, with everything needed to journal and settle it. */
export interface PreparedOperation {
  readonly plan: ContactPlan;
  readonly planned: WrittenHere;
  readonly operation: Operation;
  readonly entry: JournalEntry;
  /** Fields that could not be said in the target's words: left out, the rest is sent. */
  readonly unsayable: readonly Problem[];
}

/** An operation with what became of it. */
export interface SentOperation {
  readonly prepared: PreparedOperation;
  readonly result: WriteResult;
}

export interface PreparedPage {
  readonly operations: readonly PreparedOperation[];
  /** Operations of which nothing could be said in the target's words: refused by us, sent to nobody. */
  readonly refused: readonly SentOperation[];
  /** Links of which a target moved, or was gone, since the plan was made: planned again in the next run. */
  readonly moved: ReadonlySet<bigint>;
}

/**
 * Reads every target once more before it is written: neither vendor has a conditional write, so this is what keeps the
 * window small in which an edit could be overwritten (contract § 3.5). A field that moved is dropped and its link stays
 * dirty; what was read becomes the new sighting, so that the next plan knows.
 */
export async function preparePage(context: RunContext, plans: readonly ContactPlan[]): Promise<PreparedPage> {
  const targets = await readTargets(context, plans);
  const moved = new Set<bigint>();
  const prepared: PreparedOperation[] = [];
  for (const plan of plans) {
    for (const planned of plan.operations) {
      if (planned.kind === "subscribe") continue;
      const still =
        planned.kind === "update" ? unmoved(planned, targets, moved, plan.known.link.id) : planned;
      if (still !== null) prepared.push(prepare(context, plan, still));
    }
  }
  const refused = prepared.flatMap((one): readonly SentOperation[] => {
    const [problem] = one.unsayable;
    return problem !== undefined && saysNothing(one.operation)
      ? [{ prepared: one, result: { outcome: "refused", problem } }]
      : [];
  });
  return { operations: prepared.filter(({ operation }) => !saysNothing(operation)), refused, moved };
}

function saysNothing(operation: Operation): boolean {
  return "values" in operation && Object.keys(operation.values).length === 0;
}

type Targets = ReadonlyMap<string, Values>;

async function readTargets(context: RunContext, plans: readonly ContactPlan[]): Promise<Targets> {
  const targets = new Map<string, Values>();
  for (const side of SIDES) {
    const ids = plans.flatMap(({ operations }) =>
      operations.flatMap((planned) =>
        planned.kind === "update" && planned.side === side ? [planned.id] : [],
      ),
    );
    if (ids.length === 0) continue;
    const properties = propertiesFor(context.fields, side);
    const reading = await context.connectors[side].contacts.read(ids, properties, context.signal);
    for (const contact of reading.contacts)
      targets.set(key(contact), sightingRow(context.fields, contact, false).fields);
    const { missing } = existing(ids, reading);
    await transaction(context.database, async (statements) => {
      await storePeople(context, statements, side, reading, () => false);
      await markMissing(statements, context.connectionId, side, missing, context.now());
    });
  }
  return targets;
}

function key(contact: Pick<Contact, "side" | "id">): string {
  return `${contact.side} ${contact.id}`;
}

function unmoved(
  planned: Extract<PlannedOperation, { kind: "update" }>,
  targets: Targets,
  moved: Set<bigint>,
  link: bigint,
): ContactWrite | null {
  const now = targets.get(key(planned));
  const still = Object.entries(planned.fields).filter(([field]) => {
    const value = now !== undefined && Object.hasOwn(now, field) ? now[field] : undefined;
    return value !== undefined && sameValue(value, planned.pre[field] ?? null);
  });
  if (still.length < Object.keys(planned.fields).length) moved.add(link);
  return still.length === 0 ? null : { ...planned, fields: Object.fromEntries(still) };
}

type ContactWrite = Extract<PlannedOperation, { readonly kind: "create" | "update" }>;
/** Subscribing is none of this room's business: `consent/` does it, with a clearance. */
type WrittenHere = Exclude<PlannedOperation, { readonly kind: "subscribe" }>;

/** What an operation has that is about no field. */
const NO_FIELDS = { before: {}, source: {}, lost: {} };

function prepare(context: RunContext, plan: ContactPlan, planned: WrittenHere): PreparedOperation {
  const { link } = plan.known;
  const traceId = context.newId();
  if (planned.kind === "create" || planned.kind === "update")
    return prepareContact(context, plan, planned, traceId);
  const { side, id } = planned;
  // A link keeps the address it was made by; a side knows its contact by the one that it has now.
  const common = { traceId, side, email: plan.known.sightings[side]?.email ?? link.email, id };
  if (planned.kind === "opt_out") {
    const { kind, from } = planned;
    const entry = { ...NO_FIELDS, traceId, linkId: link.id, side, kind, after: { ...from } };
    return { plan, planned, operation: { ...common, kind, from }, entry, unsayable: [] };
  }
  const { kind, list } = planned;
  const operation: Operation = { ...common, kind, list };
  const entry = { ...NO_FIELDS, traceId, linkId: link.id, side, kind, after: { list } };
  return { plan, planned, operation, entry, unsayable: [] };
}

function prepareContact(
  context: RunContext,
  plan: ContactPlan,
  planned: ContactWrite,
  traceId: string,
): PreparedOperation {
  const { link, sightings } = plan.known;
  const common = { traceId, side: planned.side, email: link.email };
  const journal = { traceId, linkId: link.id, side: planned.side, kind: planned.kind };
  const { values, problems } = propertiesOf(context.fields, planned.side, planned.fields);
  const source = sightings[otherSide(planned.side)]?.fields ?? {};
  const entry: JournalEntry = {
    ...journal,
    before: planned.kind === "update" ? planned.pre : {},
    after: planned.fields,
    source: Object.fromEntries(Object.keys(planned.fields).map((field) => [field, source[field] ?? null])),
    lost: lostValues(plan, planned),
  };
  const operation: Operation =
    planned.kind === "create"
      ? { ...common, kind: "create", values, lists: planned.lists }
      : { ...common, kind: "update", id: planned.id, values };
  return { plan, planned, operation, entry, unsayable: problems };
}
