import { chunks } from "../../../model/chunks.ts";
import type { ExternalId } from "../../../model/contact.ts";
import type { ListMembership } from "../../../model/operation.ts";
import type { Problem } from "../../../model/problem.ts";
import { KlaviyoFailure } from "../problems/failure.ts";
import { problemOfFailure } from "../problems/problems.ts";
import { groupAnswer, nothing } from "../wire/wire.ts";
import type { WriteSettings } from "./write-single.ts";

/** `null` is done. */
export type MembershipResult =
  "unknown" | "not_sent" | { readonly problem: Problem; readonly gone: boolean } | null;

/** Klaviyo's limit for one call. */
export const LARGEST_BATCH = 1_000;

/**
 * Puts profiles on one list or takes them off it, in the largest batches; doing so twice is doing it once, so it is repeated
 * where no answer came. A profile that is gone is found by halving the batch. Neither changes anybody's consent.
 * Rejects with `SystemUnavailable`.
 */
export async function changeMembership(
  settings: WriteSettings,
  changes: readonly ListMembership[],
): Promise<ReadonlyMap<ExternalId, MembershipResult>> {
  const results = new Map<ExternalId, MembershipResult>();
  const unique = [...new Map(changes.map((change) => [change.id, change])).values()];
  for (const some of chunks(unique, LARGEST_BATCH)) {
    await changeBatch(settings, some, results);
  }
  return results;
}

async function changeBatch(
  settings: WriteSettings,
  batch: readonly ListMembership[],
  results: Map<ExternalId, MembershipResult>,
): Promise<void> {
  const { calls, client, gate, signal } = settings;
  const [first] = batch;
  if (first === undefined) return;
  const { kind, list } = first;
  /** Of an earlier attempt, which may have been done. */
  const tried = new Set<ExternalId>();
  let sent: readonly ListMembership[] = [];
  const prepare = async () => {
    for (const { id } of sent) tried.add(id);
    sent = [];
    const admitted = await gate.admit(batch, "request");
    if (admitted === null) return null;
    const still = new Set(admitted.operations.map(({ traceId }) => traceId));
    sent = batch.filter(({ traceId }) => still.has(traceId));
    const ids = sent.map(({ id }) => id);
    return kind === "add_to_list"
      ? client.addToList(admitted.permit, list, ids)
      : client.removeFromList(admitted.permit, list, ids);
  };
  const all = (result: MembershipResult): void => {
    for (const { id } of sent) results.set(id, result);
  };
  const notSent = (): void => {
    const went = new Set(sent.map(({ id }) => id));
    for (const { id } of batch) if (!went.has(id)) results.set(id, tried.has(id) ? "unknown" : "not_sent");
  };
  const name = kind === "add_to_list" ? "add_profiles_to_list" : "remove_profiles_from_list";
  try {
    if ((await calls.write(name, prepare, nothing, signal, { idempotent: true })) === null) sent = [];
    notSent();
    all(null);
  } catch (error) {
    if (!(error instanceof KlaviyoFailure)) throw error;
    notSent();
    if (error.ambiguous) return all("unknown");
    if (error.status === 404 && !(await exists(settings, list))) {
      return all({ problem: problemOfFailure(error, { list }), gone: false });
    }
    if (sent.length <= 1) {
      const profile = sent[0]?.id ?? "";
      return all({ problem: problemOfFailure(error, { profile }), gone: error.status === 404 });
    }
    const middle = Math.ceil(sent.length / 2);
    await changeBatch(settings, sent.slice(0, middle), results);
    await changeBatch(settings, sent.slice(middle), results);
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
