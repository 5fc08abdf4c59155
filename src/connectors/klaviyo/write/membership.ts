import { chunks } from "../../../model/chunks.ts";
import type { ListMembership } from "../../../model/operation.ts";
import { SystemUnavailable } from "../../../model/problem.ts";
import type { WriteResult } from "../../connector.ts";
import type { WriteProgress } from "../../write-progress.ts";
import { KlaviyoFailure } from "../problems/failure.ts";
import { problemOfFailure } from "../problems/problems.ts";
import { groupAnswer, nothing } from "../wire/wire.ts";
import type { WriteSettings } from "./write-single.ts";

/** Klaviyo's limit for one call. */
export const LARGEST_BATCH = 1_000;

/**
 * Puts profiles on one list or takes them off it, in the largest batches; doing so twice is doing it once, so it is repeated
 * where no answer came. A profile that is gone is found by halving the batch. Neither changes anybody's consent.
 * Rejects with `SystemUnavailable`, or `DoneBefore`.
 */
export async function changeMembership(
  settings: WriteSettings,
  changes: readonly ListMembership[],
  progress: WriteProgress,
): Promise<void> {
  for (const some of chunks(changes, LARGEST_BATCH)) await changeBatch(settings, some, progress);
}

async function changeBatch(
  settings: WriteSettings,
  batch: readonly ListMembership[],
  progress: WriteProgress,
): Promise<void> {
  const { calls, client, gate, signal } = settings;
  const [first] = batch;
  if (first === undefined) return;
  const { kind, list } = first;
  const request = progress.request();
  let sent: readonly ListMembership[] = [];
  const prepare = async () => {
    sent = [];
    const admitted = await gate.admit(batch, "request");
    if (admitted === null) return null;
    const still = new Set(admitted.operations.map(({ traceId }) => traceId));
    sent = batch.filter(({ traceId }) => still.has(traceId));
    request.goes(sent);
    const ids = [...new Set(sent.map(({ id }) => id))];
    return kind === "add_to_list"
      ? client.addToList(admitted.permit, list, ids)
      : client.removeFromList(admitted.permit, list, ids);
  };
  const all = (result: (change: ListMembership) => WriteResult): void => {
    for (const change of sent) progress.settle(change, result(change));
  };
  const name = kind === "add_to_list" ? "add_profiles_to_list" : "remove_profiles_from_list";
  try {
    const answer = await calls.write(name, prepare, nothing, signal, { idempotent: true });
    if (answer !== null)
      all(({ id }) => ({ outcome: "done", id, stored: null, updatedAt: null, refused: [] }));
  } catch (error) {
    if (error instanceof SystemUnavailable) request.didNothing();
    if (!(error instanceof KlaviyoFailure)) throw error;
    if (error.ambiguous) return;
    if (error.status === 404 && !(await exists(settings, list)))
      return all(() => ({ outcome: "refused", problem: problemOfFailure(error, { list }) }));
    if (sent.length <= 1) {
      const outcome = error.status === 404 ? "gone" : "refused";
      return all(({ id }) => ({ outcome, problem: problemOfFailure(error, { profile: id }) }));
    }
    const middle = Math.ceil(sent.length / 2);
    await changeBatch(settings, sent.slice(0, middle), progress);
    await changeBatch(settings, sent.slice(middle), progress);
  }
}

async function exists({ calls, client, signal }: WriteSettings, list: string): Promise<boolean> {
  try {
    await calls.read(client.list(list), groupAnswer, signal, [404]);
    return true;
  } catch (error) {
    if (error instanceof KlaviyoFailure && error.status === 404) return false;
    throw error;
  }
}
