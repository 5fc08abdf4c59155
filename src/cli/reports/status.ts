import type { Command } from "commander";
import { totalsOf } from "../../feeds/engagement/completeness.ts";
import { counted, grouped } from "../../model/count-words.ts";
import { longestGapMs } from "../../mapping/schedule.ts";
import type { Health } from "../../status/health.ts";
import { healthOf } from "../../status/health.ts";
import { overviewDocument } from "../../status/overview/overview-document.ts";
import { statusReader } from "../../status/status-reader.ts";
import { SIDE_NAMES } from "../../model/side.ts";
import { exact } from "../../words/time-words.ts";
import { overviewText } from "../../status/text.ts";
import type { ApiDay } from "../../store/runs/api-days.ts";
import { apiDays as readApiDays } from "../../store/runs/api-days.ts";
import { openStore } from "../../store/runs/connections.ts";
import { engagementDays } from "../../store/feeds/engagement-days.ts";
import { olderProgress } from "../../store/feeds/engagement-older.ts";
import { readFreshness } from "../../store/pages/freshness.ts";
import type { Overview } from "../../store/pages/overview.ts";
import type { App, CommonOptions } from "../app.ts";
import { DAYS_TOLD, completenessText } from "./engagement-text.ts";
import { withDatabase } from "../engine.ts";
import type { ExitCode } from "../exit-code.ts";
import { EXIT } from "../exit-code.ts";
import { json } from "../json.ts";
import { laneSchedule } from "../runs/lane-schedule.ts";
import { loadMapping } from "../load-mapping.ts";
import { exitCodeFor } from "../runs/run-report.ts";

export function statusCommand(program: Command, app: App, exit: (code: ExitCode) => void): void {
  program
    .command("status")
    .description("Show health, counts, the last sync and what needs attention.")
    .action(async (_options, command: Command) => {
      const options = command.optsWithGlobals<CommonOptions>();
      const { mapping } = loadMapping(app, options);
      const now = app.now();
      const { overview, freshness, engagement, older, apiDays } = await withDatabase(
        app,
        options,
        async (database) => {
          const store = await openStore(database, mapping.name);
          const since = new Date(now.getTime() - DAYS_TOLD * 86_400_000);
          const days = mapping.engagement === null ? [] : await engagementDays(store, since);
          const overview = await statusReader(store, app.now, () =>
            laneSchedule(mapping, mapping.schedule.contacts),
          ).overview();
          const freshness = await readFreshness(store);
          return {
            overview,
            freshness,
            engagement: totalsOf(days),
            older: mapping.engagement === null ? [] : await olderProgress(store),
            apiDays: await readApiDays(store, now),
          };
        },
      );
      const health = healthOf(overview, now, longestGapMs(mapping.schedule.contacts));
      app.out(
        options.json
          ? json({ ...overviewDocument(overview, freshness, health, now), engagement, older, apiDays })
          : `${[...overviewText(overview, health, now), ...apiDays.map(apiDayLine), ...completenessText(engagement, older)].join("\n")}\n`,
      );
      exit(exitFor(health, overview));
    });
}

/** How much of a day's calls Tandem has used, and when the next day begins. */
function apiDayLine({ side, calls, allowed, endsAt }: ApiDay): string {
  const used = allowed === null ? counted(calls, "call") : `${grouped(calls)} of ${counted(allowed, "call")}`;
  return `${SIDE_NAMES[side]} calls today: ${used} (Tandem's share). The next day starts ${exact(endsAt)}.`;
}

/** Usable as a check by cron or a monitor: 0 while nobody needs to do anything. */
function exitFor({ word }: Health, { connectionProblems }: Overview): ExitCode {
  if (word === "degraded") return EXIT.failing;
  if (word === "held") return EXIT.held;
  if (word !== "stopped") return EXIT.done;
  const codes = connectionProblems.map(({ code }) => code);
  return codes[0] === undefined ? EXIT.unavailable : exitCodeFor(codes[0]);
}
