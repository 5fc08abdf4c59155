import type { ContactReading } from "../../../model/contact.ts";
import type { ConnectorLog } from "../../http/connector-log.ts";
import type { Calls } from "../wire/calls.ts";
import type { Endpoints } from "../wire/client.ts";
import { contactsOf } from "../contacts.ts";
import { KlaviyoFailure } from "../problems/failure.ts";
import { filterTime } from "../wire/filter.ts";
import { lacksScope } from "../problems/missing-scopes.ts";
import { pages } from "../wire/pages.ts";
import { CHANGES_OVERLAP } from "../pull/pull.ts";
import { nothing, profilePage } from "../wire/wire.ts";

/** Anybody who was suppressed or unsubscribed since: one request where nobody was. See `ConsentPort.refusals`. */
export async function* optOuts(
  { calls, client, log }: { readonly calls: Calls; readonly client: Endpoints; readonly log: ConnectorLog },
  since: number,
  signal: AbortSignal,
): AsyncIterable<ContactReading> {
  const from = filterTime(since - CHANGES_OVERLAP);
  const call = (cursor: string | null) => client.suppressedSince(from, cursor);
  for await (const { data } of pages(calls, client.origin, profilePage, call, null, signal)) {
    const read = contactsOf(data, [], log, "times optional");
    if (read.contacts.length + read.unreadable.length > 0) yield read;
  }
}

/**
 * May the key change subscriptions? Klaviyo tells nobody a key's scopes, so it is asked to unsubscribe no one at all: a key
 * without `subscriptions:write` is refused for that (403), any other for having named nobody (400). No call that could
 * subscribe is ever used to find out.
 */
export async function mayWriteSubscriptions(
  { calls, client }: { readonly calls: Calls; readonly client: Endpoints },
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await calls.read(client.unsubscribeNobody(), nothing, signal, [400]);
    return true;
  } catch (error) {
    if (lacksScope(error)) return false;
    if (error instanceof KlaviyoFailure) return true;
    throw error;
  }
}
