import { atomically } from "../../store/database/store.ts";
import { stampRequests } from "../../feeds/engagement/recover-stamps.ts";
import type { EmailKey } from "../../model/email.ts";
import type { RollUpProperty } from "../../model/engagement-mapping.ts";
import type { UpdateContact } from "../../model/operation.ts";
import type { PlannedOperation } from "../../plan/planned.ts";
import { holdLease } from "../../store/runs/leases.ts";
import { settleStamps } from "../../store/feeds/stamps.ts";
import { LEASE_MS } from "../../write/lease-gate.ts";
import type { WriteContext } from "../../write/write-context.ts";
import { settledStamps, writeProperties } from "../../write/write-properties.ts";
import type { LinkedPerson } from "./ask-again.ts";
import type { PlannedPerson } from "./plan-file.ts";
import type { PlannedStamp, StampBack } from "./undo-stamps.ts";

/** Result of putting stamps back, in operations. */
export interface StampsBack {
  readonly done: number;
  readonly refused: number;
  readonly unanswered: number;
  /** Whose contact no longer holds what it held when this was planned, or is gone. */
  readonly moved: readonly EmailKey[];
}

/**
 * Puts back what was stamped of people's last activity. Each contact is read again right before: a property that moved
 * since stays as it is. The next activity stamps it again.
 */
export async function putBackStamps(
  context: WriteContext,
  rollUps: readonly RollUpProperty[],
  wanted: readonly PlannedStamp[],
): Promise<StampsBack> {
  const { connectors, store, lease, now, newId } = context;
  const updates = wanted.map(({ email, operation: { id, fields: values } }): UpdateContact => ({
    kind: "update",
    side: "hubspot",
    traceId: newId(),
    email,
    id,
    values,
  }));
  const pre = new Map(updates.map(({ traceId }, at) => [traceId, wanted[at]?.operation.pre ?? {}]));
  const requests = stampRequests(rollUps, new Set(updates.flatMap(({ values }) => Object.keys(values))));
  const { writeSize } = connectors.hubspot.contacts;
  const counts = { done: 0, refused: 0, unanswered: 0 };
  const moved: EmailKey[] = [];
  for (let start = 0; start < updates.length; start += writeSize) {
    const some = updates.slice(start, start + writeSize);
    const { results, stoppedBy } = await writeProperties(context, connectors.hubspot, some, requests, pre);
    await atomically(store, async (store) => {
      await holdLease(store, lease, LEASE_MS);
      await settleStamps(store, settledStamps(some, results), now());
    });
    if (stoppedBy !== null) throw stoppedBy.reason;
    for (const [at, { email }] of some.entries()) {
      const outcome = results[at]?.outcome ?? "unknown";
      if (outcome === "done") counts.done += 1;
      else if (outcome === "refused") counts.refused += 1;
      else if (outcome === "not_sent" || outcome === "gone") moved.push(email);
      else counts.unanswered += 1;
    }
  }
  return { ...counts, moved };
}

/** The stamps of a page of a saved plan, and what is planned for links. */
export function partStamps(page: readonly PlannedPerson[]): {
  readonly stamps: readonly PlannedStamp[];
  readonly others: readonly LinkedPerson[];
} {
  return {
    stamps: page.flatMap(({ link, email, operations }) =>
      link === null ? operations.filter(isStamp).map((operation) => ({ email, operation })) : [],
    ),
    others: page.flatMap((person) => (person.link === null ? [] : [{ ...person, link: person.link }])),
  };
}

function isStamp(operation: PlannedOperation): operation is StampBack {
  return operation.kind === "stamp";
}
