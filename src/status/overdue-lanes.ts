import { clip } from "../model/clip.ts";
import { counted } from "../model/count-words.ts";
import type { Freshness } from "../store/pages/freshness.ts";
import type { Lane, LaneEnds, LatestRun } from "../store/runs/lane-ends.ts";
import { LANES } from "../store/runs/lane-ends.ts";
import type { ConnectionProblem } from "../store/pages/overview.ts";
import { span } from "../words/time-words.ts";

export const OVERDUE = "SK-OVERDUE";

/** When the lanes of a mapping run. */
export interface LaneSchedule {
  /** The longest time between two runs of each lane; `null` where the mapping does not use it. Milliseconds. */
  readonly everyMs: Readonly<Record<Lane, number | null>>;
  /** Is this a quiet time, in which only the consent lane runs? */
  readonly isQuiet: (at: Date) => boolean;
}

/** How a connection's lanes came to their ends, and what waits. */
export interface LaneFacts extends LaneEnds {
  readonly freshness: Freshness;
  readonly isPaused: boolean;
  /** Contacts with a change that is not written yet. */
  readonly waiting: number;
}

/** A lane may miss two turns: what takes longer is told. */
const INTERVALS_LATE = 3;
/** A lane of every minute waits for others now and then. */
const AT_LEAST_MS = 10 * 60_000;
/** Quiet times are counted by looking at so many moments. */
const MOMENTS = 200;

const NAMES: Readonly<Record<Lane, string>> = {
  contacts: "Contact sync",
  consent: "Opt-out sync",
  engagement: "Engagement sync",
  reconcile: "The full comparison",
};

/**
 * One problem for each lane that has not finished for three of its intervals. Derived when a page is read, not stored: a
 * daemon that hangs, or that nobody started, cannot store anything. A pause and quiet times do not count, except for
 * the consent lane, which keeps running in both.
 */
export function overdueLanes(
  facts: LaneFacts,
  schedule: LaneSchedule,
  now: Date,
): readonly ConnectionProblem[] {
  const { firstRunAt } = facts;
  if (firstRunAt === null) return [];
  return LANES.flatMap((lane) => {
    const everyMs = schedule.everyMs[lane];
    if (everyMs === null) return [];
    // The first sync of a large account takes hours; the headline tells of it.
    if (facts.freshness.filledAt === null && (lane === "contacts" || lane === "reconcile")) return [];
    if (lane !== "consent" && facts.isPaused) return [];
    const finished = facts.freshness[lane] ?? firstRunAt;
    const latest = facts.latest.find((run) => run.lane === lane) ?? null;
    const runningSince = latest?.result === "running" ? latest.startedAt : null;
    const resumed = lane === "consent" ? null : facts.resumedAt;
    const from = [finished, runningSince, resumed].reduce((one, other) => later(one, other), null);
    if (from === null) return [];
    const late = lane === "consent" ? now.getTime() - from.getTime() : awakeMs(from, now, schedule.isQuiet);
    if (late <= Math.max(INTERVALS_LATE * everyMs, AT_LEAST_MS)) return [];
    return [problem(lane, { finished, everyMs, latest, facts, now })];
  });
}

/** The later of two times. */
export function later(one: Date | null, other: Date | null): Date | null {
  if (one === null || other === null) return one ?? other;
  return one > other ? one : other;
}

/** How much of the time since then was no quiet time. */
function awakeMs(from: Date, now: Date, isQuiet: LaneSchedule["isQuiet"]): number {
  const all = Math.max(0, now.getTime() - from.getTime());
  const moments = Array.from(
    { length: MOMENTS },
    (_, index) => from.getTime() + (all * (index + 0.5)) / MOMENTS,
  );
  return (all * moments.filter((at) => !isQuiet(new Date(at))).length) / MOMENTS;
}

interface Late {
  readonly finished: Date;
  readonly everyMs: number;
  readonly latest: LatestRun | null;
  readonly facts: LaneFacts;
  readonly now: Date;
}

function problem(lane: Lane, late: Late): ConnectionProblem {
  const { finished, everyMs, facts, now } = late;
  const name = NAMES[lane];
  const ever = facts.freshness[lane] !== null;
  const last = ever
    ? `${name} last finished ${span(now.getTime() - finished.getTime())} ago`
    : `${name} has never finished`;
  const { cause, fix } = causeOf(late);
  return {
    code: OVERDUE,
    level: "connection",
    side: null,
    field: lane,
    title: clip(`${name} is overdue`, 60),
    explanation: `${last}. It is due every ${span(everyMs)}. ${cause} ${waits(lane, facts)} Tandem retries automatically.`,
    fix,
    retry: "soon",
    reference: null,
    firstSeen: new Date(finished.getTime() + everyMs),
    lastSeen: now,
  };
}

function causeOf({ finished, latest, facts, now }: Late): {
  readonly cause: string;
  readonly fix: readonly string[];
} {
  if (latest?.result === "running") {
    const since = span(now.getTime() - latest.startedAt.getTime());
    return {
      cause: `A run started ${since} ago and has not finished.`,
      fix: ["Check the log for what it waits for."],
    };
  }
  if (latest?.result === "stopped" && latest.startedAt > finished && latest.note !== "")
    return { cause: `The last run stopped: ${latest.note.replace(/\.$/, "")}.`, fix: [] };
  if (facts.heldUntil !== null)
    return {
      cause: "It cannot start, because another run or process is using this connection.",
      fix: ["If nothing else should be running, check for a second Tandem process."],
    };
  return {
    cause: "No run has finished since then.",
    fix: ["Check that the Tandem daemon is running (`tandem start`), and check its log."],
  };
}

function waits(lane: Lane, { waiting }: LaneFacts): string {
  switch (lane) {
    case "contacts":
      return waiting === 0
        ? "New changes wait until it runs."
        : `${counted(waiting, "contact waits", "contacts wait")} with changes, and new changes too.`;
    case "consent":
      return "New opt-outs wait until it runs.";
    case "engagement":
      return "New engagement waits until it runs.";
    case "reconcile":
      return "Changes that the regular sync missed wait until it runs.";
  }
}
