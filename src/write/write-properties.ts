import type { Connector, PropertyRequest, WriteAnswer, WriteResult } from "../connectors/connector.ts";
import type { ExternalId } from "../model/contact.ts";
import type { UpdateContact } from "../model/operation.ts";
import type { WriteGate } from "../connectors/permit.ts";
import { sameValue } from "../model/value.ts";
import type { Values } from "../model/value.ts";
import type { Mark } from "./age.ts";
import { admit, isStale } from "./admit.ts";
import { markNow } from "./age.ts";
import type { Held } from "./lease-gate.ts";
import { holdLease } from "../store/runs/leases.ts";
import type { SettledStamp } from "../store/feeds/stamps.ts";
import { journalStamps } from "../store/feeds/stamps.ts";
import { LEASE_MS, leaseGate } from "./lease-gate.ts";
import type { ReadAges } from "./read-ages.ts";
import { atomically } from "../store/database/store.ts";

/** The context of writes to properties that no field maps. */
export interface PropertyContext extends Held {
  readonly runId: bigint;
  readonly ages: ReadAges;
  readonly now: () => Date;
  readonly signal: AbortSignal;
}

/** Nothing has to be there before. */
const ANYTHING: ReadonlyMap<string, Values> = new Map();

/**
 * Writes properties that Tandem alone computes and no field maps, request by request on a reading that is seconds old: a
 * contact that is gone or cannot be read is not written to, nor a value that is there already. Each write is journalled
 * with what was there before it is sent. `settledStamps` says how the rows end, for the caller's transaction; what stopped
 * the writing is the caller's to throw after that.
 *
 * @param pre by trace id, what has to be there still: a property that moved since is left as it is
 */
export async function writeProperties(
  context: PropertyContext,
  { contacts }: Connector,
  updates: readonly UpdateContact[],
  properties: readonly PropertyRequest[],
  pre: ReadonlyMap<string, Values> = ANYTHING,
): Promise<WriteAnswer> {
  if (updates.length === 0) return { results: [], stoppedBy: null };
  const reads = new Map<ExternalId, { readonly at: Mark; readonly values: Values | null }>();
  const read = async (ids: readonly ExternalId[]): Promise<void> => {
    const at = markNow(context);
    const found = await contacts.read(ids, properties, context.signal);
    const values = new Map(found.contacts.map((contact) => [contact.id, contact.values]));
    for (const id of ids) reads.set(id, { at, values: values.get(id) ?? null });
  };
  /** What of an update is not there already. */
  const still = (operation: UpdateContact): readonly UpdateContact[] => {
    const now = reads.get(operation.id)?.values ?? null;
    if (now === null) return [];
    const before = pre.get(operation.traceId);
    const changed = Object.entries(operation.values).filter(([property, value]) => {
      const shown = now[property] ?? null;
      if (before !== undefined && !sameValue(shown, before[property] ?? null)) return false;
      return !Object.hasOwn(now, property) || !sameValue(shown, value);
    });
    return changed.length === 0 ? [] : [{ ...operation, values: Object.fromEntries(changed) }];
  };
  const journal = async (going: readonly UpdateContact[]): Promise<void> => {
    const entries = going.map(({ traceId, id: contact, email, values: after }) => {
      const now = reads.get(contact)?.values ?? {};
      const before = Object.fromEntries(Object.keys(after).map((name) => [name, now[name] ?? null]));
      return { traceId, contact, email, before, after };
    });
    await atomically(context.store, async (store) => {
      await holdLease(store, context.lease, LEASE_MS);
      await journalStamps(store, context.runId, entries, context.now());
    });
  };
  const gate: WriteGate = {
    ...leaseGate(context),
    async admit(operations) {
      const wanted = operations.filter((operation) => operation.kind === "update");
      const admitted = await admit(context, {
        going: () =>
          wanted.flatMap((update) => (isStale(reads.get(update.id)?.at, context) ? update : still(update))),
        readAt: ({ id }) => reads.get(id)?.at,
        read: (stale) => read(stale.map(({ id }) => id)),
        journal,
      });
      return admitted === null ? null : { permit: admitted.permit, operations: admitted.items };
    },
    accepted: () => Promise.resolve(),
  };
  const isThere = ({ id, values }: UpdateContact): boolean => {
    const now = reads.get(id)?.values ?? null;
    return (
      now !== null && Object.entries(values).every(([name, value]) => sameValue(now[name] ?? null, value))
    );
  };
  const answer = await contacts.write(updates, properties, gate, context.signal);
  const results = updates.map((update, index): WriteResult => {
    const result = answer.results[index] ?? { outcome: "unknown" };
    if (result.outcome !== "not_sent" || !isThere(update)) return result;
    return { outcome: "done", id: update.id, stored: null, updatedAt: null, refused: [] };
  });
  return { ...answer, results };
}

/** How the rows of these writes end; nothing of what was never answered, and is settled by reading. */
export function settledStamps(
  updates: readonly UpdateContact[],
  results: readonly WriteResult[],
): readonly SettledStamp[] {
  return updates.flatMap(({ traceId }, index): readonly SettledStamp[] => {
    const result: WriteResult = results[index] ?? { outcome: "unknown" };
    const none = { traceId, problem: null, refusedFields: [] };
    switch (result.outcome) {
      case "done":
        return [
          { ...none, outcome: "done", refusedFields: result.refused.flatMap(({ field }) => field ?? []) },
        ];
      case "refused":
      case "gone":
        return [{ ...none, outcome: result.outcome, problem: result.problem }];
      case "not_sent":
        return [{ ...none, outcome: "not_sent" }];
      case "exists":
      case "pending":
      case "unknown":
        return [];
    }
  });
}
