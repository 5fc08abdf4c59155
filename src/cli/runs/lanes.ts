import type { Logger } from "pino";
import { runConsent } from "../../lanes/consent-lane.ts";
import { performUndos } from "../../lanes/plans/perform-undos.ts";
import { runReconcile } from "../../lanes/reconcile-lane.ts";
import { RETENTION_SCHEDULE, runRetention } from "../../lanes/retention-lane.ts";
import type { ContactRun } from "../../lanes/contacts/run-contacts.ts";
import { runContacts } from "../../lanes/contacts/run-contacts.ts";
import { TURN_MS, runEngagement } from "../../lanes/run-engagement.ts";
import type { ScheduledWork } from "../../service/scheduler.ts";
import { unlessPaused } from "../../lanes/unless-paused.ts";
import { isQuietNow } from "../../service/wall-clock.ts";
import type { Deps } from "../../lanes/deps.ts";
import { openStore } from "../../store/runs/connections.ts";
import { takeSync } from "../../store/runs/sync-requests.ts";
import { headLogger } from "../ledger-key.ts";
import type { MappingInUse } from "./mapping-in-use.ts";

/** Who is told of what a lane did. */
export interface LaneEnds {
  readonly log: Logger;
  readonly ended: (run: ContactRun) => Promise<void>;
}

export const ENGAGEMENT = "engagement";

/**
 * The lanes of a mapping in use, by its schedule. Of those that are due, the first in this list goes first. Refusals go before
 * everything, and in quiet times too; a pause does not stop them either.
 *
 * @param contacts schedule of the contact lane
 */
export function lanes(
  inUse: MappingInUse,
  contacts: string,
  { log, ended }: LaneEnds,
): readonly ScheduledWork[] {
  const { deps, mapping } = inUse;
  const { timezone, schedule } = mapping;
  const logHead = headLogger(deps, log);
  const lane = (
    name: string,
    when: string,
    run: (deps: Deps) => Promise<ContactRun | null>,
  ): ScheduledWork => ({
    name,
    schedule: when,
    timezone,
    run: async (began) => {
      const done = await unlessPaused({ ...deps, began }, mapping.name, run);
      if (done === null) return;
      logRun(log, name, done);
      await logHead(name);
      await ended(done);
    },
  });
  return [
    ...consentLane(inUse, log, logHead),
    lane("contacts", contacts, async (own) => {
      // "Sync now" works in a quiet time too, and the run has the name of the person.
      const store = await openStore(own.database, mapping.name);
      const request = await takeSync(store);
      if (request === null && isQuietNow(mapping, own.now())) return null;
      await performUndos(own, mapping);
      return runContacts(own, mapping, { trigger: request?.by ?? "schedule" });
    }),
    lane("reconcile", schedule.reconcile, async (own) =>
      isQuietNow(mapping, own.now()) ? null : runReconcile(own, mapping, "reconcile"),
    ),
    ...engagementLane(inUse, log),
    retentionLane(inUse, log),
  ];
}

/** Refusals are remembered whatever the mapping does with them. A look that found none is not worth a line. */
function consentLane(
  { deps, mapping }: MappingInUse,
  log: Logger,
  logHead: (lane: string) => Promise<void>,
): readonly ScheduledWork[] {
  const { timezone, schedule } = mapping;
  const run = async (began: () => Promise<void>): Promise<void> => {
    const { runId, result, counts, stoppedBy } = await runConsent({ ...deps, began }, mapping, "schedule");
    if (stoppedBy !== null)
      log.warn({ lane: "consent", problem: stoppedBy.code }, `run ended: ${stoppedBy.title}`);
    else if (runId !== null)
      log.info({ run: String(runId), lane: "consent", result, ...counts }, "run ended");
    if (runId !== null) await logHead("consent");
  };
  return [{ name: "consent", schedule: schedule.consent, timezone, run }];
}

/** The engagement lane, where the mapping has one; a long back-fill lets the others work in between. */
function engagementLane({ deps, mapping }: MappingInUse, log: Logger): readonly ScheduledWork[] {
  const { engagement, timezone, schedule } = mapping;
  if (engagement === null || engagement.paused) return [];
  const run = async (began: () => Promise<void>): Promise<void> => {
    if (isQuietNow(mapping, deps.now())) return;
    const options = { trigger: "schedule", turnMs: TURN_MS };
    const ended = await unlessPaused({ ...deps, began }, mapping.name, (own) =>
      runEngagement(own, mapping, engagement, options),
    );
    if (ended === null) return;
    logRun(log, ENGAGEMENT, { ...ended, mappingProblems: ended.problems });
  };
  return [{ name: ENGAGEMENT, schedule: schedule.engagement, timezone, run }];
}

/** What is kept for long enough is removed, also while the connection is paused. */
function retentionLane({ deps, mapping }: MappingInUse, log: Logger): ScheduledWork {
  const run = async (began: () => Promise<void>): Promise<void> => {
    await began();
    const removed = await runRetention(deps, mapping);
    if (Object.values(removed).some((count) => count > 0))
      log.info({ lane: "retention", ...removed }, "old history removed");
  };
  return { name: "retention", schedule: RETENTION_SCHEDULE, timezone: mapping.timezone, run };
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
