import { readFreshness } from "../../store/pages/freshness.ts";
import { runsSince } from "../../store/runs/run-list.ts";
import { readRunning } from "../../store/runs/run-progress.ts";
import { readSideNotes } from "../../store/runs/side-notes.ts";
import { MOST_BARS } from "../parts/bar-chart.ts";
import { overviewDocument } from "./overview-document.ts";
import { overviewPage } from "./overview-page.ts";
import { runControlRoutes } from "./run-controls.ts";
import type { PageDeps } from "../frame/page-deps.ts";
import type { StatusPage } from "../frame/layout/page.ts";

const DAY_MS = 86_400_000;

/** The first page, and what its buttons do. */
export function overviewRoutes(deps: PageDeps): readonly StatusPage[] {
  const { store } = deps.act;
  return [
    {
      address: "/",
      place: "/",
      async answer({ frame }) {
        const since = new Date(frame.now.getTime() - DAY_MS);
        const [freshness, notes, running, latest] = await Promise.all([
          readFreshness(store),
          readSideNotes(store),
          readRunning(store),
          runsSince(store, "contacts", since, MOST_BARS),
        ]);
        return {
          kind: "page",
          title: "Overview",
          content: overviewPage({ frame, freshness, notes, running, latest }),
          document: overviewDocument(frame.overview, freshness, frame.health, frame.now),
        };
      },
    },
    ...runControlRoutes(deps),
  ];
}
