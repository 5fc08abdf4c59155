import type { Counting, EngagementContext } from "../feeds/engagement/context.ts";
import { collectionMissing, noSink, ofEngagement } from "../feeds/engagement/problems.ts";
import { syncEngagement } from "../feeds/engagement/sync-engagement.ts";
import { resolveName } from "../mapping/accounts/resolve-name.ts";
import { referenceKey } from "../mapping/accounts/resolve-scope.ts";
import type { EngagementMapping, Mapping } from "../model/mapping.ts";
import type { Problem } from "../model/problem.ts";
import { SIDES } from "../model/side.ts";
import { readCursors, saveCursor } from "../store/snapshots/cursors.ts";
import { saveConnectionProblems } from "../store/runs/runs.ts";
import { readAges } from "../write/read-ages.ts";
import { carryingBetween } from "./carrying-between.ts";
import { withConnection } from "./connection-lease.ts";
import type { Deps, Leased } from "./deps.ts";
import { guardAccount } from "./guard-account.ts";
import { FOUND } from "./contacts/prepare-run.ts";
import type { RunEnd } from "./with-run.ts";
import { withRun } from "./with-run.ts";

/** Result of a run of the engagement lane. */
export interface EngagementRun extends RunEnd {
  readonly runId: bigint;
  /** What keeps some of it from being shown, or stamped. The rest went on. */
  readonly problems: readonly Problem[];
  /** Why it stopped, where it did. */
  readonly stoppedBy: Problem | null;
}

export interface EngagementOptions {
  /** `schedule`, `cli`, … */
  readonly trigger: string;
  /** After so long the contact lane has its turn, and the next run continues; `null`: as long as it takes. */
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
  return withConnection(outer, mapping.name, async (own) => {
    await own.began?.();
    const leased = carryingBetween(own, mapping);
    const { store, now } = leased;
    const save = (problems: readonly Problem[]) =>
      saveConnectionProblems(store, "engagement", problems, now());
    const work = async (runId: bigint): Promise<EngagementRun> => {
      const run = await cycle(leased, mapping, rules, options, runId);
      await save(run.problems);
      return { ...run, note: run.problems.map(({ title }) => title).join("; ") };
    };
    return withRun(leased, { lane: "engagement", trigger: options.trigger }, work, async (out, runId) => {
      const problem = ofEngagement(out.problem);
      await save([problem]);
      return { runId, result: "stopped", counts: {}, problems: [], stoppedBy: problem };
    });
  });
}

async function cycle(
  leased: Leased,
  mapping: Mapping,
  rules: EngagementMapping,
  options: EngagementOptions,
  runId: bigint,
): Promise<EngagementRun> {
  const { connection, connectors, signal, now } = leased;
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
  const { counting, problems: unfound } = await whoCounts(leased, rules);
  const ages = readAges();
  const context: EngagementContext = {
    ...leased,
    mapping,
    rules,
    source,
    sink,
    counting,
    runId,
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
  { store, connectors, signal, now }: Leased,
  { onlyFrom }: EngagementMapping,
): Promise<{ readonly counting: Counting | null; readonly problems: readonly Problem[] }> {
  if (onlyFrom.collections.length === 0) return { counting: null, problems: [] };
  const { collections: there } = await connectors.klaviyo.outline(signal);
  // Both lanes remember them. The contact lane holds a name that stands for another one by now.
  const earlier = await readCursors(store, FOUND);
  const ids: string[] = [];
  const problems: Problem[] = [];
  for (const ref of onlyFrom.collections) {
    const key = referenceKey("klaviyo", ref);
    const known = earlier.get(key) ?? null;
    const { id } = resolveName(there, "klaviyo", ref, known);
    if (id !== null) ids.push(id);
    if (id !== null && known === null) await saveCursor(store, FOUND + key, id, now());
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
