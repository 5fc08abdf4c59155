import { conflictsByField, listConflicts } from "../../store/writes/conflict-list.ts";
import { mappingInUse } from "../mapping/mapping-in-use.ts";
import type { PageDeps } from "../frame/page-deps.ts";
import type { StatusPage } from "../frame/layout/page.ts";
import { notUnderstood } from "../parts/query-parts.ts";
import { conflictsPage } from "./conflicts-page.ts";
import { conflictsAddress, conflictsQuery } from "./conflicts-query.ts";

const WEEK_MS = 7 * 86_400_000;

/** The log of conflicts; having a value back is asked for on its own page. */
export function conflictsRoutes({ act, now }: PageDeps): readonly StatusPage[] {
  const { store } = act;
  return [
    {
      address: "/conflicts",
      place: "/conflicts",
      async answer({ query: wanted, frame }) {
        const read = conflictsQuery(wanted);
        if (!read.success) return notUnderstood(read.error);
        const query = read.data;
        const [found, byField, used] = await Promise.all([
          listConflicts(store, query, now()),
          conflictsByField(store, new Date(now().getTime() - WEEK_MS)),
          mappingInUse(store),
        ]);
        if (found.page !== query.page)
          return { kind: "moved", to: conflictsAddress({ ...query, page: found.page }) };
        return {
          kind: "page",
          title: found.pages > 1 ? `Conflicts (page ${found.page} of ${found.pages})` : "Conflicts",
          content: conflictsPage({ frame, query, found, byField, mapping: used?.mapping ?? null }),
          document: { connection: frame.overview.name, at: frame.now, query, ...found, byField },
        };
      },
    },
  ];
}
