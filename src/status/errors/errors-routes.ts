import type { ContactUrls } from "../contacts/contact-link.ts";
import { errorsActions } from "./errors-actions.ts";
import type { ErrorsActionDeps } from "./errors-actions.ts";
import { errorsAddress } from "./errors-address.ts";
import { errorsCsv } from "./errors-csv.ts";
import { errorsPage } from "./errors-page.ts";
import { errorsQuery } from "./errors-query.ts";
import type { Answer, StatusPage } from "../frame/layout/page.ts";
import type { StatusReader } from "../status-reader.ts";

/** What the errors pages need. */
export interface ErrorsDeps extends ErrorsActionDeps {
  readonly read: StatusReader;
  readonly contactUrls?: () => ContactUrls;
}

/** The page of contacts that fail, the same as a file, and what is done to them. */
export function errorsRoutes(deps: ErrorsDeps): readonly StatusPage[] {
  const { read, contactUrls } = deps;
  const rulesNow = async () => (await deps.rules?.()) ?? [];
  return [
    {
      address: "/errors",
      place: "/errors",
      async answer({ query: given, frame, visitor }) {
        const rules = await rulesNow();
        const wanted = errorsQuery(given, rules, visitor.role);
        if (!wanted.ok) return notUnderstood(wanted.wrong);
        const { query } = wanted;
        const [found, facets, progress] = await Promise.all([
          read.failing(query),
          read.facets(),
          read.retryProgress(),
        ]);
        if (found.page !== query.page)
          return { kind: "moved", to: errorsAddress({ ...query, page: found.page }) };
        const { name: connection, causes } = frame.overview;
        const urls = contactUrls?.() ?? { hubspot: null, klaviyo: null };
        return {
          kind: "page",
          title: found.pages > 1 ? `Errors (page ${found.page} of ${found.pages})` : "Errors",
          content: errorsPage({ frame, query, found, facets, rules, progress, contactUrls: urls }),
          document: { connection, at: frame.now, query, ...found, causes, trends: facets.trends },
        };
      },
    },
    {
      address: "/errors.csv",
      place: "/errors",
      async answer({ query: given, frame, visitor }) {
        const wanted = errorsQuery(given, await rulesNow(), visitor.role);
        if (!wanted.ok) return notUnderstood(wanted.wrong);
        const name = `errors-${frame.now.toISOString().slice(0, 10)}.csv`;
        const text = errorsCsv(read.eachFailing(wanted.query));
        return { kind: "table", name, lines: text };
      },
    },
    ...errorsActions(deps),
  ];
}

function notUnderstood(words: readonly string[]): Answer {
  return { kind: "told", status: 400, message: { title: "There is a problem with this search", words } };
}
