import type { ListMembership, Operation } from "../../../model/operation.ts";
import type { WriteGate } from "../../permit.ts";
import type { PropertyRequest, WriteAnswer } from "../../connector.ts";
import { writeProgress } from "../../write-progress.ts";
import type { Account } from "../contacts.ts";
import type { Work } from "./write-work.ts";
import { changeMembership } from "./write-members.ts";
import { emptied, isEmpty, jobOf } from "./write-job.ts";
import type { Job } from "./write-job.ts";
import { optOut } from "../consent/opt-out.ts";
import { batchesOf, sendBatch } from "./write-batch.ts";

/** Writes: opt-outs first, then creates, updates and list memberships in batches of 100. See `ContactPort.write`. */
export async function writeAll(
  account: Account,
  operations: readonly Operation[],
  types: readonly PropertyRequest[],
  gate: WriteGate,
  signal: AbortSignal,
): Promise<WriteAnswer> {
  const progress = writeProgress(signal);
  const work: Work = { account, types, progress, gate, signal };
  try {
    signal.throwIfAborted();
    await writeOptOuts(work, operations);
    await writeContacts(work, operations, "create");
    await writeContacts(work, operations, "update");
    await writeMemberships(work, operations);
  } catch (reason) {
    return progress.answer(operations, { reason });
  }
  return progress.answer(operations, null);
}

/** One by one: HubSpot takes them in batches from its dearest plan only. */
async function writeOptOuts(work: Work, operations: readonly Operation[]): Promise<void> {
  for (const operation of operations) {
    if (operation.kind !== "opt_out") continue;
    work.signal.throwIfAborted();
    await optOut(work, operation);
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
    if (isEmpty(job)) work.progress.settle(operation, emptied(job));
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
  await changeMembership(work, changes);

  // A new contact joins its lists once it has an id. That it does not is a word beside what was done.
  const joins = operations.flatMap((operation) => {
    const result = work.progress.resultOf(operation);
    if (operation.kind !== "create" || result.outcome !== "done" || result.id === null) return [];
    const { id } = result;
    return operation.lists.map((list): ListMembership => ({ ...operation, kind: "add_to_list", id, list }));
  });
  for (const some of Map.groupBy(joins, ({ list }) => list).values()) {
    const joining = { ...work, progress: writeProgress(work.signal) };
    await changeMembership(joining, some);
    for (const join of some) {
      const result = joining.progress.resultOf(join);
      const made = work.progress.resultOf(join);
      if (result.outcome === "refused" && made.outcome === "done")
        work.progress.settle(join, { ...made, refused: [...made.refused, result.problem] });
    }
  }
}
