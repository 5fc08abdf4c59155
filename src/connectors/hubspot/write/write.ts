import type { ListMembership, Operation } from "../../../model/operation.ts";
import type { WriteGate } from "../../permit.ts";
import { SystemUnavailable } from "../../../model/problem.ts";
import type { PropertyRequest, WriteResult } from "../../connector.ts";
import type { Account } from "../contacts.ts";
import { settle } from "./write-work.ts";
import type { Work } from "./write-work.ts";
import { changeMembership } from "./write-members.ts";
import { emptied, isEmpty, jobOf } from "./write-job.ts";
import type { Job } from "./write-job.ts";
import { optOut } from "../consent/opt-out.ts";
import { batchesOf, sendBatch } from "./write-batch.ts";

/**
 * Writes: opt-outs first, then creates, updates and list memberships in batches of 100. One result per operation, in order.
 *
 * Throws only while nothing was sent. Afterwards what is not known to be done or not done is `unknown`: what was learnt
 * before an outage or a stop must not be lost with it.
 */
export async function writeAll(
  account: Account,
  operations: readonly Operation[],
  types: readonly PropertyRequest[],
  gate: WriteGate,
  signal: AbortSignal,
): Promise<readonly WriteResult[]> {
  signal.throwIfAborted();
  const outcomes = new Map<string, WriteResult>();
  const undone = new Set(operations.map(({ traceId }) => traceId));
  const work: Work = { account, types, outcomes, undone, gate, signal };
  try {
    await writeOptOuts(work, operations);
    await writeContacts(work, operations, "create");
    await writeContacts(work, operations, "update");
    await writeMemberships(work, operations);
  } catch (error) {
    if (undone.size === operations.length) throw error;
    if (!(error instanceof SystemUnavailable) && !signal.aborted) throw error;
    for (const traceId of undone) {
      // None of these was done, whatever was tried.
      if (error instanceof SystemUnavailable)
        outcomes.set(traceId, { outcome: "refused", problem: error.problem });
    }
  }
  return operations.map(({ traceId }) => outcomes.get(traceId) ?? { outcome: "unknown" });
}

/** One by one: HubSpot takes them in batches from its dearest plan only. */
async function writeOptOuts(work: Work, operations: readonly Operation[]): Promise<void> {
  for (const operation of operations) {
    if (operation.kind !== "opt_out") continue;
    work.signal.throwIfAborted();
    settle(work, operation.traceId, await optOut(work.account, operation, work.gate, work.signal));
  }
}

async function writeContacts(
  work: Work,
  operations: readonly Operation[],
  kind: "create" | "update",
): Promise<void> {
  const jobs: Job[] = [];
  for (const operation of operations) {
    if (operation.kind !== kind) continue;
    const job = jobOf(operation);
    if (isEmpty(job)) settle(work, operation.traceId, emptied(job));
    else jobs.push(job);
  }
  const waiting = batchesOf(jobs);
  for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift()) {
    waiting.push(...(await sendBatch(work, kind, batch)));
  }
}

async function writeMemberships(work: Work, operations: readonly Operation[]): Promise<void> {
  const changes = operations.filter(
    (operation): operation is ListMembership =>
      operation.kind === "add_to_list" || operation.kind === "remove_from_list",
  );
  await changeMembership(work, changes, (change, result) => settle(work, change.traceId, result));

  // A new contact joins its lists once it has an id. That it does not is a word beside what was done.
  const joins = operations.flatMap((operation) => {
    const result = work.outcomes.get(operation.traceId);
    if (operation.kind !== "create" || result?.outcome !== "done" || result.id === null) return [];
    const { id } = result;
    return operation.lists.map((list): ListMembership => ({ ...operation, kind: "add_to_list", id, list }));
  });
  await changeMembership(work, joins, ({ traceId }, result) => {
    const done = work.outcomes.get(traceId);
    if (result.outcome === "refused" && done?.outcome === "done") {
      work.outcomes.set(traceId, { ...done, refused: [...done.refused, result.problem] });
    }
  });
}
