import type { Counting, EngagementContext } from "../feeds/engagement/context.ts";
import { collectionMissing, noSink, ofEngagement } from "../feeds/engagement/problems.ts";
import { syncEngagement } from "../feeds/engagement/sync-engagement.ts";
import { resolveName } from "../mapping/accounts/resolve-name.ts";
import { referenceKey } from "../mapping/accounts/resolve-scope.ts";
import type { EngagementMapping, Mapping } from "../model/mapping.ts";
import type { Problem } from "../model/problem.ts";
import { SystemUnavailable } from "../model/problem.ts";
import { SIDES } from "../model/side.ts";
import { readCursors, saveCursor } from "../store/snapshots/cursors.ts";
import type { StoredConnection } from "../store/runs/connections.ts";
import { openConnection } from "../store/runs/connections.ts";
import type { Lease } from "../store/runs/leases.ts";
import type { RunCounts, RunResult } from "../store/runs/runs.ts";
import { finishRun, saveConnectionProblems, startRun } from "../store/runs/runs.ts";
import { readAges } from "../write/read-ages.ts";
import { callCounter } from "./call-counter.ts";
import { carryingBetween } from "./carrying-between.ts";
import { withConnection } from "./connection-lease.ts";
import type { Deps } from "./deps.ts";
import { guardAccount } from "./guard-account.ts";
import { FOUND } from "./contacts/prepare-run.ts";
import { whyEnded } from "./why-ended.ts";

/** What a run of the engagement lane came to. */
export interface EngagementRun {
  readonly runId: bigint;
  readonly result: RunResult;
  readonly counts: RunCounts;
  /** What keeps some of it from being shown, or stamped. The rest went on. */
  readonly problems: readonly Problem[];
  /** Why it stopped, where it did. */
  readonly stoppedBy: Problem | null;
}

export interface EngagementOptions {
  /** `schedule`, `cli`, … */
  readonly trigger: string;
  /** After so long the contact lane has its turn, and the next run goes on; `null`: as long as it takes. */
  readonly turnMs: number | null;
}

/** A long back-fill lets the contact lane work in between. */
export const TURN_MS = 5 * 60_000;

/** Is there anything of engagement to do for this mapping? */
export function showsEngagement({ engagement }: Mapping): boolean {
  return engagement !== null && !engagement.paused;
}

/**
 * One cycle of the engagement lane. It works under the same lease as the contact lane, because both spend one account's
 * quota. A side that is out stops the run and becomes one problem of the connection.
 *
 * @throws ConnectionBusy while another process works on the connection
 */
export async function runEngagement(
  outer: Deps,
  mapping: Mapping,
  rules: EngagementMapping,
  options: EngagementOptions,
): Promise<EngagementRun> {
  return withConnection(outer, mapping.name, async (lease, own) => {
    await own.began?.();
    const deps = carryingBetween(own, mapping, { lease });
    const { database, now } = deps;
    const connection = await openConnection(database, mapping.name);
    const connectionId = connection.id;
    const runId = await startRun(database, connectionId, "engagement", options.trigger, now());
    const calls = callCounter(deps.connectors);
    const save = (problems: readonly Problem[]) =>
      saveConnectionProblems(database, connectionId, "engagement", problems, now());
    try {
      const run = await cycle(deps, mapping, rules, options, { connection, lease, runId });
      await save(run.problems);
      const note = run.problems.map(({ title }) => title).join("; ");
      await finishRun(database, runId, run.result, { ...run.counts, ...calls() }, note, now());
      return run;
    } catch (error) {
      if (!(error instanceof SystemUnavailable)) {
        await finishRun(database, runId, "stopped", calls(), whyEnded(deps), now());
        throw error;
      }
      const problem = ofEngagement(error.problem);
      await save([problem]);
      await finishRun(database, runId, "stopped", calls(), problem.title, now());
      return { runId, result: "stopped", counts: {}, problems: [], stoppedBy: problem };
    }
  });
}

interface Opened {
  readonly connection: StoredConnection;
  readonly lease: Lease;
  readonly runId: bigint;
}

async function cycle(
  deps: Deps,
  mapping: Mapping,
  rules: EngagementMapping,
  options: EngagementOptions,
  { connection, lease, runId }: Opened,
): Promise<EngagementRun> {
  const { connectors, signal, now } = deps;
  const expected = {
    hubspot: mapping.hubspot.portalId ?? connection.hubspotAccount,
    klaviyo: mapping.klaviyo.accountId ?? connection.klaviyoAccount,
  };
  for (const side of SIDES) guardAccount(side, await connectors[side].account(signal), expected[side]);
  const { source } = connectors.klaviyo.engagement;
  const sink = connectors.hubspot.engagement.sink(rules.recordAs);
  const none = { runId, counts: {}, stoppedBy: null };
  if (source === null || sink === null)
    return { ...none, result: "finished_with_errors", problems: [noSink(rules.recordAs)] };
  const { counting, problems: unfound } = await whoCounts(deps, connection.id, rules);
  const ages = readAges();
  const context: EngagementContext = {
    ...deps,
    connectionId: connection.id,
    mapping,
    rules,
    source,
    sink,
    counting,
    runId,
    lease,
    ages,
    turnEnds: options.turnMs === null ? null : new Date(now().getTime() + options.turnMs),
  };
  const { counts: shown, problems } = await syncEngagement(context, unfound);
  const counts = { ...shown, ...ages.counts() };
  const isWhole = problems.length === 0 && (counts["failing"] ?? 0) === 0;
  return { ...none, result: isWhole ? "finished" : "finished_with_errors", counts, problems };
}

/** The lists and segments of `only_from`, by id, and a problem for each that is not there. */
async function whoCounts(
  { connectors, database, signal, now }: Deps,
  connectionId: number,
  { onlyFrom }: EngagementMapping,
): Promise<{ readonly counting: Counting | null; readonly problems: readonly Problem[] }> {
  if (onlyFrom.collections.length === 0) return { counting: null, problems: [] };
  const { collections: there } = await connectors.klaviyo.outline(signal);
  // Both lanes remember them. The contact lane holds a name that stands for another one by now.
  const earlier = await readCursors(database, connectionId, FOUND);
  const ids: string[] = [];
  const problems: Problem[] = [];
  for (const ref of onlyFrom.collections) {
    const key = referenceKey("klaviyo", ref);
    const known = earlier.get(key) ?? null;
    const { id } = resolveName(there, "klaviyo", ref, known);
    if (id !== null) ids.push(id);
    if (id !== null && known === null) await saveCursor(database, connectionId, FOUND + key, id, now());
    if (there.every((one) => one.id !== id))
      problems.push(collectionMissing(ref.nameOrId, ref.kind, ref.line, id !== null));
  }
  const collections = [...new Set(ids)].sort();
  return {
    counting: {
      collections,
      readable: collections.filter((id) => there.some((one) => one.id === id)),
      incomplete: ids.length < onlyFrom.collections.length,
    },
    problems,
  };
}
