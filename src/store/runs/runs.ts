import type { Problem } from "../../model/problem.ts";
import type { Side } from "../../model/side.ts";
import type { Store } from "../database/store.ts";

/** Of work that is no run, or none yet: the identity column never gives it. */
export const NO_RUN = 0n;

export type RunResult = "finished" | "finished_with_errors" | "held" | "stopped";

/** What a run did, in numbers; every key is a word that people read. */
export type RunCounts = Readonly<Record<string, number>>;

export async function startRun(
  { statements, connectionId }: Store,
  kind: string,
  trigger: string,
  now: Date,
): Promise<bigint> {
  // A run that still says it is running was cut off: its lease is ours now, so it is over.
  await statements.run.updateMany({
    where: { connectionId, kind, result: "running" },
    data: { result: "stopped", finishedAt: now, note: "Cut off; Tandem checked what it had sent afterwards" },
  });
  const run = await statements.run.create({ data: { connectionId, kind, trigger, startedAt: now } });
  return run.id;
}

export async function finishRun(
  { statements }: Store,
  runId: bigint,
  result: RunResult,
  counts: RunCounts,
  note: string,
  now: Date,
): Promise<void> {
  await statements.run.update({
    where: { id: runId },
    data: { result, counts: { ...counts }, note, finishedAt: now },
  });
}

/** Counts of a finished run that came after it. */
export async function saveCounts({ statements }: Store, runId: bigint, counts: RunCounts): Promise<void> {
  await statements.run.update({ where: { id: runId }, data: { counts: { ...counts } } });
}

/** Whose problems of a connection these are: a side's, those of limits, or those that one lane alone finds. */
export type ProblemOwner = Side | "limits" | "engagement" | "refusals" | "writes" | keyof typeof OWN_CODES;

/** What the engagement lane finds is about this field, whatever its side: the other lanes leave it to that one. */
export const ENGAGEMENT_FIELD = "engagement";

/** Problems of the consent lane, of either side. A run of another lane does not clear them. */
const OPT_OUTS_FIELD = "refusals";

/** Writes that a side does not confirm, whatever the side: reading from it has not fixed them. */
const WRITES_FIELD = "writes";

/** Problems of no side that somebody else than the limits finds, and mends, by code. */
const OWN_CODES = {
  mapping: ["SK-MAPPING"],
  access: ["SK-USERS"],
  consent: ["SK-UNCONFIRMED", "SK-OVERRULED", "SK-OPT-OUT"],
};

function isSide(owner: ProblemOwner): owner is Side {
  return owner === "hubspot" || owner === "klaviyo";
}

function ownedBy(owner: ProblemOwner) {
  if (owner === "engagement") return { field: ENGAGEMENT_FIELD };
  if (owner === "refusals") return { field: OPT_OUTS_FIELD };
  if (owner === "writes") return { field: WRITES_FIELD };
  const field = { notIn: [ENGAGEMENT_FIELD, OPT_OUTS_FIELD, WRITES_FIELD] };
  if (isSide(owner)) return { side: owner, field };
  const code = owner === "limits" ? { notIn: Object.values(OWN_CODES).flat() } : { in: OWN_CODES[owner] };
  return { side: "", field, code };
}

/** Tells, or heals, what keeps refusals from being looked for, or those from being looked after who were subscribed. */
export async function saveLaneOut(store: Store, stoppedBy: Problem | null, now: Date): Promise<void> {
  const problems = stoppedBy === null ? [] : [{ ...stoppedBy, field: OPT_OUTS_FIELD }];
  await saveConnectionProblems(store, "refusals", problems, now);
}

/** Saves, or clears, the problem that a side does not confirm its writes. */
export async function saveFailingWrites(store: Store, found: readonly Problem[], now: Date): Promise<void> {
  const problems = found.map((problem) => ({ ...problem, field: WRITES_FIELD }));
  await saveConnectionProblems(store, "writes", problems, now);
}

/** The problems of a whole connection, as its owner finds them now: what is no longer among them is healed, and counted. */
export async function saveConnectionProblems(
  { statements, connectionId }: Store,
  owner: ProblemOwner,
  problems: readonly Problem[],
  now: Date,
): Promise<number> {
  const owned = ownedBy(owner);
  const healed = await statements.problem.deleteMany({
    where: {
      connectionId,
      linkId: null,
      ...owned,
      NOT: problems.map(({ code, field }) => ({ code, field: field ?? "" })),
    },
  });
  for (const problem of problems) {
    const key = {
      connectionId,
      linkId: null,
      side: problem.side ?? "",
      field: problem.field ?? "",
      code: problem.code,
    };
    const words = {
      level: problem.level,
      title: problem.title,
      explanation: problem.explanation,
      fix: [...problem.fix],
      retry: problem.retry,
      reference: problem.reference,
      lastSeen: now,
    };
    const { count } = await statements.problem.updateMany({
      where: key,
      data: { ...words, times: { increment: 1 } },
    });
    if (count === 0) await statements.problem.create({ data: { ...key, ...words, firstSeen: now } });
  }
  return healed.count;
}
