import { SystemUnavailable } from "../../../model/problem.ts";
import type { Calls } from "../wire/calls.ts";
import type { Endpoints } from "../wire/client.ts";
import type { Call } from "../wire/put-together.ts";
import { nothing } from "../wire/wire.ts";

const LATEST = { sort: "-updated", cursor: null, predictions: false } as const;

/** What a sync reads, and the scope that Klaviyo's specification names for it. */
const NEEDED: readonly (readonly [scope: string, call: (client: Endpoints) => Call])[] = [
  ["accounts:read", (client) => client.accounts()],
  ["profiles:read", (client) => client.profiles(LATEST)],
  ["lists:read", (client) => client.groups("list", null)],
  ["segments:read", (client) => client.groups("segment", null)],
];

/** See `Connector.missingScopes`. Whether a key may write shows only in writing, so that is not asked. */
export async function missingScopes(
  calls: Calls,
  client: Endpoints,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const [scope, call] of NEEDED) {
    try {
      await calls.read(call(client), nothing, signal);
    } catch (error) {
      if (!lacksScope(error)) throw error;
      missing.push(scope);
    }
  }
  return missing;
}

/** Was it the key that lacked a scope? A firewall's web page, with the same status, says nothing of scopes. */
export function lacksScope(error: unknown): boolean {
  return error instanceof SystemUnavailable && error.problem.code === "KL-SCOPE";
}
