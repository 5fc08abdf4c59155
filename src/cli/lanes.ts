import type { Logger } from "pino";
import { runConsent } from "../daemon/consent-lane.ts";
import { performUndos } from "../daemon/perform-undos.ts";
import { runReconcile } from "../daemon/reconcile-lane.ts";
import type { ContactRun } from "../daemon/run-contacts.ts";
import { runContacts } from "../daemon/run-contacts.ts";
import { TURN_MS, runEngagement } from "../daemon/run-engagement.ts";
import type { ScheduledWork } from "../daemon/scheduler.ts";
import { isQuietNow } from "../daemon/wall-clock.ts";
import type { InForce } from "./mapping-in-force.ts";

/** Who is told of what a lane did. */
export interface LaneEnds {
  readonly log: Logger;
  readonly ended: (run: ContactRun) => Promise<void>;
}

export const ENGAGEMENT = "engagement";

/**
 * The lanes of a mapping in force, by its schedule; of those that are due the first here goes first. Refusals go before
 * everything, and in quiet times too.
 *
 * @param contacts cron expression of the contact lane
 */
export function lanes(
  inForce: InForce,
  contacts: string,
  { log, ended }: LaneEnds,
): readonly ScheduledWork[] {
  const { deps, mapping } = inForce;
  const { timezone, schedule } = mapping;
  const lane = (name: string, cron: string, run: () => Promise<ContactRun>): ScheduledWork => ({
    name,
    cron,
    timezone,
    run: async () => {
      if (isQuietNow(mapping, deps.now())) return;
      const done = await run();
      logRun(log, name, done);
      await ended(done);
    },
  });
  return [
    ...consentLane(inForce, log),
    lane("contacts", contacts, async () => {
      await performUndos(deps, mapping);
      return runContacts(deps, mapping, { trigger: "schedule" });
    }),
    lane("reconcile", schedule.reconcile, () => runReconcile(deps, mapping, "reconcile")),
    ...engagementLane(inForce, log),
  ];
}

/** Refusals are remembered whatever the mapping does with them. A look that found none is not worth a line. */
function consentLane({ deps, mapping }: InForce, log: Logger): readonly ScheduledWork[] {
  const { timezone, schedule } = mapping;
  const run = async (): Promise<void> => {
    const { runId, result, counts, stoppedBy } = await runConsent(deps, mapping, "schedule");
    if (stoppedBy !== null)
      log.warn({ lane: "consent", problem: stoppedBy.code }, `run ended: ${stoppedBy.title}`);
    else if (runId !== null)
      log.info({ run: String(runId), lane: "consent", result, ...counts }, "run ended");
  };
  return [{ name: "consent", cron: schedule.consent, timezone, run }];
}

/** The engagement lane, where the mapping has one; a long back-fill lets the others work in between. */
function engagementLane({ deps, mapping }: InForce, log: Logger): readonly ScheduledWork[] {
  const { engagement, timezone, schedule } = mapping;
  if (engagement === null || engagement.paused) return [];
  const run = async (): Promise<void> => {
    if (isQuietNow(mapping, deps.now())) return;
    const options = { trigger: "schedule", turnMs: TURN_MS };
    const ended = await runEngagement(deps, mapping, engagement, options);
    logRun(log, ENGAGEMENT, { ...ended, mappingProblems: ended.problems });
  };
  return [{ name: ENGAGEMENT, cron: schedule.engagement, timezone, run }];
}

/** A run's end in one line; what stopped it, and what the mapping names in vain, is a warning. */
function logRun(
  log: Logger,
  lane: string,
  {
    runId,
    result,
    counts,
    stoppedBy,
    mappingProblems,
  }: Pick<ContactRun, "runId" | "result" | "counts" | "stoppedBy" | "mappingProblems">,
): void {
  const ended = { run: String(runId), lane, result, ...counts };
  const problems = [...(stoppedBy === null ? [] : [stoppedBy]), ...mappingProblems];
  if (problems.length === 0) log.info(ended, "run ended");
  for (const { code, title, explanation } of problems) {
    log.warn({ ...ended, problem: code }, `run ended: ${title}. ${explanation}`);
  }
}
