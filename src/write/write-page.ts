import type { WriteAnswer } from "../connectors/connector.ts";
import { chunks } from "../model/chunks.ts";
import type { FieldRule } from "../model/mapping.ts";
import type { Side } from "../model/side.ts";
import { SIDES, otherSide } from "../model/side.ts";
import type { ContactPlan } from "../plan/planned.ts";
import { readMissing } from "../pull/pull-side.ts";
import type { RunContext } from "../pull/run-context.ts";
import { propertiesFor } from "../pull/sighting-row.ts";
import type { CarriedOptOut, ReopenedType } from "../store/consent/consent-acts.ts";
import { saveCarried, saveReopened } from "../store/consent/consent-acts.ts";
import { followAddresses } from "../store/links/follow-addresses.ts";
import type { JournalOutcome, SettledEntry } from "../store/writes/journal.ts";
import { journalSent, journalSettled } from "../store/writes/journal.ts";
import { holdLease } from "../store/runs/leases.ts";
import type { LinkOutcome } from "../store/writes/settle.ts";
import { saveOutcomes } from "../store/writes/settle.ts";
import { linkOutcome, rejectedValues, storedBy } from "./outcome.ts";
import { LEASE_MS } from "./lease-gate.ts";
import { refusedWhereErased } from "./held-by-erased.ts";
import type { PreparedOperation, PreparedPage, SentOperation } from "./prepare.ts";
import { preparePage } from "./prepare.ts";
import type { DoneUpdate } from "./replaced-edits.ts";
import { replacedEdits, withLater } from "./replaced-edits.ts";
import { saveNewSightings } from "./save-new-sightings.ts";
import type { WriteCounts } from "./write-counts.ts";
import { allRejected, countWrites } from "./write-counts.ts";
import type { WriteContext } from "./write-context.ts";
import type { BatchGate } from "./write-gate.ts";
import { writeGate } from "./write-gate.ts";
import { atomically } from "../store/database/store.ts";

/**
 * Does: the only path to a mutating call. Journals every operation as sent, sends them in the vendors' largest batches,
 * each request through the gate, and settles each answer in one transaction. What was held back is told by `held`, so that
 * the link stays dirty. A process that dies in here leaves rows `sent`, which the next run settles by reading.
 *
 * @throws what stopped a side, once everything is settled that is known by then
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
  let stopped: Stop | null = null;
  for (const part of [page.operations.filter(refusing), page.operations.filter((one) => !refusing(one))]) {
    if (stopped !== null) {
      for (const { plan } of part) moved.add(plan.known.link.id);
      continue;
    }
    const sides = await bothSides((side) => sendSide(context, side, part, page.readAt[side], moved));
    answered.push(...sides.flatMap((one) => one.sent));
    stopped = sides.find((one) => one.stopped !== null)?.stopped ?? null;
  }
  const sent = await refusedWhereErased(context, answered);
  await settle(context, plans, sent, moved);
  if (stopped !== null) throw stopped.reason;
  await findDeleted(context, sent);
  return countWrites(context.fields, sent);
}

type Stop = NonNullable<WriteAnswer["stoppedBy"]>;

/** Both sides at once. Where one fails, the other has ended too by then: nothing is sent after a run has ended. */
async function bothSides<T>(work: (side: Side) => Promise<T>): Promise<readonly T[]> {
  const ends = await Promise.allSettled(SIDES.map(work));
  return ends.map((end) => {
    if (end.status === "rejected") throw end.reason;
    return end.value;
  });
}

async function sendSide(
  context: WriteContext,
  side: Side,
  operations: readonly PreparedOperation[],
  readAt: PreparedPage["readAt"][Side],
  moved: Set<bigint>,
): Promise<Sent> {
  const sent: SentOperation[] = [];
  let stopped: Stop | null = null;
  for (const batch of batches(context, side, operations)) {
    if (stopped !== null) {
      for (const { plan } of batch) moved.add(plan.known.link.id);
      continue;
    }
    const gate = writeGate(context, side, batch, readAt);
    const { results, stoppedBy } = await send(context, side, batch, gate);
    sent.push(...batch.map((prepared, index) => gate.outcome(prepared, results[index])));
    for (const link of gate.moved) moved.add(link);
    stopped = stoppedBy;
  }
  return { sent, stopped };
}

interface Sent {
  readonly sent: readonly SentOperation[];
  /** What ended it before everything was tried. */
  readonly stopped: Stop | null;
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
): Promise<WriteAnswer> {
  await atomically(context.store, async (store) => {
    await holdLease(store, context.lease, LEASE_MS);
    await journalSent(
      store,
      context.runId,
      batch.map(({ entry }) => entry),
      context.now(),
    );
  });
  const answer = await context.connectors[side].contacts.write(
    batch.map(({ operation }) => operation),
    propertiesFor(context.fields, side),
    gate,
    context.signal,
  );
  context.progress({ step: "write", side, done: batch.length, total: null });
  return answer;
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
  await atomically(context.store, async (store) => {
    await holdLease(store, context.lease, LEASE_MS);
    await journalSettled(
      store,
      sent.flatMap((one) => settledEntry(context.fields, one)),
      now,
    );
    await saveNewSightings({ ...context, store }, sent, outcomes);
    await saveReopened(store, context.runId, plans.flatMap(reopenedBy), now);
    await saveCarried(store, context.runId, carriedBy(sent), now);
    await saveOutcomes(store, context.runId, outcomes, now);
    await followAddresses(
      store,
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
        ? (rejectedValues(fields, one)[0] ?? null)
        : null;
  const refusedFields =
    result.outcome === "done" ? rejectedValues(fields, one).flatMap(({ field }) => field ?? []) : [];
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
function carriedBy(sent: readonly SentOperation[]): readonly CarriedOptOut[] {
  return sent.flatMap(({ prepared: { planned, plan }, result }): readonly CarriedOptOut[] => {
    if (result.outcome !== "done" || planned.kind !== "opt_out") return [];
    const { side, id, from } = planned;
    const because = from.kind === "list" ? null : (plan.known.sightings[otherSide(side)]?.consent ?? null);
    const restores = plan.known.overruled && side === "klaviyo";
    return [{ side, id, email: plan.known.link.email, from, because, restores }];
  });
}

/** A target that was gone may only have been merged: it is looked at once more before its link is given up. */
async function findDeleted(context: WriteContext, sent: readonly SentOperation[]): Promise<void> {
  for (const side of SIDES) {
    const ids = sent.flatMap(({ prepared: { operation }, result }) =>
      result.outcome === "gone" && operation.side === side && "id" in operation ? [operation.id] : [],
    );
    if (ids.length > 0) await readMissing(context, side, ids);
  }
}
