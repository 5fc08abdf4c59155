import type { HealthWord } from "../words/health-words.ts";
import type { ConnectionProblem, Overview } from "../store/pages/overview.ts";
import { counted } from "../model/count-words.ts";
import { exact, fromNow, span } from "../words/time-words.ts";
import { holds } from "../store/runs/pauses.ts";
import { ENGAGEMENT_FIELD } from "../store/runs/runs.ts";
import { OVERDUE } from "./overdue-lanes.ts";

/** Status of a connection in one sentence, with who needs to fix it. */
export interface Health {
  readonly word: HealthWord;
  readonly sentence: string;
}

/** What the health of a connection depends on. */
export type HealthSnapshot = Pick<
  Overview,
  | "counters"
  | "total"
  | "causes"
  | "connectionProblems"
  | "runs"
  | "lastContactRuns"
  | "lastFinishedAt"
  | "oldestWaiting"
  | "pause"
>;

/** A side that is out for a while, and back without anybody's doing. Any other problem of a whole side needs a person. */
const PASSING = new Set([
  "HS-QUOTA",
  "HS-SHARE",
  "HS-LOW",
  "HS-RATE",
  "HS-MOVING",
  "HS-DOWN",
  "KL-RATE",
  "KL-DOWN",
  "SK-WRITES",
]);

/** What a limit holds is decided on its own page. */
export const HELD = "SK-LIMIT";
/** `approval_above` counts people of both sides, and holds every change. */
const HOLDS_EVERYBODY = "people";

/** Stopped in a row: one may be chance, three are not. */
const STOPPED_IN_A_ROW = 3;
/** Missing one turn is normal, missing two is not. */
const INTERVALS_LATE = 2;
/** A handful of failing contacts is everyday work; more than this, or this share, is not. */
const MANY_FAILING = 50;
const FAILING_SHARE = 0.01;

/**
 * The word and the sentence for a connection, the first rule that fits.
 *
 * @param intervalMs how often contacts are looked at, by the schedule
 */
export function healthOf(seen: HealthSnapshot, now: Date, intervalMs: number): Health {
  return (
    stopped(seen, now) ??
    paused(seen, now) ??
    held(seen, now) ??
    delayed(seen, now, intervalMs) ??
    degraded(seen) ??
    attentionNeeded(seen, now) ??
    healthy(seen, now)
  );
}

function stopped(seen: HealthSnapshot, now: Date): Health | null {
  const problem = seen.connectionProblems.find(needsPerson);
  if (problem !== undefined) {
    const since = fromNow(problem.firstSeen, now);
    return health("stopped", `Stopped ${since}: ${problem.title}. ${actor(problem)} needs to fix this.`);
  }
  const ends = seen.lastContactRuns.slice(0, STOPPED_IN_A_ROW);
  if (ends.length < STOPPED_IN_A_ROW || ends.some(({ result }) => result !== "stopped")) return null;
  const why = sentenceOf(ends[0]?.note ?? "");
  return health(
    "stopped",
    `Stopped: the last ${STOPPED_IN_A_ROW} runs did not finish.${why} Check the Tandem log.`,
  );
}

function paused({ pause, counters }: HealthSnapshot, now: Date): Health | null {
  if (!holds(pause, now)) return null;
  const { by, at, reason, until } = pause;
  const ends = until === null ? "until someone resumes it" : `until ${exact(until)}`;
  const waiting =
    counters.waiting === 0
      ? "New changes wait"
      : `${counted(counters.waiting, "contact waits", "contacts wait")}, as do new changes`;
  return health(
    "paused",
    `Paused by ${by} ${fromNow(at, now)}, ${ends}: ${reason.replace(/\.$/, "")}. ${waiting}. Opt-outs still sync.`,
  );
}

/** A limit holds some changes; what else there is syncs as usual. */
function held({ connectionProblems }: HealthSnapshot, now: Date): Health | null {
  const limits = connectionProblems.filter(({ code }) => code === HELD);
  const [first] = limits;
  if (first === undefined) return null;
  const what = first.title.replace(/^Held: /, "");
  const others = limits.length === 1 ? "" : `, and ${counted(limits.length - 1, "more limit")}`;
  const rest = limits.some(({ field }) => field === HOLDS_EVERYBODY)
    ? "No contact is updated until someone approves or rejects them. Opt-outs still sync."
    : "Everything else keeps syncing.";
  const since = fromNow(first.firstSeen, now);
  return health("held", `Changes held for approval ${since}: ${what}${others}. ${rest}`);
}

/** Does this problem stop everything until a person acts? */
export function needsPerson({ level, code, field }: ConnectionProblem): boolean {
  // What stops engagement alone is that lane's problem: contacts and opt-outs continue.
  if (level !== "connection" || field === ENGAGEMENT_FIELD) return false;
  return code !== OVERDUE && code !== HELD && !PASSING.has(code);
}

/** Which person has to act. */
export function actor({ side }: ConnectionProblem): string {
  if (side === "hubspot") return "An admin of the HubSpot account";
  return side === "klaviyo" ? "An admin of the Klaviyo account" : "Someone who can edit the mapping file";
}

function delayed(seen: HealthSnapshot, now: Date, intervalMs: number): Health | null {
  const limit = INTERVALS_LATE * intervalMs;
  const outage = seen.connectionProblems.find(
    ({ code, field }) => PASSING.has(code) && field !== ENGAGEMENT_FIELD,
  );
  if (outage !== undefined) {
    return health(
      "delayed",
      `Delayed for ${span(since(outage.firstSeen, now))}: ${outage.title}. Tandem will retry automatically.`,
    );
  }
  const overdue = seen.connectionProblems.find(({ code }) => code === OVERDUE);
  if (overdue !== undefined) return health("delayed", `Delayed: ${overdue.title}. ${overdue.explanation}`);
  const running = seen.runs.find(({ kind, result }) => kind === "contacts" && result === "running");
  const lastSync = seen.lastFinishedAt;
  if (lastSync === null && running === undefined) {
    return health("empty", "Nothing has synced yet. Run the first sync.");
  }
  const [end] = seen.lastContactRuns;
  if (end?.result === "stopped" && running === undefined) {
    return health(
      "delayed",
      `Delayed: the last run stopped ${fromNow(end.finishedAt, now)}.${sentenceOf(end.note)} The next run will retry automatically.`,
    );
  }
  const syncedAt = lastSync ?? running?.startedAt;
  if (syncedAt !== undefined && since(syncedAt, now) > limit) {
    const usual = `normal: under ${span(limit)}`;
    return lastSync === null
      ? health(
          "delayed",
          `Delayed: the first sync has been running for ${span(since(syncedAt, now))}. A large account takes hours. If there is no progress, check the Tandem log.`,
        )
      : health(
          "delayed",
          `Delayed: the last sync was ${fromNow(syncedAt, now)} (${usual}). Check that Tandem is running.`,
        );
  }
  if (seen.oldestWaiting !== null && since(seen.oldestWaiting, now) > limit) {
    return health(
      "delayed",
      `Delayed: the oldest change has waited ${span(since(seen.oldestWaiting, now))} (normal: under ${span(limit)}). If this grows, check the Tandem log.`,
    );
  }
  return null;
}

function degraded(seen: HealthSnapshot): Health | null {
  const { failing } = seen.counters;
  const off = [...seen.connectionProblems, ...seen.causes].find(({ level }) => level === "mapping");
  if (off !== undefined) {
    const file = off.code === "SK-USERS" ? "users file" : "mapping file";
    return health("degraded", `Running with a problem: ${off.title}. Someone needs to fix the ${file}.`);
  }
  const engagement = seen.connectionProblems.find(({ field }) => field === ENGAGEMENT_FIELD);
  if (engagement !== undefined) {
    const next = PASSING.has(engagement.code)
      ? "Tandem will retry automatically."
      : `${actor(engagement)} needs to fix this.`;
    return health("degraded", `Running with a problem: ${engagement.title}. ${next}`);
  }
  if (failing <= MANY_FAILING && failing <= seen.total * FAILING_SHARE) return null;
  return health("degraded", `Running. ${attention(seen)}.`);
}

function healthy(seen: HealthSnapshot, now: Date): Health {
  if (seen.lastFinishedAt === null) return health("healthy", "The first sync is running.");
  const lastSync = `Last sync ${fromNow(seen.lastFinishedAt, now)}.`;
  if (seen.total === 0) {
    return health("empty", `No contact matches a rule of the mapping yet. ${lastSync}`);
  }
  if (seen.counters.waiting > 0 || seen.oldestWaiting !== null) {
    return health("healthy", `Running. New changes are on their way. ${lastSync}`);
  }
  return health("healthy", `Everything is in sync. ${lastSync}`);
}

function attentionNeeded(seen: HealthSnapshot, now: Date): Health | null {
  if (seen.counters.failing === 0 || seen.lastFinishedAt === null) return null;
  return health("attention", `Running. ${attention(seen)}. Last sync ${fromNow(seen.lastFinishedAt, now)}.`);
}

function attention({ counters, causes }: HealthSnapshot): string {
  const needs = counters.failing === 1 ? "needs" : "need";
  return `${counted(counters.failing, "contact")} ${needs} attention from marketing or sales, ${counted(causes.length, "cause")}`;
}

function health(word: HealthWord, sentence: string): Health {
  return { word, sentence };
}

function since(time: Date, now: Date): number {
  return Math.max(0, now.getTime() - time.getTime());
}

/** A run's note as its own sentence, with the space before it. */
function sentenceOf(note: string): string {
  return note === "" ? "" : ` ${note.replace(/\.$/, "")}.`;
}
