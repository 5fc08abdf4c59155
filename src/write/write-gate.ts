import { refusesAll } from "../model/consent.ts";
import type { Contact, ExternalId } from "../model/contact.ts";
import type { EmailKey } from "../model/email.ts";
import type { Operation } from "../model/operation.ts";
import type { WriteGate, WriteMode } from "../connectors/permit.ts";
import type { Side } from "../model/side.ts";
import { propertiesFor } from "../pull/sighting-row.ts";
import type { JournalEntry } from "../store/writes/journal.ts";
import { journalJob, journalJobSize, journalNarrowed } from "../store/writes/journal.ts";
import type { WriteResult } from "../connectors/connector.ts";
import { chunks } from "../model/chunks.ts";
import type { Mark } from "./age.ts";
import { admit, isStale } from "./admit.ts";
import type { ReadAt } from "./admit.ts";
import { markNow } from "./age.ts";
import { leaseGate } from "./lease-gate.ts";
import type { PreparedOperation, SentOperation } from "./prepare.ts";
import { saysNothing, withoutMoved } from "./prepare.ts";
import type { ReadTarget } from "./read-targets.ts";
import { readTargets } from "./read-targets.ts";
import type { WriteContext } from "./write-context.ts";
import { atomically } from "../store/database/store.ts";

/** The gate of one batch. Afterwards it tells the result of each operation. */
export interface BatchGate extends WriteGate {
  /** The operation that was sent in the end, with its result. */
  outcome(prepared: PreparedOperation, result: WriteResult | undefined): SentOperation;
  /** Links of which something was left out or not sent: they are planned again. */
  readonly moved: ReadonlySet<bigint>;
}

/** The largest number of contacts that both vendors read in one call. */
const READ_AT_ONCE = 100;

interface State {
  /** As it would go now. */
  prepared: PreparedOperation;
  /** When it was last admitted. */
  admittedAt: Mark | null;
  dropped: boolean;
  /** Of a create: the contact that has the address, readable or not; its id, where the record says one. */
  existing: { readonly id: ExternalId | null } | null;
  inJob: boolean;
}

/**
 * Admits the operations of one side's batch, request by request. What moved is dropped, in the journal too, before anything
 * is sent.
 *
 * @param readAt when each contact was read last, by id
 */
export function writeGate(
  context: WriteContext,
  side: Side,
  batch: readonly PreparedOperation[],
  readAt: ReadonlyMap<ExternalId, Mark>,
): BatchGate {
  const states = new Map<string, State>(
    batch.map((prepared) => [
      prepared.operation.traceId,
      { prepared, admittedAt: null, dropped: false, existing: null, inJob: false },
    ]),
  );
  const reads = new Map<ExternalId, Mark>(readAt);
  const finds = new Map<EmailKey, Mark>();
  const moved = new Set<bigint>();
  let last: Promise<unknown> = Promise.resolve();

  /** Requests that ask at the same time take turns, so that the first reads for all of them. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work, work);
    last = turn.catch(() => {});
    return turn;
  };

  /** A list that a contact joins right after it was created: nobody else can have changed the contact yet. */
  const isJoin = ({ kind, traceId }: Operation): boolean =>
    kind === "add_to_list" && states.get(traceId)?.prepared.operation.kind === "create";

  /** A create by request rests on no reading: the vendor rejects it where the contact exists. */
  const readingOf = (operation: Operation, mode: WriteMode): ReadAt => {
    if (operation.kind === "create") return mode === "import" ? finds.get(operation.email) : null;
    const made = isJoin(operation) ? states.get(operation.traceId)?.admittedAt : undefined;
    return reads.get(operation.id) ?? made ?? undefined;
  };

  const drop = (state: State): void => {
    state.dropped = true;
    moved.add(state.prepared.plan.known.link.id);
  };

  /** Applies what was read to an operation. Returns the journal entry of one that lost fields. */
  const takeIn = (state: State, target: ReadTarget | undefined): readonly JournalEntry[] => {
    const { prepared } = state;
    const { operation, planned } = prepared;
    if (operation.kind === "opt_out") {
      // The person opted out, also where their contact has another email address now.
      const email = target?.contact.email ?? operation.email;
      state.prepared = { ...prepared, operation: { ...operation, email } };
    } else if (operation.kind === "add_to_list" || operation.kind === "remove_from_list") {
      const before = prepared.plan.known.sightings[side]?.consent ?? null;
      const refusedSince =
        operation.kind === "add_to_list" && refuses(target?.contact) && !refusesAllOf(before);
      if (target === undefined || refusedSince) drop(state);
    } else if (planned.kind === "update") {
      const still = withoutMoved(context, prepared, target?.values);
      if (still === prepared) return [];
      moved.add(prepared.plan.known.link.id);
      if (still === null || saysNothing(still.operation)) drop(state);
      else {
        state.prepared = still;
        return [still.entry];
      }
    }
    return [];
  };

  /** Reads these again, and as many of those that come next as fit into the same call. */
  const readAgain = async (stale: readonly Operation[]): Promise<void> => {
    const creates = stale.filter(({ kind }) => kind === "create").map(({ email }) => email);
    if (creates.length > 0) await findTaken([...new Set(creates)]);
    const ids = new Set(stale.flatMap((operation) => ("id" in operation ? operation.id : [])));
    if (ids.size === 0) return;
    const own = new Set(stale.map(({ traceId }) => traceId));
    for (const { prepared, admittedAt, dropped } of states.values()) {
      if (ids.size >= READ_AT_ONCE) break;
      const { operation } = prepared;
      if (admittedAt === null && !dropped && "id" in operation && isStale(reads.get(operation.id), context))
        ids.add(operation.id);
    }
    const all = [...ids];
    for (const some of chunks(all, READ_AT_ONCE)) {
      const mark = markNow(context);
      const targets = await readTargets(context, side, some);
      const narrowed: JournalEntry[] = [];
      for (const id of some) {
        reads.set(id, mark);
        for (const [traceId, state] of states) {
          const { operation } = state.prepared;
          const isNext = state.admittedAt === null || own.has(traceId);
          if ("id" in operation && operation.id === id && isNext && !state.dropped)
            narrowed.push(...takeIn(state, targets.get(id)));
        }
      }
      if (narrowed.length > 0) await atomically(context.store, (store) => journalNarrowed(store, narrowed));
    }
  };

  /** An import would write over a contact that has the email address, also over one that cannot be read. */
  const findTaken = async (emails: readonly EmailKey[]): Promise<void> => {
    const { contacts } = context.connectors[side];
    const properties = propertiesFor(context.fields, side);
    for (const some of chunks(emails, READ_AT_ONCE)) {
      const mark = markNow(context);
      const found = await contacts.find(some, properties, context.signal);
      const nameless = found.unreadable.find(({ email }) => email === null);
      if (nameless !== undefined && some.length > 1) {
        // The record does not say which email address it has; halves tell.
        const middle = Math.ceil(some.length / 2);
        await findTaken(some.slice(0, middle));
        await findTaken(some.slice(middle));
        continue;
      }
      for (const email of some) finds.set(email, mark);
      const holders = [...found.contacts, ...found.unreadable];
      for (const state of states.values()) {
        const { operation } = state.prepared;
        if (operation.kind !== "create" || state.dropped || !some.includes(operation.email)) continue;
        const holder = holders.find(({ email }) => email === operation.email) ?? nameless;
        if (holder === undefined) continue;
        state.existing = { id: holder.id };
        drop(state);
      }
    }
  };

  /** The operations that may still be sent, as they are now. A join is not in the batch and stays as planned. */
  const still = (operations: readonly Operation[]): readonly Operation[] =>
    operations.flatMap((operation) => {
      if (isJoin(operation)) return operation;
      const state = states.get(operation.traceId);
      return state === undefined || state.dropped ? [] : state.prepared.operation;
    });

  const journalMode = async (going: readonly Operation[], mode: WriteMode): Promise<void> => {
    const own = going.flatMap((operation) =>
      isJoin(operation) ? [] : (states.get(operation.traceId) ?? []),
    );
    const changed = mode === "import" ? own : own.filter(({ inJob }) => inJob);
    for (const state of own) state.inJob = mode === "import";
    const ids = changed.map(({ prepared }) => prepared.operation.traceId);
    const size = mode === "import" ? going.length : null;
    if (ids.length > 0) await atomically(context.store, (store) => journalJobSize(store, ids, size));
  };

  return {
    moved,
    ...leaseGate(context),
    admit: (operations, mode) =>
      inTurn(async () => {
        const admitted = await admit(context, {
          going: () => still(operations),
          readAt: (operation) => readingOf(operation, mode),
          read: readAgain,
          journal: (going) => journalMode(going, mode),
        });
        if (admitted === null) return null;
        const admittedAt = markNow(context);
        for (const operation of admitted.items) {
          const state = states.get(operation.traceId);
          if (state !== undefined && !isJoin(operation)) state.admittedAt = admittedAt;
        }
        return { permit: admitted.permit, operations: admitted.items };
      }),
    accepted: (operations, job) =>
      atomically(context.store, (store) =>
        journalJob(
          store,
          operations.map(({ traceId }) => traceId),
          job,
        ),
      ),
    outcome(prepared, result = { outcome: "unknown" }) {
      const state = states.get(prepared.operation.traceId);
      if (state === undefined) return { prepared, result };
      if (result.outcome === "not_sent") {
        moved.add(prepared.plan.known.link.id);
        if (state.existing !== null) return { prepared, result: { outcome: "exists", ...state.existing } };
        // The operation as it was planned: the journal says what was not sent.
        return { prepared, result };
      }
      return { prepared: state.prepared, result };
    },
  };
}

function refuses(contact: Contact | undefined): boolean {
  return contact !== undefined && refusesAllOf(contact.consent);
}

function refusesAllOf(consent: Contact["consent"]): boolean {
  return consent !== null && refusesAll(consent);
}
