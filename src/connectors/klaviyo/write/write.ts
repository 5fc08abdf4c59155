import type { ListMembership, Operation, OptOut } from "../../../model/operation.ts";
import type { Problem } from "../../../model/problem.ts";
import { SystemUnavailable } from "../../../model/problem.ts";
import type { WriteResult } from "../../connector.ts";
import { importAll, importToList } from "./import-job.ts";
import type { ImportSettings } from "./job-end.ts";
import type { MembershipResult } from "./membership.ts";
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
 * one by one; memberships in batches. When the side goes out on the way, what was done is told and the rest is unknown;
 * rejects (`SystemUnavailable`, the signal's reason) only where nothing was done.
 */
export async function write(
  settings: ImportSettings,
  operations: readonly Operation[],
): Promise<readonly WriteResult[]> {
  settings.signal.throwIfAborted();
  const results = new Map<Operation, WriteResult>();
  try {
    await writeOptOuts(settings, operations, results);
    const singles = await writeJobs(settings, operations.filter(isContent), results);
    await writeSingles(settings, singles, results);
    await joinLists(settings, singles, results);
    await writeMemberships(settings, operations, results);
  } catch (reason) {
    const ended = reason instanceof SystemUnavailable || settings.signal.aborted;
    if (results.size === 0 || !ended) throw reason;
  }
  return operations.map((operation) => results.get(operation) ?? { outcome: "unknown" });
}

/** Refusals before everything else. */
async function writeOptOuts(
  settings: ImportSettings,
  operations: readonly Operation[],
  results: Map<Operation, WriteResult>,
): Promise<void> {
  const optOuts = operations.filter((operation): operation is OptOut => operation.kind === "opt_out");
  if (optOuts.length > 0) await optOutAll(settings, optOuts, results);
}

/** Sends what can go as jobs, and answers with what is to go one by one. */
async function writeJobs(
  settings: ImportSettings,
  operations: readonly ContentOperation[],
  results: Map<Operation, WriteResult>,
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
    for (const [operation, result] of await importAll(settings, group, first)) {
      if (result === "single") continue;
      singles.delete(operation);
      results.set(operation, result);
      if (result.outcome === "done") imported.push(operation);
    }
    for (const list of others) {
      const emails = imported.map(({ email }) => email);
      const problem = emails.length === 0 ? null : await importToList(settings, emails, list);
      if (problem === null) continue;
      for (const operation of imported) addRefusal(results, operation, problem);
    }
  }
  return [...singles];
}

async function writeSingles(
  settings: ImportSettings,
  operations: readonly ContentOperation[],
  results: Map<Operation, WriteResult>,
): Promise<void> {
  const waiting = [...operations];
  let unanswered = 0;
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      try {
        const result = await writeSingle(settings, next);
        results.set(next, result);
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
  results: Map<Operation, WriteResult>,
): Promise<void> {
  const joiners = new Map<
    string,
    { readonly operation: ContentOperation; readonly join: ListMembership }[]
  >();
  for (const operation of operations) {
    const result = results.get(operation);
    if (operation.kind !== "create" || result?.outcome !== "done" || result.id === null) continue;
    for (const list of operation.lists) {
      const known = joiners.get(list) ?? [];
      const join: ListMembership = { ...operation, kind: "add_to_list", id: result.id, list };
      joiners.set(list, [...known, { operation, join }]);
    }
  }
  for (const [list, people] of joiners) {
    const joined = await changeMembership(
      settings,
      people.map(({ join }) => join),
    );
    for (const { operation, join } of people) {
      const result = joined.get(join.id) ?? null;
      if (result === "unknown" || result === "not_sent") addRefusal(results, operation, unjoined(list));
      else if (result !== null) addRefusal(results, operation, result.problem);
    }
  }
}

async function writeMemberships(
  settings: ImportSettings,
  operations: readonly Operation[],
  results: Map<Operation, WriteResult>,
): Promise<void> {
  const memberships = operations.filter((operation) => "list" in operation);
  for (const group of Map.groupBy(memberships, ({ kind, list }) => `${kind} ${list}`).values()) {
    const changed = await changeMembership(settings, group);
    for (const operation of group)
      results.set(operation, membershipResult(operation, changed.get(operation.id)));
  }
}

function membershipResult({ id }: ListMembership, result: MembershipResult | undefined): WriteResult {
  if (result === null) return { outcome: "done", id, stored: null, updatedAt: null, refused: [] };
  if (result === undefined || result === "unknown") return { outcome: "unknown" };
  if (result === "not_sent") return { outcome: "not_sent" };
  return { outcome: result.gone ? "gone" : "refused", problem: result.problem };
}

function addRefusal(results: Map<Operation, WriteResult>, operation: Operation, problem: Problem): void {
  const result = results.get(operation);
  if (result?.outcome === "done")
    results.set(operation, { ...result, refused: [...result.refused, problem] });
}
