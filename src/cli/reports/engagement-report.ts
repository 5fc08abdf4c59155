import type { EngagementRun } from "../../lanes/run-engagement.ts";
import type { Problem } from "../../model/problem.ts";
import { counted, grouped } from "../../model/count-words.ts";
import type { ExitCode } from "../exit-code.ts";
import { EXIT } from "../exit-code.ts";
import { exitCodeFor } from "../runs/run-report.ts";

/** What a run of the engagement lane did, in a few lines. */
export function engagementReport({ stoppedBy, counts, problems }: EngagementRun): string {
  if (stoppedBy !== null) return ["Engagement stopped:", ...told(stoppedBy)].join("\n");
  const {
    added = 0,
    recorded = 0,
    unknown = 0,
    refused = 0,
    unanswered = 0,
    created = 0,
    stamped = 0,
    older = 0,
    dropped = 0,
  } = counts;
  return [
    `Saw ${counted(added, "new event")}: ${grouped(recorded)} shown in HubSpot, ${counted(stamped, "contact")} stamped.`,
    ...(older > 0
      ? [`${counted(older, "of them is", "of them are")} older, read for a larger backfill.`]
      : []),
    ...(dropped > 0 ? ["Reads no more older events: backfill is smaller now. Nothing was deleted."] : []),
    ...(created > 0 ? [`${counted(created, "contact was", "contacts were")} made for them.`] : []),
    ...(unknown > 0
      ? [`${counted(unknown, "event is", "events are")} of people whom HubSpot does not know.`]
      : []),
    ...(refused > 0 ? [`${counted(refused, "event was", "events were")} refused.`] : []),
    ...(unanswered > 0
      ? [
          `${counted(unanswered, "event was", "events were")} not answered; the next run sends the same again.`,
        ]
      : []),
    ...problems.flatMap(told),
  ].join("\n");
}

function told({ code, title, explanation, fix }: Problem): readonly string[] {
  return [`${title} (${code})`, explanation, ...fix.map((step) => `  fix: ${step}`)];
}

/** As of the contact lane: what stopped it, then what a person has to mend. */
export function engagementExitCode({ stoppedBy, problems, counts }: EngagementRun): ExitCode {
  if (stoppedBy !== null) return exitCodeFor(stoppedBy.code);
  if (problems.some(({ code }) => code === "SK-LIMIT")) return EXIT.held;
  if (problems.length > 0) return EXIT.config;
  return (counts["failing"] ?? 0) > 0 ? EXIT.failing : EXIT.done;
}
