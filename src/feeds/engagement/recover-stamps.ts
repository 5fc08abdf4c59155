import { ROLL_UP_TYPES } from "../../model/engagement-mapping.ts";
import type { RollUpProperty } from "../../model/engagement-mapping.ts";
import type { PropertyRequest } from "../../connectors/connector.ts";
import { sameValue } from "../../model/value.ts";
import { holdLease } from "../../store/runs/leases.ts";
import type { SettledStamp } from "../../store/feeds/stamps.ts";
import { openStamps, settleStamps } from "../../store/feeds/stamps.ts";
import { LEASE_MS } from "../../write/lease-gate.ts";
import type { EngagementContext } from "./context.ts";
import { atomically } from "../../store/database/store.ts";

const STAMPS_PER_PAGE = 500;

/**
 * Settles by reading what an earlier run sent and never heard of: done where the contact shows it, and otherwise
 * superseded. Whatever is still due is written again afterwards.
 */
export async function recoverStamps(context: EngagementContext): Promise<void> {
  const { store, connectors, rules, runId, lease, now, signal } = context;
  for (;;) {
    const open = await openStamps(store, runId, STAMPS_PER_PAGE);
    if (open.length === 0) return;
    const names = new Set(open.flatMap(({ after }) => Object.keys(after)));
    const ids = [...new Set(open.map(({ contact }) => contact))];
    const { contacts } = await connectors.hubspot.contacts.read(
      ids,
      stampRequests(rules.rollUps, names),
      signal,
    );
    const shown = new Map(
      contacts.flatMap(({ id, mergedIds, values }) => [id, ...mergedIds].map((one) => [one, values])),
    );
    const settled = open.map(({ traceId, contact, after }): SettledStamp => {
      const values = shown.get(contact);
      const isThere =
        values !== undefined &&
        Object.entries(after).every(([name, value]) => sameValue(values[name] ?? null, value));
      return { traceId, outcome: isThere ? "done" : "superseded", problem: null, refusedFields: [] };
    });
    await atomically(store, async (store) => {
      await holdLease(store, lease, LEASE_MS);
      await settleStamps(store, settled, now());
    });
  }
}

/** These properties as they are read: by the type of their roll-up, and as text where none is left in the mapping. */
export function stampRequests(
  rollUps: readonly RollUpProperty[],
  names: ReadonlySet<string>,
): readonly PropertyRequest[] {
  return [...names].map((property) => {
    const rollUp = rollUps.find((one) => one.property === property)?.rollUp;
    return { property, type: rollUp === undefined ? "text" : ROLL_UP_TYPES[rollUp] };
  });
}
