import type { ContactUrls } from "./contact-link.ts";
import { errorsAddress } from "./errors-address.ts";
import { errorsPage } from "./errors-page.ts";
import { errorsQuery } from "./errors-query.ts";
import type { StatusPage } from "./page.ts";
import type { StatusReader } from "./status-reader.ts";

/** What the errors pages need. */
export interface ErrorsDeps {
  readonly read: StatusReader;
  readonly contactUrls?: () => ContactUrls;
}

export function errorsRoutes({ read, contactUrls }: ErrorsDeps): readonly StatusPage[] {
  return [
    {
      address: "/errors",
      place: "/errors",
      async answer({ query: given, frame }) {
        const asked = errorsQuery(given);
        if (!asked.ok) {
          const message = { title: "There is a problem with this search", words: asked.wrong };
          return { kind: "told", status: 400, message };
        }
        const { query } = asked;
        const found = await read.failing(query);
        if (found.page !== query.page)
          return { kind: "moved", to: errorsAddress({ ...query, page: found.page }) };
        const { name: connection, causes } = frame.overview;
        const urls = contactUrls?.() ?? { hubspot: null, klaviyo: null };
        return {
          kind: "page",
          title: found.pages > 1 ? `Errors (page ${found.page} of ${found.pages})` : "Errors",
          content: errorsPage({ frame, query, found, contactUrls: urls }),
          document: { connection, at: frame.now, query, ...found, causes },
        };
      },
    },
  ];
}
