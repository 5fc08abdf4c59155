import { z } from "zod";
import { totalsOf } from "../../feeds/engagement/completeness.ts";
import { engagementDays } from "../../store/feeds/engagement-days.ts";
import { olderProgress } from "../../store/feeds/engagement-older.ts";
import { readStreams } from "../../store/feeds/engagement-streams.ts";
import { ENGAGEMENT_FIELD } from "../../store/runs/runs.ts";
import { mappingInUse } from "../mapping/mapping-in-use.ts";
import type { PageDeps } from "../frame/page-deps.ts";
import type { StatusPage } from "../frame/layout/page.ts";
import { given, notUnderstood } from "../parts/query-parts.ts";
import { SPANS, engagementPage } from "./engagement-page.ts";

const parameters = z.object({
  days: given(z.enum(SPANS.map(String), `one of ${SPANS.join(", ")}`).transform(Number)),
});

const USUAL_DAYS = 30;
const DAY_MS = 86_400_000;

/** What people did with messages, and how much of it HubSpot shows. */
export function engagementRoutes({ act, now }: PageDeps): readonly StatusPage[] {
  const { store } = act;
  return [
    {
      address: "/engagement",
      place: "/engagement",
      async answer({ query, frame }) {
        const read = parameters.safeParse(query);
        if (!read.success) return notUnderstood(read.error);
        const days = read.data.days ?? USUAL_DAYS;
        const since = new Date(now().getTime() - days * DAY_MS);
        const [byDay, streams, older, used] = await Promise.all([
          engagementDays(store, since),
          readStreams(store),
          olderProgress(store),
          mappingInUse(store),
        ]);
        const rules = used?.mapping?.engagement ?? null;
        const totals = totalsOf(byDay);
        const problems = frame.overview.connectionProblems.filter(({ field }) => field === ENGAGEMENT_FIELD);
        const all = [...streams.values()];
        return {
          kind: "page",
          title: "Engagement",
          content: engagementPage({ frame, rules, days, totals, byDay, streams: all, older, problems }),
          document: {
            connection: frame.overview.name,
            at: frame.now,
            days,
            recordAs: rules?.recordAs ?? null,
            totals,
            byDay,
            streams: all,
            older,
            problems,
          },
        };
      },
    },
  ];
}
