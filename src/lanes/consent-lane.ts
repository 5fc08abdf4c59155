import type { Store } from "../store/database/store.ts";
import { carryOptOuts } from "../consent/carry-opt-outs.ts";
import { confirmOptOuts, lateOptOuts } from "../consent/confirm-opt-outs.ts";
import { overruled, verifySubscribes } from "../consent/verify-subscribes.ts";
import type { Watched } from "../consent/watch-opt-outs.ts";
import { watchOptOuts } from "../consent/watch-opt-outs.ts";
import { urgently } from "../connectors/http/urgent.ts";
import { emailKey } from "../model/email.ts";
import type { Mapping } from "../model/mapping.ts";
import type { Problem } from "../model/problem.ts";
import { SystemUnavailable } from "../model/problem.ts";
import { CHECKED_FOR_MS, awaitsCheck, countRestored } from "../store/consent/subscribe-requests.ts";
import { dueOptOuts } from "../store/consent/unconfirmed-opt-outs.ts";
import { readCursor, saveCursor } from "../store/snapshots/cursors.ts";
import type { RunCounts, RunResult } from "../store/runs/runs.ts";
import { NO_RUN, saveConnectionProblems, saveLaneOut } from "../store/runs/runs.ts";
import { recoverUnanswered } from "../write/recover.ts";
import { readAges } from "../write/read-ages.ts";
import { addCounts } from "../write/write-counts.ts";
import type { WriteContext } from "../write/write-context.ts";
import { callCounter } from "./call-counter.ts";
import { withConnection } from "./connection-lease.ts";
import type { Deps, Leased } from "./deps.ts";
import { withRun } from "./with-run.ts";
import { prepareRun } from "./contacts/prepare-run.ts";
import { runContext } from "./contacts/run-context.ts";

/** Result of a run of the consent lane; `runId` is `null` where nobody's consent had changed. */
export interface ConsentRun {
  readonly runId: bigint | null;
  readonly result: RunResult;
  readonly counts: RunCounts;
  /** Why it stopped, where it did. */
  readonly stoppedBy: Problem | null;
}

/** When those were last looked after whom Tandem asked to subscribe. */
const CHECKED = "asked";

const NOTHING_CHANGED: ConsentRun = { runId: null, result: "finished", counts: {}, stoppedBy: null };

/** Is there anything that this mapping does with a refusal besides remembering it? */
export function carriesConsent({ consent, fields, rules }: Mapping): boolean {
  return (
    consent.unsubscribeFrom.length > 0 ||
    consent.hubspotOptOut === "unsubscribe" ||
    fields.some(({ showsConsent }) => showsConsent === true) ||
    rules.some(({ subscribe }) => subscribe)
  );
}

/**
 * One cycle of the consent lane: looks who refused e-mail lately, and takes that to the other side before anything else is
 * written of them. Where nobody did, it is two requests and no run. It continues in quiet times: an opt-out does not wait.
 *
 * @throws ConnectionBusy while another process works on the connection
 */
export async function runConsent(deps: Deps, mapping: Mapping, trigger: string): Promise<ConsentRun> {
  const work = async (leased: Leased): Promise<ConsentRun> => {
    await leased.began?.();
    return (await consentCycle(leased, mapping, trigger)).run;
  };
  return withConnection(deps, mapping.name, work, { borrows: true });
}

/**
 * The same, under the lease of a run of any lane; `out` is what stopped it. Its calls may use what is kept of a day's
 * quota for opt-outs.
 */
export function consentCycle(leased: Leased, mapping: Mapping, trigger: string): Promise<ConsentCycle> {
  return urgently(() => cycle(leased, mapping, trigger));
}

interface ConsentCycle {
  readonly run: ConsentRun;
  readonly out: SystemUnavailable | null;
}

async function cycle(leased: Leased, mapping: Mapping, trigger: string): Promise<ConsentCycle> {
  const { store, connectors, now } = leased;
  let runId: bigint | null = null;
  const calls = callCounter(connectors);
  try {
    const watched = await watchOptOuts(leased, NO_RUN);
    if (watched.changed.length === 0 && !(await isCheckDue(store, now()))) {
      await watched.markRead();
      await saveLaneOut(store, null, now());
      return { run: NOTHING_CHANGED, out: null };
    }
    const run = await withRun(leased, { lane: "consent", trigger, calls }, async (id) => {
      runId = id;
      const counts = await carry(leased, mapping, id, watched);
      return { runId: id, result: "finished" as const, counts, stoppedBy: null };
    });
    await saveLaneOut(store, null, now());
    return { run, out: null };
  } catch (error) {
    if (!(error instanceof SystemUnavailable)) throw error;
    const { problem: stoppedBy } = error;
    await saveLaneOut(store, stoppedBy, now());
    return { run: { runId, result: "stopped", counts: {}, stoppedBy }, out: error };
  }
}

async function isCheckDue(store: Store, now: Date): Promise<boolean> {
  if ((await dueOptOuts(store, now, 1)).length > 0) return true;
  const markRead = await readCursor(store, CHECKED);
  const checkedAt = markRead === null ? null : new Date(Number(markRead));
  return awaitsCheck(store, checkedAt, now);
}

/** Carries the consent of these people, and verifies earlier opt-outs and subscribe requests. */
async function carry(
  leased: Leased,
  mapping: Mapping,
  runId: bigint,
  { changed, markRead }: Watched,
): Promise<RunCounts> {
  const { store, lease, now } = leased;
  const prepared = await prepareRun(leased, mapping);
  const context: WriteContext = {
    ...runContext(leased, mapping, prepared),
    runId,
    lease,
    retry: mapping.retry,
    ages: readAges(),
  };
  await recoverUnanswered(context);
  const carried = await carryOptOuts(context, changed, mapping.limits);
  await markRead();
  const confirmed = await confirmOptOuts(context);
  // Events may be out of reach, for a key that lacks a scope: no refusal waits for them.
  const { met, problems } = await verifySubscribes(context, runId);
  await saveCursor(store, CHECKED, String(now().getTime()), now());
  const overruledPeople = met.flatMap((email) => emailKey(email) ?? []);
  // No limit holds this: it takes back what Tandem itself has done.
  const restoring = await carryOptOuts(context, overruledPeople, null);
  const people = new Set([...changed, ...overruledPeople]).size;
  const counts = { ...addCounts(addCounts(carried, confirmed), restoring), ...context.ages.counts(), people };
  const restored = await countRestored(store, new Date(now().getTime() - CHECKED_FOR_MS));
  const incidents = restored === 0 ? [] : [overruled(restored)];
  const told = [...problems, ...incidents, ...(await lateOptOuts(context))];
  await saveConnectionProblems(store, "consent", told, now());
  return counts;
}
