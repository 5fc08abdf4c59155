import type { Store } from "../store/database/store.ts";
import type { ApiHealth } from "../model/watch/api-health.ts";
import type { Mapping } from "../model/mapping.ts";
import type { Side } from "../model/side.ts";
import { SIDES } from "../model/side.ts";
import type { AlertFacts, CallCount, FactProblem } from "../service/alerts/conditions.ts";
import type { Overview } from "../store/pages/overview.ts";
import { waitingHold } from "../store/runs/holds.ts";
import type { NotedHealth } from "../store/runs/side-health.ts";
import { readSideHealth } from "../store/runs/side-health.ts";
import { actor, healthOf, needsPerson } from "./health.ts";
import { OVERDUE } from "./overdue-lanes.ts";
import { hubspotVersion, klaviyoRevision } from "./settings/api-versions.ts";
import type { StatusReader } from "./status-reader.ts";

export interface FactsFrom {
  readonly store: Store;
  readonly mapping: Mapping;
  readonly read: Pick<StatusReader, "overview">;
  readonly now: Date;
  /** How often contacts are pulled; `Infinity` in a quiet time. */
  readonly intervalMs: number;
}

/** Reads what alerts are about. Pages and alerts say the same, because they read the same. */
export async function readAlertFacts({
  store,
  mapping,
  read,
  now,
  intervalMs,
}: FactsFrom): Promise<AlertFacts> {
  const whole = await read.overview();
  // What a limit stopped has an alert for itself, and everything else continues meanwhile.
  const connectionProblems = whole.connectionProblems.filter(({ code }) => code !== HELD);
  const overview = { ...whole, connectionProblems };
  const health = await readSideHealth(store);
  const hold = await waitingHold(store);
  return {
    connection: overview.name,
    stopped: healthOf(overview, now, intervalMs).word === "stopped" ? stopped(overview) : null,
    overdue: overview.connectionProblems
      .filter(({ code }) => code === OVERDUE)
      .map((problem) => ({ ...problem, since: problem.firstSeen })),
    failing: overview.counters.failing,
    contacts: overview.total,
    causes: overview.causes.map(({ code, contacts, firstSeen }) => ({ code, contacts, since: firstSeen })),
    calls: { hubspot: callCount(health.hubspot, now), klaviyo: callCount(health.klaviyo, now) },
    held: hold === null ? null : { changes: hold.changes, since: hold.openedAt, exceeded: hold.exceeded },
    keys: SIDES.flatMap((side) => {
      const ends = mapping[side].tokenExpires;
      return ends === null ? [] : [{ side, ends }];
    }),
    versions: SIDES.flatMap((side) => versionOf(mapping, side)),
  };
}

/** `heldByLimit` of `plan/problems.ts`. */
const HELD = "SK-LIMIT";

function stopped(overview: Overview): FactProblem {
  const problem = overview.connectionProblems.find(needsPerson);
  if (problem !== undefined) {
    const { title, explanation, firstSeen } = problem;
    const fix = problem.fix.length > 0 ? problem.fix : [`${actor(problem)} needs to fix this.`];
    return { title, explanation, fix, since: firstSeen };
  }
  const [last] = overview.lastContactRuns;
  return {
    title: "the last runs did not finish",
    explanation: last === undefined || last.note === "" ? "The log has the details." : last.note,
    fix: ["Check the Tandem log."],
    since: overview.lastContactRuns.at(-1)?.finishedAt ?? null,
  };
}

/** What was noted longer ago is about another hour. */
const ABOUT_NOW_MS = 10 * 60_000;

function callCount(health: NotedHealth | null, now: Date): CallCount {
  if (health === null || now.getTime() - health.notedAt.getTime() > ABOUT_NOW_MS)
    return { calls: 0, failed: 0 };
  return totalOf(health);
}

function totalOf({ endpoints }: ApiHealth): CallCount {
  return endpoints.reduce(
    (sum, { calls, failed }) => ({ calls: sum.calls + calls, failed: sum.failed + failed }),
    { calls: 0, failed: 0 },
  );
}

function versionOf(mapping: Mapping, side: Side): AlertFacts["versions"] {
  const { version, ends } =
    side === "hubspot"
      ? hubspotVersion(mapping.hubspot.apiVersion)
      : klaviyoRevision(mapping.klaviyo.revision);
  return ends === null ? [] : [{ side, version, ends }];
}
