import { overviewDocument } from "./overview-document.ts";
import { overviewPage } from "./overview-page.ts";
import type { StatusPage } from "./page.ts";

/** The first page. */
export function overviewRoutes(): readonly StatusPage[] {
  return [
    {
      address: "/",
      place: "/",
      answer: ({ frame }) =>
        Promise.resolve({
          kind: "page",
          title: "Overview",
          content: overviewPage(frame),
          document: overviewDocument(frame.overview, frame.health, frame.now),
        }),
    },
  ];
}
