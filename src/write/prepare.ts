import type { WriteResult } from "../connectors/connector.ts";
import { propertiesOf } from "../values/field-codec.ts";
import type { ExternalId } from "../model/contact.ts";
import type { Operation } from "../model/operation.ts";
import type { Problem } from "../model/problem.ts";
import type { PerSide, Side } from "../model/side.ts";
import { SIDES, otherSide } from "../model/side.ts";
import { lostValues } from "../plan/lost-values.ts";
import type { ContactPlan, PlannedOperation } from "../plan/planned.ts";
import type { RunContext } from "../pull/run-context.ts";
import type { JournalEntry } from "../store/writes/journal.ts";
import type { Values } from "../model/value.ts";
import type { Mark } from "./age.ts";
import { markNow } from "./age.ts";
import type { ReadTarget } from "./read-targets.ts";
import { readTargets } from "./read-targets.ts";
import { unmovedFields } from "./unmoved-fields.ts";

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
  /** When the targets were read, by id; those of a large page are read right before their requests. */
  readonly readAt: PerSide<ReadonlyMap<ExternalId, Mark>>;
}

/**
 * Puts a page into the targets' own words, and reads the targets of a small one: a field that moved is dropped and its link
 * stays dirty. The gate holds each request against a reading that is seconds old (CONTRACT.md, Write).
 */
export async function preparePage(context: RunContext, plans: readonly ContactPlan[]): Promise<PreparedPage> {
  const { targets, readAt, read } = await readAhead(context, plans);
  const moved = new Set<bigint>();
  const prepared: PreparedOperation[] = [];
  for (const plan of plans) {
    for (const planned of plan.operations) {
      // Neither is written here: `consent/` asks, and `write-properties.ts` stamps.
      if (planned.kind === "subscribe" || planned.kind === "stamp") continue;
      const still =
        planned.kind === "update" && read.has(planned.side)
          ? unmovedFields(planned, targets.get(`${planned.side} ${planned.id}`)?.values)
          : planned;
      if (still !== planned) moved.add(plan.known.link.id);
      if (still !== null) prepared.push(prepare(context, plan, still));
    }
  }
  const refused = prepared.flatMap((one): readonly SentOperation[] => {
    const [problem] = one.unsayable;
    return problem !== undefined && saysNothing(one.operation)
      ? [{ prepared: one, result: { outcome: "refused", problem } }]
      : [];
  });
  return { operations: prepared.filter(({ operation }) => !saysNothing(operation)), refused, moved, readAt };
}

/** Is there nothing left to write? */
export function saysNothing(operation: Operation): boolean {
  return "values" in operation && Object.keys(operation.values).length === 0;
}

/** With more operations, only the gate's reading right before each request would be young enough. */
const MOST_READ_AHEAD = 300;

/** The targets of these plans as read, with the time, where there are few enough. */
async function readAhead(context: RunContext, plans: readonly ContactPlan[]): Promise<Readings> {
  const targets = new Map<string, ReadTarget>();
  const readAt = { hubspot: new Map<ExternalId, Mark>(), klaviyo: new Map<ExternalId, Mark>() };
  const read = new Set<Side>();
  for (const side of SIDES) {
    const ids = plans.flatMap(({ operations }) =>
      operations.flatMap((planned) =>
        planned.kind === "update" && planned.side === side ? [planned.id] : [],
      ),
    );
    if (ids.length === 0 || ids.length > MOST_READ_AHEAD) continue;
    read.add(side);
    const mark = markNow(context);
    for (const [id, target] of await readTargets(context, side, ids)) targets.set(`${side} ${id}`, target);
    for (const id of ids) readAt[side].set(id, mark);
  }
  return { targets, readAt, read };
}

interface Readings {
  /** By side and id. */
  readonly targets: ReadonlyMap<string, ReadTarget>;
  readonly readAt: PerSide<ReadonlyMap<ExternalId, Mark>>;
  /** The sides that were read. */
  readonly read: ReadonlySet<Side>;
}

type ContactWrite = Extract<PlannedOperation, { readonly kind: "create" | "update" }>;
/** Subscribing is none of this room's business: `consent/` does it, with a clearance. */
type WrittenHere = Exclude<PlannedOperation, { readonly kind: "subscribe" | "stamp" }>;

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

/** The journal's and the target's words for a create or an update. */
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

/**
 * An operation that is in the journal already, without the fields that moved since.
 *
 * @param now what the target holds; undefined where it is gone
 * @returns the very same where nothing moved; `null` where everything did
 */
export function withoutMoved(
  context: RunContext,
  prepared: PreparedOperation,
  now: Values | undefined,
): PreparedOperation | null {
  const { planned, plan, operation } = prepared;
  if (planned.kind !== "update") return prepared;
  const still = unmovedFields(planned, now);
  if (still === planned) return prepared;
  return still === null ? null : prepareContact(context, plan, still, operation.traceId);
}
