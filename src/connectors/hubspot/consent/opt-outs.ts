import type { ContactReading } from "../../../model/contact.ts";
import { highestId, OVERLAP, modified } from "../pull/changes.ts";
import { contactsOf, namesOf } from "../contacts.ts";
import type { Account } from "../contacts.ts";
import { optOutProperty } from "./opt-out-types.ts";
import { idsOf, optOutPage } from "../pull/records.ts";

const HITS_PER_PAGE = 200;
/** HubSpot's own limit for the alternatives of one search. */
const MOST_GROUPS = 5;

/**
 * Contacts that changed lately and are opted out of all e-mail, or of one of the types that are read: one request where
 * nobody is. See `ConsentPort.refusals`.
 */
export async function* optOuts(
  account: Account,
  since: number,
  signal: AbortSignal,
): AsyncIterable<ContactReading> {
  const properties = ["hs_email_optout", ...account.optOutTypes.map(optOutProperty)].slice(0, MOST_GROUPS);
  for (let after = "0"; ;) {
    const changed = modified("lastmodifieddate", since - OVERLAP, null, after);
    const search = account.endpoints.search({
      groups: properties.map((property) => [
        ...changed,
        { propertyName: property, operator: "EQ", value: "true" } as const,
      ]),
      sort: "hs_object_id",
      properties: namesOf(account, []),
      limit: HITS_PER_PAGE,
    });
    const { body } = await account.calls.read(search, optOutPage, signal);
    const shown = body.results.length + body.broken.length;
    if (shown > 0) yield await contactsOf(account, body, [], signal);
    const highest = highestId([after, ...idsOf(body)]);
    if (shown < HITS_PER_PAGE || highest === after) return;
    after = highest;
  }
}
