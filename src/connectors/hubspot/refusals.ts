import type { Contact } from "../../model/contact.ts";
import { OVERLAP, modified } from "./changes.ts";
import { contactsOf, namesOf } from "./contacts.ts";
import type { Account } from "./contacts.ts";
import { optOutProperty } from "./opt-out-types.ts";
import { searchPage } from "./parse.ts";

const HITS_PER_PAGE = 200;
/** HubSpot's own limit for the alternatives of one search. */
const MOST_GROUPS = 5;

/**
 * Contacts that changed lately and are opted out of all e-mail, or of one of the types that are read: one request where
 * nobody is. See `ConsentPort.refusals`.
 */
export async function* refusals(
  account: Account,
  since: number,
  signal: AbortSignal,
): AsyncIterable<readonly Contact[]> {
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
    const { body } = await account.calls.read(search, searchPage, signal);
    if (body.results.length > 0) yield await contactsOf(account, body.results, [], signal);
    const last = body.results.at(-1);
    if (last === undefined || body.results.length < HITS_PER_PAGE) return;
    after = last.id;
  }
}
