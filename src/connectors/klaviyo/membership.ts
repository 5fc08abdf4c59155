import type { ExternalId } from "../../model/contact.ts";
import type { Problem } from "../../model/problem.ts";
import { KlaviyoFailure } from "./failure.ts";
import { problemOfFailure } from "./problems.ts";
import { groupAnswer, nothing } from "./wire.ts";
import type { WriteSettings } from "./write-single.ts";

/** `null` is done. */
export type MembershipResult = "unknown" | { readonly problem: Problem; readonly gone: boolean } | null;

/** Klaviyo's limit for one call. */
export const LARGEST_BATCH = 1_000;

/**
 * Puts profiles on a list or takes them off it, in the largest batches; doing so twice is doing it once, so it is repeated
 * where no answer came. A profile that is gone is found by halving the batch. Neither changes anybody's consent.
 * Rejects with `SystemUnavailable`.
 */
export async function changeMembership(
  settings: WriteSettings,
  kind: "add_to_list" | "remove_from_list",
  list: string,
  ids: readonly ExternalId[],
): Promise<ReadonlyMap<ExternalId, MembershipResult>> {
  const results = new Map<ExternalId, MembershipResult>();
  const unique = [...new Set(ids)];
  for (let start = 0; start < unique.length; start += LARGEST_BATCH) {
    await changeBatch(settings, kind, list, unique.slice(start, start + LARGEST_BATCH), results);
  }
  return results;
}

async function changeBatch(
  settings: WriteSettings,
  kind: "add_to_list" | "remove_from_list",
  list: string,
  ids: readonly ExternalId[],
  results: Map<ExternalId, MembershipResult>,
): Promise<void> {
  const { calls, client, signal } = settings;
  const all = (result: MembershipResult): void => {
    for (const id of ids) results.set(id, result);
  };
  const call = kind === "add_to_list" ? client.addToList(list, ids) : client.removeFromList(list, ids);
  try {
    await calls.write(call, nothing, signal, { idempotent: true });
    all(null);
  } catch (error) {
    if (!(error instanceof KlaviyoFailure)) throw error;
    if (error.ambiguous) return all("unknown");
    if (error.status === 404 && !(await exists(settings, list))) {
      return all({ problem: problemOfFailure(error, { list }), gone: false });
    }
    const [only = ""] = ids;
    if (ids.length <= 1) {
      return all({ problem: problemOfFailure(error, { profile: only }), gone: error.status === 404 });
    }
    const middle = Math.ceil(ids.length / 2);
    await changeBatch(settings, kind, list, ids.slice(0, middle), results);
    await changeBatch(settings, kind, list, ids.slice(middle), results);
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
