import { chunks } from "../model/chunks.ts";
import type { FieldRule, RetrySchedule } from "../model/mapping.ts";
import type { Side } from "../model/side.ts";
import { SIDES, otherSide } from "../model/side.ts";
import type { ContactPlan } from "../plan/plan-contact.ts";
import { lookAtMissing } from "../pull/pull-side.ts";
import type { RunContext } from "../pull/run-context.ts";
import { propertiesFor } from "../pull/sighting-row.ts";
import type { CarriedRefusal, ReopenedType } from "../store/consent/consent-acts.ts";
import { saveCarried, saveReopened } from "../store/consent/consent-acts.ts";
import { transaction } from "../store/database/database.ts";
import { followAddresses } from "../store/links/follow-addresses.ts";
import type { JournalOutcome, SettledEntry } from "../store/writes/journal.ts";
import { journalSent, journalSettled } from "../store/writes/journal.ts";
import type { Lease } from "../store/runs/leases.ts";
import { holdLease } from "../store/runs/leases.ts";
import type { LinkOutcome } from "../store/writes/settle.ts";
import { saveOutcomes } from "../store/writes/settle.ts";
import { linkOutcome, refusals, storedBy } from "./outcome.ts";
import { LEASE_MS } from "./lease-gate.ts";
import { refusedWhereErased } from "./held-by-erased.ts";
import type { PreparedOperation, PreparedPage, SentOperation } from "./prepare.ts";
import { preparePage } from "./prepare.ts";
import type { DoneUpdate } from "./replaced-edits.ts";
import type { ReadAges } from "./read-ages.ts";
import { replacedEdits, withLater } from "./replaced-edits.ts";
import { saveNewSightings } from "./save-new-sightings.ts";
import type { BatchGate } from "./write-gate.ts";
import { writeGate } from "./write-gate.ts";

/** What a run writes with, beside its context. */
export interface WriteContext extends RunContext {
  readonly runId: bigint;
  readonly lease: Lease;
  readonly retry: RetrySchedule;
  readonly ages: ReadAges;
}

/** What a page of plans came to, in numbers. */
export interface WriteCounts {
  readonly created: number;
  readonly updated: number;
  readonly listed: number;
  /** People opted out of one side's e-mail because they refused it on the other. */
  readonly carried: number;
  readonly refused: number;
  /** Values that a side would not store, of writes that were done without them. */
  readonly rejected: number;
  readonly unanswered: number;
  /** Part of a job that Klaviyo has not finished yet. */
  readonly importing: number;
}

export const NOTHING_WRITTEN: WriteCounts = {
  created: 0,
  updated: 0,
  listed: 0,
  carried: 0,
  refused: 0,
  rejected: 0,
  unanswered: 0,
  importing: 0,
};

/** Two pages' counts together. */
export function addCounts(one: WriteCounts, other: WriteCounts): WriteCounts {
  return {
    created: one.created + other.created,
    updated: one.updated + other.updated,
    listed: one.listed + other.listed,
    carried: one.carried + other.carried,
    refused: one.refused + other.refused,
    rejected: one.rejected + other.rejected,
    unanswered: one.unanswered + other.unanswered,
    importing: one.importing + other.importing,
  };
}

/**
 * Does: the only path to a mutating call. Journals every operation as sent, sends them in the vendors' largest batches,
 * each request through the gate, and settles each answer in one transaction. What was held back is told by `held`, so that
 * the link stays dirty. A process that dies in here leaves rows `sent`, which the next run settles by reading.
 */
export async function writePage(
  context: WriteContext,
  plans: readonly ContactPlan[],
  held: ReadonlySet<bigint>,
): Promise<WriteCounts> {
  const page = await preparePage(context, plans);
  const answered = [...page.refused];
  const moved = new Set([...page.moved, ...held]);
  // A refusal before everything else of its person, whichever side that is for.
  const refusing = ({ operation }: PreparedOperation): boolean => operation.kind === "opt_out";
  for (const part of [page.operations.filter(refusing), page.operations.filter((one) => !refusing(one))]) {
    const sides = await Promise.all(
      SIDES.map((side) => sendSide(context, side, part, page.readAt[side], moved)),
    );
    answered.push(...sides.flat());
  }
  const sent = await refusedWhereErased(context, answered);
  await settle(context, plans, sent, moved);
  await lookForGone(context, sent);
  return count(context.fields, sent);
}

async function sendSide(
  context: WriteContext,
  side: Side,
  operations: readonly PreparedOperation[],
  readAt: PreparedPage["readAt"][Side],
  moved: Set<bigint>,
): Promise<readonly SentOperation[]> {
  const sent: SentOperation[] = [];
  for (const batch of batches(context, side, operations)) {
    const gate = writeGate(context, side, batch, readAt);
    sent.push(...(await send(context, side, batch, gate)));
    for (const link of gate.moved) moved.add(link);
  }
  return sent;
}

function* batches(context: RunContext, side: Side, operations: readonly PreparedOperation[]) {
  const size = context.connectors[side].contacts.writeSize;
  const own = operations.filter(({ operation }) => operation.side === side);
  // Lists after contacts: somebody is on a list only once there.
  const lists = own.filter(({ operation }) => "list" in operation);
  const others = own.filter(({ operation }) => !("list" in operation));
  for (const kind of [others, lists]) yield* chunks(kind, size);
}

async function send(
  context: WriteContext,
  side: Side,
  batch: readonly PreparedOperation[],
  gate: BatchGate,
): Promise<readonly SentOperation[]> {
  await transaction(context.database, async (statements) => {
    await holdLease(statements, context.lease, LEASE_MS);
    await journalSent(
      statements,
      context.runId,
      batch.map(({ entry }) => entry),
      context.now(),
    );
  });
  const results = await context.connectors[side].contacts.write(
    batch.map(({ operation }) => operation),
    propertiesFor(context.fields, side),
    gate,
    context.signal,
  );
  context.progress({ step: "write", side, done: batch.length, total: null });
  return batch.map((prepared, index) => gate.outcome(prepared, results[index]));
}

async function settle(
  context: WriteContext,
  plans: readonly ContactPlan[],
  sent: readonly SentOperation[],
  unfinished: ReadonlySet<bigint>,
): Promise<void> {
  const now = context.now();
  const byLink = Map.groupBy(sent, ({ prepared }) => prepared.plan.known.link.id);
  const decided = plans.map((plan) => {
    const { id } = plan.known.link;
    const result = { plan, sent: byLink.get(id) ?? [], unfinished: unfinished.has(id) };
    return linkOutcome(context.fields, context.retry, result, now);
  });
  const outcomes = await withReplacedEdits(context, decided, sent);
  await transaction(context.database, async (statements) => {
    await holdLease(statements, context.lease, LEASE_MS);
    await journalSettled(
      statements,
      sent.flatMap((one) => settledEntry(context.fields, one)),
      now,
    );
    await saveNewSightings(context, statements, sent, outcomes);
    await saveReopened(statements, context.connectionId, context.runId, plans.flatMap(reopenedBy), now);
    await saveCarried(statements, context.connectionId, context.runId, carriedBy(sent), now);
    await saveOutcomes(statements, context.connectionId, context.runId, outcomes, now);
    await followAddresses(
      statements,
      context.connectionId,
      outcomes.map(({ id }) => id),
      now,
    );
  });
}

async function withReplacedEdits(
  context: WriteContext,
  outcomes: readonly LinkOutcome[],
  sent: readonly SentOperation[],
): Promise<readonly LinkOutcome[]> {
  const bases = new Map(outcomes.map(({ id, base }) => [id, base]));
  const done = sent.flatMap(({ prepared, result }): readonly DoneUpdate[] => {
    const { plan, operation, entry } = prepared;
    if (result.outcome !== "done" || operation.kind !== "update") return [];
    const { known } = plan;
    const { fields: stored } = storedBy(context.fields, prepared, result.stored, result.refused);
    return [{ known, entry, id: operation.id, stored, agreed: bases.get(known.link.id) ?? {} }];
  });
  const replaced = await replacedEdits(context, done);
  return outcomes.map((outcome) => ({
    ...outcome,
    conflicts: withLater(outcome.conflicts, replaced.get(outcome.id)),
  }));
}

const JOURNAL_OUTCOMES: Readonly<Record<SentOperation["result"]["outcome"], JournalOutcome | null>> = {
  done: "done",
  refused: "refused",
  exists: "exists",
  gone: "gone",
  not_sent: "not_sent",
  // Open until a later run asks the job or reads the contacts.
  pending: null,
  unknown: null,
};

function settledEntry(fields: readonly FieldRule[], one: SentOperation): readonly SettledEntry[] {
  const { prepared, result } = one;
  const outcome = allRejected(fields, one) ? "refused" : JOURNAL_OUTCOMES[result.outcome];
  if (outcome === null) return [];
  const problem =
    result.outcome === "refused" || result.outcome === "gone"
      ? result.problem
      : outcome === "refused"
        ? (refusals(fields, one)[0] ?? null)
        : null;
  const refusedFields =
    result.outcome === "done" ? refusals(fields, one).flatMap(({ field }) => field ?? []) : [];
  return [{ traceId: prepared.operation.traceId, outcome, problem, refusedFields }];
}

/** The types that Tandem had opted somebody out of, and that they opened again themselves. */
function reopenedBy({ known: { link, sightings, takenBack } }: ContactPlan): readonly ReopenedType[] {
  const shown = sightings.hubspot?.consent ?? null;
  if (shown === null) return [];
  const open = takenBack.filter((type) => !shown.optedOutTypes.includes(type));
  return open.map((type) => ({ email: link.email, type }));
}

/** The refusals that now stand on the other side too, for the ledger. */
function carriedBy(sent: readonly SentOperation[]): readonly CarriedRefusal[] {
  return sent.flatMap(({ prepared: { planned, plan }, result }): readonly CarriedRefusal[] => {
    if (result.outcome !== "done" || planned.kind !== "opt_out") return [];
    const { side, id, from } = planned;
    const because = from.kind === "list" ? null : (plan.known.sightings[otherSide(side)]?.consent ?? null);
    const restores = plan.known.overruled && side === "klaviyo";
    return [{ side, id, email: plan.known.link.email, from, because, restores }];
  });
}

/** A target that was gone may only have been merged: it is looked at once more before its link is given up. */
async function lookForGone(context: WriteContext, sent: readonly SentOperation[]): Promise<void> {
  for (const side of SIDES) {
    const ids = sent.flatMap(({ prepared: { operation }, result }) =>
      result.outcome === "gone" && operation.side === side && "id" in operation ? [operation.id] : [],
    );
    if (ids.length > 0) await lookAtMissing(context, side, ids);
  }
}

function count(fields: readonly FieldRule[], sent: readonly SentOperation[]): WriteCounts {
  const done = sent.filter((one) => one.result.outcome === "done" && !allRejected(fields, one));
  const ofKind = (...kinds: readonly string[]) =>
    done.filter(({ prepared }) => kinds.includes(prepared.planned.kind)).length;
  const joined = done.flatMap(({ prepared: { operation } }) =>
    operation.kind === "create" ? operation.lists : [],
  );
  return {
    created: ofKind("create"),
    updated: ofKind("update"),
    listed: ofKind("add_to_list", "remove_from_list") + joined.length,
    carried: ofKind("opt_out"),
    refused: sent.filter(({ result }) => result.outcome === "refused").length,
    rejected: sent.reduce(
      (sum, one) => sum + (one.result.outcome === "done" ? refusals(fields, one).length : 0),
      0,
    ),
    unanswered: sent.filter(({ result }) => result.outcome === "unknown").length,
    importing: sent.filter(({ result }) => result.outcome === "pending").length,
  };
}

/** Of an update nothing was stored: a side that leaves out every field has written nothing. */
function allRejected(fields: readonly FieldRule[], one: SentOperation): boolean {
  const { planned } = one.prepared;
  if (planned.kind !== "update" || one.result.outcome !== "done") return false;
  const left = new Set(refusals(fields, one).map(({ field }) => field));
  return Object.keys(planned.fields).every((key) => left.has(key));
}
