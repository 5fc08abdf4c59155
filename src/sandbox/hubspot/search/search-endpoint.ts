import { searchContacts } from "./contact-search.ts";
import { contactView } from "../contacts/contact-view.ts";
import type { Endpoint } from "../wire/endpoint.ts";
import { READ_CONTACTS } from "../wire/scopes.ts";
import { searchRequest } from "./search-request.ts";
import type { HubspotState } from "../state.ts";

/** Search, which has its own limits and is behind the truth. */
export function searchEndpoint(state: HubspotState): Endpoint {
  return {
    method: "POST",
    path: "/crm/v3/objects/contacts/search",
    scopes: READ_CONTACTS,
    mutating: false,
    limit: "search",
    handle(call) {
      const request = searchRequest(state.properties.contacts, call);
      const hits = searchContacts(state, request);
      const end = request.offset + request.limit;
      const results = hits
        .slice(request.offset, end)
        // Counted by the index, but no longer there to be shown: `total` and `results` may disagree for a while.
        .filter(({ contact }) => contact.gone === null)
        .map(({ contact, at }) =>
          contactView(state, contact, { properties: request.properties, withHistory: [], at }),
        );
      const more = end < hits.length && request.limit > 0;
      return {
        status: 200,
        body: {
          total: hits.length,
          results,
          ...(more ? { paging: { next: { after: String(end), link: `?after=${end}` } } } : {}),
        },
      };
    },
  };
}
