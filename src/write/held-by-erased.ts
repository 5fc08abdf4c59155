import { addressHeldByErased } from "../plan/problems.ts";
import type { RunContext } from "../pull/run-context.ts";
import { erasedAmong, traceOf } from "../store/people/erased.ts";
import type { SentOperation } from "./prepare.ts";

/**
 * A create whose address the contact of an erased person has can never be linked to that contact: Tandem keeps nothing of it.
 * It counts as refused, so a person is told, and it is tried again on the schedule of refused writes and not in each run.
 */
export async function refusedWhereErased(
  { store }: Pick<RunContext, "store">,
  sent: readonly SentOperation[],
): Promise<readonly SentOperation[]> {
  const holders = sent.flatMap((one) => holderOf(one) ?? []);
  const erased = await erasedAmong(store, holders);
  if (erased.size === 0) return sent;
  return sent.map((one): SentOperation => {
    const { side, email } = one.prepared.operation;
    if (!erased.has(holderOf(one) ?? "")) return one;
    return { ...one, result: { outcome: "refused", problem: addressHeldByErased(side, email) } };
  });
}

function holderOf({ prepared, result }: SentOperation): string | null {
  return result.outcome === "exists" && result.id !== null
    ? traceOf(prepared.operation.side, result.id)
    : null;
}
