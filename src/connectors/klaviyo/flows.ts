import type { Calls } from "./wire/calls.ts";
import type { Endpoints } from "./wire/client.ts";
import { KlaviyoFailure } from "./problems/failure.ts";
import { lacksScope } from "./problems/missing-scopes.ts";
import { listWithFlows } from "./wire/wire.ts";

/**
 * The flows with the trigger "added to this list", by name; drafts and archived ones start nothing. `null` where the key
 * lacks `flows:read`.
 */
export async function flowsStartedBy(
  calls: Calls,
  client: Endpoints,
  list: string,
  signal: AbortSignal,
): Promise<readonly string[] | null> {
  try {
    const { data } = await calls.read(client.listWithFlows(list), listWithFlows, signal, [404]);
    return (data.included ?? [])
      .filter(({ type, attributes }) => type === "flow" && attributes?.archived !== true)
      .filter(({ attributes }) => attributes?.status !== "draft")
      .map(({ id, attributes }) => attributes?.name ?? id);
  } catch (error) {
    if (lacksScope(error)) return null;
    if (error instanceof KlaviyoFailure && error.status === 404) return [];
    throw error;
  }
}
