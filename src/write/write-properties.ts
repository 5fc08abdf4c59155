import type { Connector, PropertyRequest, WriteResult } from "../connectors/connector.ts";
import type { ExternalId } from "../model/contact.ts";
import type { Operation, UpdateContact } from "../model/operation.ts";
import type { WriteGate } from "../connectors/permit.ts";
import { sameValue } from "../model/value.ts";
import type { Values } from "../model/value.ts";
import type { Mark } from "./age.ts";
import { ageMs, markNow } from "./age.ts";
import type { Held } from "./lease-gate.ts";
import { checkLease, grantPermit } from "./lease-gate.ts";
import type { ReadAges } from "./read-ages.ts";
import { OLDEST_READ_MS } from "./read-ages.ts";

/** What properties that no field maps are written with. */
export interface PropertyContext extends Held {
  readonly ages: ReadAges;
  readonly signal: AbortSignal;
}

const READ_AGAIN_MS = 8_000;
const ATTEMPTS = 3;

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
  const isFresh = (id: ExternalId, withinMs: number): boolean => {
    const read = reads.get(id);
    return read !== undefined && ageMs(read.at, context) <= withinMs;
  };
  const read = async (ids: readonly ExternalId[]): Promise<void> => {
    if (ids.length === 0) return;
    const at = markNow(context);
    const found = await contacts.read(ids, properties, context.signal);
    const values = new Map(found.contacts.map((contact) => [contact.id, contact.values]));
    for (const id of ids) reads.set(id, { at, values: values.get(id) ?? null });
  };
  const still = (operation: Operation): readonly UpdateContact[] => {
    if (operation.kind !== "update") return [];
    const now = reads.get(operation.id)?.values ?? null;
    if (now === null) return [];
    const changed = Object.entries(operation.values).filter(
      ([property, value]) => !Object.hasOwn(now, property) || !sameValue(now[property] ?? null, value),
    );
    return changed.length === 0 ? [] : [{ ...operation, values: Object.fromEntries(changed) }];
  };
  const gate: WriteGate = {
    async permit() {
      await checkLease(context);
      return grantPermit(
        context,
        () => true,
        () => {},
      );
    },
    async admit(operations) {
      const ids = operations.flatMap((operation) => ("id" in operation ? operation.id : []));
      for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
        await read(ids.filter((id) => !isFresh(id, READ_AGAIN_MS)));
        await checkLease(context);
        if (!ids.every((id) => isFresh(id, READ_AGAIN_MS))) continue;
        const going = operations.flatMap(still);
        if (going.length === 0) return null;
        const permit = grantPermit(
          context,
          () => ids.every((id) => isFresh(id, OLDEST_READ_MS)),
          () => {
            for (const { id } of going) {
              const one = reads.get(id);
              if (one !== undefined) context.ages.note(ageMs(one.at, context), 1);
            }
          },
        );
        return { permit, operations: going };
      }
      return null;
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
