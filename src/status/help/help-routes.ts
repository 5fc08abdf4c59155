import { mappingInUse } from "../mapping/mapping-in-use.ts";
import type { PageDeps } from "../frame/page-deps.ts";
import type { StatusPage } from "../frame/layout/page.ts";
import { PLACES } from "../frame/layout/places.ts";
import { STATES } from "../../words/state-words.ts";
import { helpPage } from "./help-page.ts";
import { HEALTH_MEANINGS } from "../../words/health-words.ts";
import { NEVER } from "../../words/help-words.ts";

/** What the words of the pages mean; changes nothing. */
export function helpRoutes({ act }: Pick<PageDeps, "act">): readonly StatusPage[] {
  return [
    {
      address: "/help",
      place: "/help",
      async answer({ frame }) {
        const used = await mappingInUse(act.store);
        const recordAs = used?.mapping?.engagement?.recordAs ?? null;
        const { places } = frame.shell;
        return {
          kind: "page",
          title: "Help",
          content: helpPage({ places, recordAs }),
          document: {
            connection: frame.overview.name,
            pages: PLACES.filter(({ address }) => places.has(address)),
            states: STATES,
            health: HEALTH_MEANINGS,
            never: NEVER,
            recordAs,
          },
        };
      },
    },
  ];
}
