import type { ListMembership, Operation, OptOut } from "../../../model/operation.ts";
import type { Problem } from "../../../model/problem.ts";
import type { WriteAnswer } from "../../connector.ts";
import type { WriteProgress } from "../../write-progress.ts";
import { writeProgress } from "../../write-progress.ts";
import { DoneBefore } from "../wire/calls.ts";
import { importAll, importToList } from "./import-job.ts";
import type { ImportSettings } from "./job-end.ts";
import { changeMembership } from "./membership.ts";
import type { ContentOperation } from "./write-single.ts";
import { optOutAll } from "../consent/opt-out.ts";
import { unjoined } from "../problems/own-problems.ts";
import { isContent, writeSingle } from "./write-single.ts";

/** Up to here one second's calls do it, and each answers with what is stored; above it a job is quicker by far. */
export const MOST_SINGLES = 75;
/** Calls under way at once: at 100 ms a call this keeps up with the 75 a second that Klaviyo allows. */
const CONCURRENCY = 10;
/** After so many unanswered writes on end Klaviyo is out, and what is not sent yet is better not sent. */
const UNANSWERED_IN_A_ROW = 5;

/**
 * See `ContactPort.write`. Creates and updates that empty nothing go as import jobs where they are many, everything else
 * one by one; memberships in batches.
 */
export async function write(
  settings: ImportSettings,
  operations: readonly Operation[],
): Promise<WriteAnswer> {
  const progress = writeProgress(settings.signal);
  try {
    settings.signal.throwIfAborted();
    await writeOptOuts(settings, operations, progress);
    const singles = await writeJobs(settings, operations.filter(isContent), progress);
    await writeSingles(settings, singles, progress);
    await joinLists(settings, singles, progress);
    await writeMemberships(settings, operations, progress);
  } catch (error) {
    return progress.answer(operations, { reason: error instanceof DoneBefore ? error.cause : error });
  }
  return progress.answer(operations, null);
}

/** Refusals before everything else. */
async function writeOptOuts(
  settings: ImportSettings,
  operations: readonly Operation[],
  progress: WriteProgress,
): Promise<void> {
  const optOuts = operations.filter((operation): operation is OptOut => operation.kind === "opt_out");
  if (optOuts.length > 0) await optOutAll(settings, optOuts, progress);
}

/** Sends what can go as jobs, and answers with what is to go one by one. */
async function writeJobs(
  settings: ImportSettings,
  operations: readonly ContentOperation[],
  progress: WriteProgress,
): Promise<readonly ContentOperation[]> {
  const singles = new Set(operations);
  const plain = operations.filter(({ values }) => !Object.values(values).includes(null));
  const byLists = Map.groupBy(plain, (operation) =>
    JSON.stringify(operation.kind === "create" ? operation.lists.toSorted() : []),
  );
  for (const [key, group] of byLists) {
    if (group.length <= MOST_SINGLES) continue;
    const [first = null, ...others] = JSON.parse(key) as readonly string[];
    const imported: ContentOperation[] = [];
    const oneByOne = await importAll(settings, group, first, progress);
    for (const operation of group) {
      if (oneByOne.has(operation)) continue;
      singles.delete(operation);
      if (progress.resultOf(operation).outcome === "done") imported.push(operation);
    }
    for (const list of others) {
      const emails = imported.map(({ email }) => email);
      const problem = emails.length === 0 ? null : await importToList(settings, emails, list);
      if (problem === null) continue;
      for (const operation of imported) addRejected(progress, operation, problem);
    }
  }
  return [...singles];
}

async function writeSingles(
  settings: ImportSettings,
  operations: readonly ContentOperation[],
  progress: WriteProgress,
): Promise<void> {
  const waiting = [...operations];
  let unanswered = 0;
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      try {
        await writeSingle(settings, next, progress);
        const result = progress.resultOf(next);
        unanswered = result.outcome === "unknown" ? unanswered + 1 : 0;
        if (unanswered >= UNANSWERED_IN_A_ROW) waiting.length = 0;
      } catch (reason) {
        // The others end what they have begun; nobody begins anything new.
        waiting.length = 0;
        throw reason;
      }
    }
  };
  const workers = Array.from({ length: Math.min(CONCURRENCY, operations.length) }, worker);
  const ends = await Promise.allSettled(workers);
  const failed = ends.find((end) => end.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}

/** New profiles join their lists once they have ids. A list that cannot be joined does not undo the profile. */
async function joinLists(
  settings: ImportSettings,
  operations: readonly ContentOperation[],
  progress: WriteProgress,
): Promise<void> {
  const joiners = new Map<
    string,
    { readonly operation: ContentOperation; readonly join: ListMembership }[]
  >();
  for (const operation of operations) {
    const result = progress.resultOf(operation);
    if (operation.kind !== "create" || result.outcome !== "done" || result.id === null) continue;
    for (const list of operation.lists) {
      const known = joiners.get(list) ?? [];
      const join: ListMembership = { ...operation, kind: "add_to_list", id: result.id, list };
      joiners.set(list, [...known, { operation, join }]);
    }
  }
  for (const [list, people] of joiners) {
    const joined = writeProgress(settings.signal);
    await changeMembership(
      settings,
      people.map(({ join }) => join),
      joined,
    );
    for (const { operation, join } of people) {
      const result = joined.resultOf(join);
      if ("problem" in result) addRejected(progress, operation, result.problem);
      else if (result.outcome !== "done") addRejected(progress, operation, unjoined(list));
    }
  }
}

async function writeMemberships(
  settings: ImportSettings,
  operations: readonly Operation[],
  progress: WriteProgress,
): Promise<void> {
  const memberships = operations.filter((operation) => "list" in operation);
  for (const group of Map.groupBy(memberships, ({ kind, list }) => `${kind} ${list}`).values())
    await changeMembership(settings, group, progress);
}

function addRejected(progress: WriteProgress, operation: Operation, problem: Problem): void {
  const result = progress.resultOf(operation);
  if (result.outcome === "done")
    progress.settle(operation, { ...result, refused: [...result.refused, problem] });
}
