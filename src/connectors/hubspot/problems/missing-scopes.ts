import { z } from "zod";
import type { Call } from "../wire/put-together.ts";
import type { Account } from "../contacts.ts";
import { answeredStatus } from "./failure.ts";

/** What a sync reads, and the scope that HubSpot documents for it. */
const NEEDED: readonly (readonly [scope: string, call: (endpoints: Account["endpoints"]) => Call])[] = [
  [
    "crm.objects.contacts.read",
    ({ search }) => search({ groups: [], sort: "hs_object_id", properties: [], limit: 1 }),
  ],
  ["crm.schemas.contacts.read", ({ properties }) => properties()],
  ["crm.lists.read", ({ searchLists }) => searchLists(0)],
];

/** See `Connector.missingScopes`. Whether a key may write shows only in writing, so that is not asked. */
export async function missingScopes(
  { endpoints, calls }: Account,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const [scope, call] of NEEDED) {
    try {
      await calls.read(call(endpoints), z.unknown(), signal, [403]);
    } catch (error) {
      if (answeredStatus(error) !== 403) throw error;
      missing.push(scope);
    }
  }
  return missing;
}
