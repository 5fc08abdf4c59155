import type { Connector, PropertyRequest, WriteResult } from "../connectors/connector.ts";
import type { ExternalId } from "../model/contact.ts";
import type { UpdateContact } from "../model/operation.ts";
import type { WriteGate } from "../connectors/permit.ts";
import { sameValue } from "../model/value.ts";
import type { Values } from "../model/value.ts";
import type { Mark } from "./age.ts";
import { admit, isStale } from "./admit.ts";
import { markNow } from "./age.ts";
import type { Held } from "./lease-gate.ts";
import { leaseGate } from "./lease-gate.ts";
import type { ReadAges } from "./read-ages.ts";

/** The context of writes to properties that no field maps. */
export interface PropertyContext extends Held {
  readonly ages: ReadAges;
  readonly signal: AbortSignal;
}

/**
 * Writes properties that Tandem alone computes and no field maps, request by request on a reading that is seconds old: a
 * contact that is gone or cannot be read is not written to, nor a value that is there already.
 */
export async function writeProperties(
  context: PropertyContext,
  { contacts }: Connector,
  updates: readonly UpdateContact[],
  properties: readonly PropertyRequest[],
): Promise<readonly WriteResult[]> {
  if (updates.length === 0) return [];
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
    const changed = Object.entries(operation.values).filter(
      ([property, value]) => !Object.hasOwn(now, property) || !sameValue(now[property] ?? null, value),
    );
    return changed.length === 0 ? [] : [{ ...operation, values: Object.fromEntries(changed) }];
  };
  const gate: WriteGate = {
    ...leaseGate(context),
    async admit(operations) {
      const asked = operations.filter((operation) => operation.kind === "update");
      const admitted = await admit(context, {
        going: () =>
          asked.flatMap((update) => (isStale(reads.get(update.id)?.at, context) ? update : still(update))),
        readAt: ({ id }) => reads.get(id)?.at,
        read: (stale) => read(stale.map(({ id }) => id)),
      });
      return admitted === null ? null : { permit: admitted.permit, operations: admitted.items };
    },
    accepted: () => Promise.resolve(),
  };
  const results = await contacts.write(updates, properties, gate, context.signal);
  return updates.map((update, index) => {
    const result = results[index] ?? { outcome: "unknown" };
    const read = reads.get(update.id);
    const isThere = read !== undefined && read.values !== null && still(update).length === 0;
    if (result.outcome !== "not_sent" || !isThere) return result;
    return { outcome: "done", id: update.id, stored: null, updatedAt: null, refused: [] };
  });
}
